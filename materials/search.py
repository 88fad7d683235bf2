"""Finding entries: by class, site, evidence, stage of study, a property they have, or words."""

from collections.abc import Iterable

from materials.catalog import KINDS, Catalog
from materials.errors import FormulateError, UnknownIdError, nearest, shorten
from materials.evidence import Evidence
from materials.schema import Carrier, Entry, Payload, Site, Study

MARKS = ("stated", "hedged", "title")
STAGES = (
    "concept", "in-vitro", "small-animal", "large-animal", "case-report", "cohort", "trial", "review", "not-stated"
)  # fmt: skip
ALSO_CALLED = {  # what people say for a property of the vocabulary
    "size": "diameter",
    "pdi": "polydispersity_index",
    "ee": "encapsulation_efficiency",
    "dl": "drug_loading",
    "zeta": "zeta_potential",
    "mw": "molar_mass",
    "logp": "logp_octanol_water",
    "solubility": "aqueous_solubility",
    "burst": "burst_fraction",
    "modulus": "storage_modulus",
    "volume": "synovial_fluid_volume",
}


def find(
    catalog: Catalog,
    kind: str,
    *,
    of_class: str = "",
    site: str = "",
    evidence: str = "",
    stage: str = "",
    has: str = "",
    text: str = "",
    cell_source: str = "",
) -> list[Entry]:
    """Give the entries of a kind that meet every condition given, sorted by id.

    Parameters
    ----------
    catalog : Catalog
        Where to look.
    kind : str
        carrier, payload, site, method or study.
    of_class : str
        The id of a class of this kind; of studies, a stage.
    site : str
        A site: entries meant for it or for a part of it.
    evidence : str
        An evidence level that one of its values or statements has, or how a review names it (stated, hedged, title).
    stage : str
        The stage of a study of it.
    has : str
        A property that it has a value of: the name, or what people call it (size, logp).
    text : str
        Words that all stand in its id, names, description or statements.
    cell_source : str
        Of carriers: the tissue or cell its cells, vesicles or matrix come from.

    Raises
    ------
    UnknownIdError, FormulateError
        A condition names what the catalog does not know; the nearest names are told.
    """
    _check("kind", kind, KINDS)
    found: Iterable[Entry] = catalog.kind(kind).values()
    if of_class:
        among = STAGES if kind == "study" else [item.id for item in catalog.classes.values() if item.kind == kind]
        _check(f"{kind} class", of_class, among)
        found = [entry for entry in found if entry.class_id == of_class]
    if site:
        places = catalog.within(catalog.site(site).id)
        found = [entry for entry in found if _is_for(catalog, entry, places)]
    if evidence:
        _check("evidence level", evidence, (*Evidence, *MARKS))
        found = [entry for entry in found if _has_evidence(entry, evidence)]
    if stage:
        _check("stage", stage, STAGES)
        found = [entry for entry in found if stage in _stages(catalog, entry)]
    if has:
        name = property_called(catalog, has)
        found = [entry for entry in found if entry.values(name)]
    if cell_source:
        known = {entry.cell_source for entry in catalog.carriers.values()} - {""}
        _check("cell source", cell_source, sorted(known))
        found = [entry for entry in found if isinstance(entry, Carrier) and entry.cell_source == cell_source]
    words = text.casefold().split()
    if words:
        found = [entry for entry in found if all(word in _words(entry) for word in words)]
    return sorted(found, key=lambda entry: entry.id)


def property_called(catalog: Catalog, given: str) -> str:
    """Give the name of a property from its name, its label, or what people call it."""
    name = given.strip().casefold().replace("-", "_").replace(" ", "_")
    name = ALSO_CALLED.get(name, name)
    if name in catalog.properties:
        return name
    labelled = [item.name for item in catalog.properties.values() if item.label.casefold() == given.strip().casefold()]
    if len(labelled) == 1:
        return labelled[0]
    raise UnknownIdError("property", given, nearest(name, catalog.properties))


def _check(what: str, given: str, accepted: Iterable[str]) -> None:
    names = [str(name) for name in accepted]
    if given not in names:
        if len(names) <= len(STAGES):
            raise FormulateError(f"unknown {what} {shorten(given)!r}; need {', '.join(names) or 'none'}")
        raise UnknownIdError(what, given, nearest(given, names))


def _is_for(catalog: Catalog, entry: Entry, places: frozenset[str]) -> bool:
    if isinstance(entry, Site):
        return entry.id in places
    if isinstance(entry, Carrier | Study) and places.intersection(entry.sites):
        return True
    if isinstance(entry, Payload) and any(
        entry.id in carrier.payloads and places.intersection(carrier.sites) for carrier in catalog.carriers.values()
    ):
        return True
    return any(places.intersection(study.sites) for study in catalog.studies_of(entry.id))


def _has_evidence(entry: Entry, level: str) -> bool:
    if entry.mark == level:
        return True
    parts = (*entry.property, *entry.statement)
    return any(level in (part.evidence, part.mark) for part in parts)


def _stages(catalog: Catalog, entry: Entry) -> set[str]:
    return {entry.stage} if isinstance(entry, Study) else {study.stage for study in catalog.studies_of(entry.id)}


def _words(entry: Entry) -> str:
    said = [statement.text for statement in entry.statement]
    return " ".join(
        [entry.id, entry.name, entry.name_zh, entry.class_id, *entry.synonyms, entry.description, *said]
    ).casefold()
