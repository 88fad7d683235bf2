"""What is planned for: the carriers of a nest from the inside out, its payloads, and where and how it is given."""

from dataclasses import dataclass

from formulate.formulation import Formulation
from formulate.standing import Asked, asked_for, asked_of
from materials import catalog
from materials.schema import Carrier, Payload

FREE = ("dissolved", "crystal")  # forms of a drug without a carrier


@dataclass(frozen=True)
class Part:
    """A carrier of the nest; one that holds something can be made empty."""

    carrier: Carrier
    holds: bool

    @property
    def is_material(self) -> bool:
        """True where there is a material that can be made empty, or left out."""
        return self.holds and self.carrier.form not in FREE


@dataclass(frozen=True)
class Dose:
    """A payload, and how much of it is given where that is known."""

    payload: Payload
    dose: str = ""


@dataclass(frozen=True)
class Subject:
    """What a plan is for."""

    asked: Asked
    parts: tuple[Part, ...]
    payloads: tuple[Dose, ...]
    routes: tuple[str, ...] = ()
    volume: str = ""  # as it is shown

    @property
    def label(self) -> str:
        """The name to show."""
        return self.asked.title

    @property
    def site(self) -> str:
        """The id of the site, or nothing."""
        return self.asked.site


def subject_of(formulation: Formulation, volume: str = "") -> Subject:
    """Give what is planned for by a formulation; the volume as it is shown, where one was computed."""
    regimen = formulation.regimen
    return Subject(
        asked_of(formulation),
        tuple(Part(layer.entry, bool(layer.shares)) for layer in formulation.layer),
        tuple(Dose(part.entry, part.dose or "") for part in formulation.payload),
        tuple(dict.fromkeys((regimen.route_or_first, *(item.route for item in regimen.also)))),
        volume or regimen.volume or "",
    )


def subject_for(carrier: str, site: str = "", payload: str = "") -> Subject:
    """Give what is planned for by names of the catalog.

    Raises
    ------
    UnknownIdError
        A carrier, site or payload that the catalog does not have; the nearest are named.
    """
    known = catalog.load()
    asked = asked_for(carrier, site, payload)
    nest = known.carriers[asked.carriers[0]].layers or asked.carriers
    innermost_holds = bool(payload) and not known.carriers[nest[0]].is_own_drug
    parts = tuple(Part(known.carriers[name], place > 0 or innermost_holds) for place, name in enumerate(nest))
    payloads = tuple(Dose(known.payloads[name]) for name in asked.payloads)
    routes = known.sites[asked.site].routes if asked.site else ()
    return Subject(asked, parts, payloads, routes[:1])
