"""What evidence, cost, difficulty and risk are asked for: carriers, and where and with what they are used."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from materials import catalog

if TYPE_CHECKING:
    from formulate.formulation import Formulation


@dataclass(frozen=True)
class Asked:
    """Carriers from the inside out (a nest of the catalog by its own id), a site, and payloads.

    An empty site or no payload is no condition: a study of any site, of any payload is as close as can be.
    """

    carriers: tuple[str, ...]
    site: str = ""
    payloads: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()  # by which they are made, where that was chosen
    label: str = ""

    @property
    def title(self) -> str:
        """The name to show."""
        return self.label or " in ".join(self.carriers)


def asked_of(formulation: "Formulation") -> Asked:
    """Give what is asked for by a formulation; no number of it is read."""
    layers = tuple(layer.entry.id for layer in formulation.layer)
    return Asked(
        (formulation.system,) if formulation.system else layers,
        formulation.regimen.entry.id,
        tuple(part.id for part in formulation.payload),
        tuple(layer.method for layer in formulation.layer if layer.method),
        formulation.label,
    )


def asked_for(carrier: str, site: str = "", payload: str = "") -> Asked:
    """Give what is asked for by names of the catalog.

    Raises
    ------
    UnknownIdError
        A carrier, site or payload that the catalog does not have; the nearest are named.
    """
    known = catalog.load()
    entry = known.carrier(carrier)
    return Asked(
        (entry.id,),
        known.site(site).id if site else "",
        (known.payload(payload).id,) if payload else (),
        label=entry.name,
    )


def parts_of(asked: Asked) -> tuple[str, ...]:
    """Give the carriers asked for, a nest followed by its layers."""
    known = catalog.load().carriers
    return tuple(dict.fromkeys(part for name in asked.carriers for part in (name, *known[name].layers)))
