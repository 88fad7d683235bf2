"""The fields of an entry of the user's own, by its kind."""

from collections.abc import Sequence
from typing import get_args

from materials.catalog import Catalog
from materials.schema import Direction, PhysicalForm, Stage

Field = tuple[str, str, Sequence[str], bool]  # key, label, what it may be, whether it is needed
EXAMPLES = {"id": "my-gel", "name": "My gel", "carriers": "ids with commas between"}
HELPS = {
    "id": "The name by which files speak of it: lower-case letters, digits and hyphens.",
    "carrier_class": "Its class says which calculators could compute it.",
}


def fields_of(catalog: Catalog, kind: str) -> list[Field]:
    """Give the fields of a kind beyond its values and statements."""
    classes = sorted(item.id for item in catalog.classes.values() if item.kind == kind)
    own: dict[str, list[Field]] = {
        "carrier": [("physical_form", "Physical form", get_args(PhysicalForm), True)],
        "payload": [("acts_on", "Acts on", (), False), ("indication", "Indication", (), False)],
        "study": [
            ("stage", "Stage", get_args(Stage), True),
            ("direction", "Direction", get_args(Direction), True),
            ("outcome", "Outcome", (), True),
            ("carriers", "Carriers", (), False),
            ("payloads", "Payloads", (), False),
            ("sites", "Sites", (), False),
            ("model", "Model", (), False),
            ("dose", "Dose", (), False),
            ("time", "Time", (), False),
            ("source", "Source", (), False),
        ],
    }
    first: list[Field] = [("id", "Id", (), True), ("name", "Name", (), True)]
    of_class: list[Field] = [(f"{kind}_class", "Class", classes, True)] if classes else []
    last: list[Field] = [("name_zh", "Chinese name", (), False), ("description", "Description", (), False)]
    return [*first, *of_class, *own.get(kind, []), *last]
