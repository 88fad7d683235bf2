"""The numbers that a calculation lacks, all at once, each with the place in the file to write it in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from formulate.formulation import Formulation, build
from formulate.overrides import BODY
from formulate.sampling import Draws, Glance
from materials import catalog
from materials.errors import FormulateError, MissingValueError
from materials.mechanisms import Stage
from materials.units import to_si

MOST = 40  # numbers that are looked for, one calculation each
_OF_LOADING = ("drug_loading", "encapsulation_efficiency", "feed_ratio")  # stand in [layer.loading]
_FIELDS = {"usual_dose": ("payload", "dose"), "injection_volume": ("regimen", "volume")}  # have keys of their own


@dataclass(frozen=True)
class Lacking:
    """A number that a calculation needs and nobody gives.

    Attributes
    ----------
    subject, name : str
        The id of the entry it is of, and the property.
    needed_for : str
        What needs it, in words.
    need : str
        What is accepted, and why the catalog does not have it.
    field : str
        Where it is written, as refusals name a place: ``layer.0.set.diameter``; empty where a file has no place for it.
    """

    subject: str
    name: str
    needed_for: str
    need: str
    field: str

    @property
    def label(self) -> str:
        """The property in words."""
        known = catalog.load().properties
        return known[self.name].label if self.name in known else self.name.replace("_", " ")

    @property
    def problem(self) -> str:
        """What is missing, in one line."""
        return str(MissingValueError(self.subject, self.name, self.needed_for, self.need))

    @property
    def written(self) -> str:
        """The line to write, with a blank for the number, and the table to write it in; or nothing.

        >>> Lacking("knee", "diffusivity", "release", "", "regimen.set.cartilage.diffusivity").written
        '[regimen.set] "cartilage.diffusivity" = "… cm^2/s"'
        """
        if not self.field:
            return ""
        table, key = _split(self.field)
        unit = catalog.load().property(self.name).unit
        number = "…" if unit == "1" else f"… {unit}"
        names = [part for part in table if not part.isdigit()]
        is_row = len(names) == 1 and len(table) > 1  # of a list of tables
        head = f"[[{names[0]}]]" if is_row else f"[{'.'.join(names)}]"
        quoted = f'"{key}"' if "." in key else key
        return f'{head} {quoted} = "{number}"'

    @property
    def why(self) -> str:
        """Why nobody gives it, as the catalog says; else what is accepted."""
        return self.need.rpartition(" (")[2].removesuffix(")")

    def to_dict(self) -> dict[str, str]:
        """Give it as the results envelope holds it."""
        return {
            "field": self.field,
            "subject": self.subject,
            "name": self.name,
            "label": self.label,
            "unit": catalog.load().property(self.name).unit,
            "needed_for": self.needed_for,
            "need": self.need,
        }


def lacking(formulation: Formulation, until: Stage = "retention") -> tuple[Lacking, ...]:
    """Give every number that stands in the way of computing a formulation; none where it can be computed.

    Parameters
    ----------
    formulation : Formulation
        What to compute.
    until : str
        The last stage that is to be computed: ``loading``, ``release`` (on the bench) or ``retention``.

    Notes
    -----
    The formulation is computed with typical values. Where a number is missing, the middle one of those that the catalog
    has of other entries stands in for it, in the very place of the file where it is asked for, until nothing is
    missing. What is computed so is thrown away. A mechanism that another value would bring in may need more.

    Examples
    --------
    >>> import formulate
    >>> crystals = formulate.new_formulation(
    ...     payload=[{"id": "new-drug", "inline": True, "dose": "2 mg"}],
    ...     layer=[{"id": "crystals", "carrier": "free-drug-suspension", "holds": ["new-drug"]}],
    ...     regimen={"site": "knee"},
    ... )
    >>> [item.field for item in lacking(crystals, "loading")]
    ['payload.0.set.max_suspension_concentration', 'payload.0.set.aqueous_solubility']
    """
    compute = _calculation(until)
    content = formulation.model_dump(mode="json", exclude_unset=True)
    found: list[Lacking] = []
    tried: set[str] = set()
    while len(found) < MOST:
        try:
            compute(formulation, Glance())
        except MissingValueError as error:
            places = [place for place in _places(formulation, error) if place not in tried]
            known = {(item.subject, item.name) for item in found}
            field = places[0] if places else ""
            if (error.subject, error.name) not in known:
                found.append(Lacking(error.subject, error.name, error.needed_for, error.need, field))
            if not field:
                break
            tried.add(field)
            try:
                formulation = _with(content, field, error.name)
            except FormulateError:
                break
        except FormulateError:
            break  # of another kind: the stand-ins go together no further
        else:
            break
    return tuple(found)


def _calculation(until: Stage) -> Callable[[Formulation, Draws], object]:
    if until == "loading":
        from formulate.loading.total import load_all

        return load_all
    if until == "release":
        from formulate.forecast import forecast

        return lambda formulation, draws: forecast(formulation, draws=draws)
    from formulate.exposure import expose

    return expose


def _places(formulation: Formulation, error: MissingValueError) -> list[str]:
    """Give the fields of a file in which a missing number may be written, the likeliest first."""
    name = error.name
    if name not in catalog.load().properties:
        return []
    payloads = [index for index, part in enumerate(formulation.payload) if part.id == error.subject]
    layers = [index for index, layer in enumerate(formulation.layer) if layer.carrier == error.subject]
    table = "loading" if name in _OF_LOADING else "set"
    if name in _FIELDS and _FIELDS[name][0] == "payload":
        return [f"payload.{index}.{_FIELDS[name][1]}" for index in payloads]
    if name in _FIELDS and not payloads and not layers:
        return [".".join(_FIELDS[name])]
    found = [f"payload.{index}.set.{name}" for index in payloads]
    found += [f"layer.{index}.{table}.{name}" for index in layers]
    site = formulation.regimen.entry.id
    if error.subject == site:
        found.append(f"regimen.set.{name}")
    elif error.subject == BODY or error.subject in catalog.load().within(site):
        found.append(f"regimen.set.{error.subject}.{name}")
    return found


def _split(field: str) -> tuple[list[str], str]:
    """Give the tables of a field, and the key in them; a part of a site stands in the key."""
    parts = field.split(".")
    if parts[:2] == ["regimen", "set"]:
        return parts[:2], ".".join(parts[2:])
    return parts[:-1], parts[-1]


def _with(content: dict[str, Any], field: str, name: str) -> Formulation:
    """Give the formulation with a number in place, which stays in its content."""
    tables, key = _split(field)
    place: Any = content
    for part in tables:
        place = place[int(part)] if part.isdigit() else place.setdefault(part, {})
    place[key] = _stand_in(name)
    built: Formulation = build(Formulation, content, "formulation")
    return built


def _stand_in(name: str) -> str:
    """Give the middle of the values that the catalog has of a property, as a text with its unit."""
    known = catalog.load()
    listed = [value for entry in known.entries() for value in entry.property if value.name == name and value.is_used]
    if not listed:
        kind = known.property(name)
        ends: Mapping[str, float] = {"fraction": 0.5, "positive": 1.0}
        number, unit = ends.get(kind.support, 0.0), kind.unit
        if kind.smallest is not None and kind.largest is not None and not kind.smallest <= number <= kind.largest:
            number = kind.smallest
    else:
        middle = sorted(listed, key=lambda value: to_si(value.typical, value.unit))[len(listed) // 2]
        number, unit = middle.typical, middle.unit
    return f"{number:.12g}" if unit == "1" else f"{number:.12g} {unit}"
