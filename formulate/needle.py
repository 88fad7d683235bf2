"""What goes through a needle: the bore in use, the largest of what is injected, and what of it flows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from formulate.case import Process
from formulate.crystal_sizes import TENTH
from formulate.inputs import Inputs, Subject
from formulate.loading.injectable import d99, geometric_sd_from_pdi, widest_through_needle
from formulate.sampling import Array
from materials.handling import handling
from materials.units import to_si
from materials.values import Value

WHY = "the needle check"
PASSES_ANY = 1e-6  # m; a hundredth of the bore of the finest needles in use
BORE, LIMIT = "needle_inner_diameter", "max_syringeable_diameter"


@dataclass(frozen=True)
class Passing:
    """The largest particle that passes the needle, (draws,), m; in which words, and the numbers it rests on."""

    diameter: Array
    words: str
    used: tuple[Value, ...]


def passing(process: Process, site: Subject, route: str) -> Passing | None:
    """Give the largest particle that passes: the user's, else by the bore of the needle; None where none is known."""
    limit = process.find(LIMIT)
    if limit is not None and limit.is_yours:
        return Passing(process.read(LIMIT, WHY)[:, 0], "by what you set", (limit,))
    needle = bore(site, route)
    if needle is None:
        return None
    width, value = needle
    ratio, rule = of_handling(site.inputs, "bore_to_particle_ratio")
    return Passing(widest_through_needle(width, ratio), f"through {bore_text(value)}", (value, rule))


def bore(site: Subject, route: str) -> tuple[Array, Value] | None:
    """Give the bore of the needle [m]: the user's, else that of the route, else that of the site."""
    methods = site.inputs.catalog.methods
    by_route = [Subject(site.inputs, methods[route])] if route in methods else []
    holders: Sequence[Subject] = [site, *by_route] if BORE in site.overrides else [*by_route, site]
    for subject in holders:
        value = subject.find(BORE)
        if value is not None:
            return subject.read(BORE, WHY)[:, 0], value
    return None


def bore_text(value: Value) -> str:
    """Give the bore of a needle in words.

    >>> bore_text(Value(name="needle_inner_diameter", typical=514, unit="um", evidence="user", conditions="21 gauge"))
    'a bore of 514 um (21 gauge)'
    """
    words = f" ({value.conditions})" if value.conditions else ""
    return f"a bore of {to_si(value.typical, value.unit) * 1e6:.3g} um{words}"


def of_handling(inputs: Inputs, name: str) -> tuple[Array, Value]:
    """Give the draws of a number of handling, in SI, with the number."""
    value = handling().numbers[name]
    return inputs.determined(f"handling.{name}", value, "catalog"), value


def largest(subject: Subject) -> tuple[Array, str] | None:
    """Give the largest particles or cells of a carrier [m] and what they are, by the spread of sizes if it is known."""
    if subject.find("diameter") is None:
        if subject.find("cell_diameter") is None:
            return None
        return subject.read("cell_diameter", WHY)[:, 0], "single cells of"
    diameter = subject.read("diameter", WHY)[:, 0]
    if subject.find("polydispersity_index") is None:
        return diameter, "diameter"
    spread = geometric_sd_from_pdi(subject.read("polydispersity_index", WHY)[:, 0])
    return d99(diameter, spread), "largest particles (d99)"


def largest_crystals(payload: Subject) -> tuple[Array, str] | None:
    """Give the largest crystals of a payload [m] and what they are."""
    if payload.find("crystal_diameter") is None:
        return None
    diameter = payload.read("crystal_diameter", WHY)[:, 0]
    if payload.find("crystal_size_span") is None:
        return diameter, "crystals of"
    span = payload.read("crystal_size_span", WHY)[:, 0]
    return d99(diameter, np.exp(np.arcsinh(span / 2.0) / TENTH)), "largest crystals (d99)"
