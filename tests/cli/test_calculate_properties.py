"""Every calculator on values that nobody chose: numbers come out or a refusal, whatever the unit, the row, the time."""

import math
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from formulate.equations import docstrings
from formulate.equations.calculation import Calculation, Description, calculate, describe
from formulate.equations.entry import Input
from formulate.equations.registry import calculators
from formulate.equations.units import fitting_unit, in_unit, is_ratio, log_of
from materials.errors import FormulateError

GROUPS = tuple(dict.fromkeys(item.group for item in calculators().values()))
EXAMPLES = 2  # of each calculator; violations were sought with thousands
# results that may be below zero: potentials, charges, differences, and logarithms
SIGNED = {"donnan_potential", "net_charge_near_isoelectric", "ph_difference", "moved", "f2", "efficiency_indirect",
          "unaccounted_share", "mean_dissolution_time", "flory_huggins_chi", "gap_a", "gap_b",
          "gap_per_bare_carrier"}  # fmt: skip
SHARE = re.compile(r"(?:^|_)(?:share|fraction|released|eroded|occupancy|desorbed|undissolved|dissolved)(?:_|$)")
# shares of something that is not the whole: of an allowed exposure, of what an assay says was added, per feed
OVER_ONE = {"share_of_exposure", "carrier_recovered_share", "copies_for_loaded_share", "feed_ratio_from_feed_share",
            "released_amount", "diffusivity_from_early_release", "bound_to_dissolved"}  # fmt: skip

TAKEN_BACK = {"vesicle-core-released"}  # a burst above the equilibrium is taken up again


def of_group(group: str) -> list[Description]:
    return [describe(item.id) for item in calculators().values() if item.group == group]


@cache
def plain_example(name: str) -> Mapping[str, Any]:
    found = describe(name)
    return docstrings.example(found.function, found.function.__doc__ or "") or {}


def one_number(item: Input, base: object) -> st.SearchStrategy[float]:
    """Numbers within three decades of that of the example, shares where the unit is a ratio, and nothing at all."""
    known = float(base) if isinstance(base, int | float) and base and math.isfinite(base) else 1.0
    around = st.floats(-3.0, 3.0).map(lambda power: known * 10.0**power)
    if log_of(item.unit):
        return st.floats(-12.0, 3.0)
    shares = [st.floats(0.0, 1.0)] if item.unit == "1" or is_ratio(item.unit) else []
    return st.one_of(around, around, *shares, st.just(0.0))


def some_value(item: Input, base: object) -> st.SearchStrategy[Any]:
    match item.kind:
        case "choice":
            return st.sampled_from(item.choices)
        case "switch":
            return st.booleans()
        case "count":
            return st.sampled_from([0, 1, 2, 5, 50])
        case "text":
            return st.just(str(base))
        case "numbers":
            parts = base if isinstance(base, list | tuple) and base else [base]
            return st.tuples(*(one_number(item, part) for part in parts)).map(list)
    return one_number(item, base[0] if isinstance(base, list | tuple) and base else base)


def inputs_of(found: Description) -> st.SearchStrategy[dict[str, Any]]:
    example = plain_example(found.calculator.id)
    asked = [item for item in found.inputs if item.required or item.name in example]
    return st.fixed_dictionaries({item.name: some_value(item, example.get(item.name)) for item in asked})


def written(item: Input, value: Any, *, fitting: bool = False) -> Any:
    """Give a value as a user would type it, in the unit of the kernel or in one of a fitting size."""
    if isinstance(value, list):
        return [written(item, part, fitting=fitting) for part in value]
    if item.kind not in ("number", "numbers") or item.unit in ("", "1") or log_of(item.unit):
        return value
    unit = fitting_unit(abs(value), item.unit) if fitting and not is_ratio(item.unit) else item.unit
    return f"{in_unit(value, item.unit, unit) if unit != item.unit else value!r} {unit}"


def computed(found: Description, values: Mapping[str, Any], **how: bool) -> Calculation | None:
    """Run a calculator; None where it refuses, which it does in words."""
    by_name = {item.name: item for item in found.inputs}
    try:
        return calculate(
            found.calculator.id, **{name: written(by_name[name], value, **how) for name, value in values.items()}
        )
    except FormulateError:
        return None


def numbers(done: Calculation) -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
    return {
        field.name: np.asarray(field.value, dtype=np.float64)
        for field in done.fields.values()
        if field.is_number and field.value is not None
    }


def hold(found: Description, values: dict[str, Any]) -> None:
    """Check one calculator on one set of inputs."""
    name = (found.calculator.id, values)
    done = computed(found, values)
    if done is None:
        return
    endless = {item.name for item in found.outputs if item.may_be_infinite}
    for result, value in numbers(done).items():
        assert not np.isnan(value).any(), (name, result)
        assert np.isfinite(value).all() or result in endless, (name, result)
        if result not in SIGNED:
            assert (value >= 0.0).all(), (name, result, value)
        if SHARE.search(result) and result not in OVER_ONE and done.fields[result].unit in ("1", "kg/kg"):
            assert (value <= 1.0 + 1e-9).all() or result.endswith("_error"), (name, result, value)
    again = computed(found, values, fitting=True)
    if again is not None:  # rounding of the unit may carry a value over the edge of what is accepted
        for result, value in numbers(again).items():
            assert value == pytest.approx(numbers(done)[result], rel=1e-6, abs=1e-12), (name, result)
    if all(item.kind in ("number", "choice", "switch") for item in found.inputs):
        in_rows(found, values, done)


def in_rows(found: Description, values: dict[str, Any], done: Calculation) -> None:
    """Check that a row is what its inputs give alone, and that what is released never comes back."""
    times = [item for item in found.inputs if item.name == "time" and item.name in values]
    first = times or [item for item in found.inputs if item.kind == "number" and item.name in values]
    if not first:
        return
    name, value = first[0].name, values[first[0].name]
    rows = [value * factor for factor in (0.5, 1.0, 2.0)]
    alone = [computed(found, {**values, name: row}) for row in rows]
    if any(one is None for one in alone):
        return
    texts = [written(first[0], row) for row in rows]
    others = {item.name: written(item, values[item.name]) for item in found.inputs if item.name in values}
    together = calculate(found.calculator.id, **{**others, name: texts})
    for result, several in numbers(together).items():
        each = np.array([numbers(one)[result] for one in alone if one is not None])
        assert several == pytest.approx(each, rel=1e-9, abs=1e-15), (found.calculator.id, result, values)
        never_falls = result in ("released", "eroded") or result.endswith("_released")
        if times and never_falls and found.calculator.id not in TAKEN_BACK:
            assert (np.diff(several) >= -1e-7).all(), (found.calculator.id, result, values, several)


@pytest.mark.parametrize("group", GROUPS)
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],  # the values are told as they are: to look for simpler ones takes minutes
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_any_input_gives_numbers_or_a_refusal(group, data):
    for found in of_group(group):
        hold(found, data.draw(inputs_of(found), label=found.calculator.id))


# what a search over thousands of such inputs found, each once


@pytest.mark.parametrize(
    ("name", "inputs", "told"),
    [
        ("sum-of-exponentials", {"time": "1 h", "shares": "0.5, 0.5", "half_lives": "1, 2, 3 h"},
         "need 2, one for each share"),
        ("escaping-fraction", {"diameter": "1 um", "escape_diameter": "240 nm", "exponent": 0.0}, "exponent"),
        ("unbound-fraction-in-fluid", {"unbound_in_plasma": 0.5, "albumin_ratio": 0.0}, "need > 0 and finite"),
        ("cells-after-doublings", {"cells": 1e6, "doublings": 5000.0}, "no number comes out of these inputs"),
    ],
)  # fmt: skip
def test_what_broke_is_refused_in_words(name, inputs, told):
    with pytest.raises(FormulateError, match=re.escape(told)):
        calculate(name, **inputs)


def test_what_has_an_answer_at_its_ends_gives_it():
    assert calculate("half-life-from-rate", rate="0 1/h").value == math.inf
    assert calculate("occupancy", copies_per_vesicle=0.0).fields["vesicles_per_loaded"].value == math.inf
    # a disc of next to no thickness has two faces
    disc = calculate("spheroid-surface", polar_diameter="1e-12 m", equatorial_diameter="1 m")
    assert disc.value == pytest.approx(math.pi / 2)
    kept = calculate("kept-at-syneresis", drug_concentration="0.0106 kg/m^3", solubility="5.56 kg/m^3",
                     expelled_share=0.165, partition=0.0)  # fmt: skip
    assert kept.value == 0.0
    held = calculate("scaffold-retained-fraction", retained_at_reference=0.2, isoelectric_point=9.0,
                     reference_point=5.0, slope=3000.0)  # fmt: skip
    assert held.value == pytest.approx(1.0)
    leaked = calculate("leaked-fraction", leaked_at_onset=0.5, overfill=1.0, onset=1e-7, exponent=20000.0)
    assert leaked.value == pytest.approx(1.0)
