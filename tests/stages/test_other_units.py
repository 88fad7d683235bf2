"""The same formulation in other words: other units, the payloads in another order. No number may change."""

import re
from functools import cache
from typing import Any

import numpy as np
import pytest
import tomli

from bench.fuzzing.seeds import CELLS, TWO_DRUGS
from formulate import examples
from formulate.estimate import Estimate
from formulate.exposure import Exposed, expose
from formulate.formulation import Formulation, build
from formulate.sampling import Draws

# how the quantity of a text is written another way; factors by the definition of the prefixes and of the hour
OTHERWISE = {
    "mg": ("ug", 1e3), "ug": ("mg", 1e-3), "um": ("nm", 1e3), "nm": ("um", 1e-3), "mL": ("uL", 1e3), "d": ("h", 24.0),
    "kg/mol": ("g/mol", 1e3), "umol/L": ("nmol/L", 1e3), "nmol/L": ("umol/L", 1e-3), "kPa": ("Pa", 1e3),
    "percent_w_w": ("g/g", 0.01), "mol/mol": ("fraction", 1.0), "pg/day": ("ug/day", 1e-6),
    "um^2/s": ("cm^2/s", 1e-8),
}  # fmt: skip
WRITTEN = re.compile(r"([0-9.e+-]+) (\S+)")
FILES = {
    "particles in a gel": examples.text("dasatinib-microspheres-in-gel.toml"),
    "a protein in bone": examples.text("bmp2-nonunion.toml"),
    "cells that secrete": CELLS,
    "two drugs": TWO_DRUGS,
}


def otherwise(given: Any, seen: set[str]) -> Any:
    """Give nested tables with every quantity in another unit, and note which units stood there."""
    if isinstance(given, dict):
        return {key: otherwise(item, seen) for key, item in given.items()}
    if isinstance(given, list):
        return [otherwise(item, seen) for item in given]
    match = WRITTEN.fullmatch(given) if isinstance(given, str) else None
    if match is None or match[2] not in OTHERWISE:
        return given
    seen.add(match[2])
    unit, factor = OTHERWISE[match[2]]
    return f"{float(match[1]) * factor!r} {unit}"


def exposed(content: dict[str, Any]) -> tuple[Exposed, ...]:
    content = {**content, "calculation": {"draws": 16}}
    return expose(build(Formulation, content, "test"), Draws(16, 7))


@cache
def as_written(name: str) -> tuple[Exposed, ...]:
    return exposed(tomli.loads(FILES[name]))


def alike(some: tuple[Exposed, ...], others: tuple[Exposed, ...]) -> None:
    assert [item.what for item in some] == [item.what for item in others]
    for one, other in zip(some, others, strict=True):
        assert other.time == pytest.approx(one.time, rel=1e-9)
        for place, amounts in one.at_site.items():
            assert np.allclose(other.at_site[place], amounts, rtol=1e-6, atol=1e-9), place
        for group, again in zip(one.groups, other.groups, strict=True):
            largest: dict[str, float] = {}
            for number in group.numbers:
                largest[number.unit] = max(largest.get(number.unit, 0.0), abs(number.median or 0.0))
            for number, same in zip(group.numbers, again.numbers, strict=True):
                faintest = 1e-9 * largest[number.unit]  # of the peak: what is left there is a difference of two sums
                for expected, got in zip(ends(number), ends(same), strict=True):
                    assert got == (expected and pytest.approx(expected, rel=1e-6, abs=faintest)), number


def ends(number: Estimate) -> tuple[float | None, float | None, float | None]:
    return number.median, number.low, number.high


@pytest.mark.parametrize("name", FILES)
def test_in_other_units_every_number_is_the_same(name):
    seen: set[str] = set()
    content = otherwise(tomli.loads(FILES[name]), seen)
    assert len(seen) >= 3
    alike(as_written(name), exposed(content))


def test_in_another_order_of_the_payloads_every_number_is_the_same():
    content = tomli.loads(TWO_DRUGS)
    turned = {**content, "payload": content["payload"][::-1]}
    by_name = {item.what: item for item in exposed(turned)}
    alike(as_written("two drugs"), tuple(by_name[item.what] for item in as_written("two drugs")))
