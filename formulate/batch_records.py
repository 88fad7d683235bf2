"""What a laboratory found of a batch: assays that loading is computed from, and tests of quality that are recorded."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from formulate.fields import Mass
from materials.faults import FieldError, shown
from materials.values import Model

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)]
Remark = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class Assay(Model):
    """What was weighed and found when a layer was loaded, for instance by HPLC."""

    payload: str = ""  # needed where the layer holds several
    batch: Label = ""  # needed where several batches were assayed
    drug_added: Mass
    drug_in_product: Mass | None = None
    drug_in_supernatant: Mass | None = None
    carrier_added: Mass | None = None
    product_mass: Mass | None = None
    # standard deviation of one determination over its value
    relative_error: float = Field(default=0.0, strict=True, ge=0, le=0.5)

    @model_validator(mode="after")
    def _finds_something(self) -> Self:
        if self.drug_in_product is None and self.drug_in_supernatant is None:
            raise FieldError("drug_in_product", "is missing; need it, or drug_in_supernatant, as found by the assay")
        return self


class QualityTest(Model):
    """One test of quality of a layer, as the laboratory wrote it down: told in reports, never calculated with."""

    test: Words  # "sterility", "endotoxin", "morphology"
    result: Words  # "no growth in 14 d", "0.2 EU/mL"
    limit: Remark = ""
    batch: Label = ""
    source: Remark = ""  # the record, the standard, the paper


def check_assays(assays: Sequence[Assay], field: str, within: Sequence[str]) -> None:
    """Refuse an assay of what the layer does not hold, of nobody knows what, or of a batch that was assayed above.

    Parameters
    ----------
    assays : sequence of Assay
        The assays of one layer.
    field : str
        Where they stand in the file, such as "layer.0.assay".
    within : sequence of str
        The payloads that the layer holds.

    Raises
    ------
    FieldError
        The field, what stands there, and what is needed.
    """
    batches: dict[str, list[str]] = {}
    for place, item in enumerate(assays):
        name = item.payload or (within[0] if len(within) == 1 else "")
        if name not in within:
            given = shown(item.payload) if item.payload else "is missing"
            raise FieldError(
                f"{field}.{place}.payload", f"{given}; need {' or '.join(within) or 'a layer that holds a payload'}"
            )
        above = batches.setdefault(name, [])
        if above and (not item.batch or "" in above):
            need = 'need one assay of each payload, or the batch of each, such as batch = "A2"'
            raise FieldError(f"{field}.{place}.batch", f"{name} was assayed above; {need}")
        if item.batch in above:
            problem = f"{shown(item.batch)}: {name} of this batch was assayed above; need each batch once"
            raise FieldError(f"{field}.{place}.batch", problem)
        above.append(item.batch)
