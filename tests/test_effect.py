"""Effect by the relation a user chooses: worked values, limits, an exact integral, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.chosen_effect import ChosenEffect
from formulate.dose_response import bell_effect, inhibitory_effect, sigmoid_effect
from formulate.effect import relative_effect
from formulate.exposure import expose
from formulate.formulation import Formulation, build
from formulate.sampling import Draws, TypicalDraw
from materials.errors import DomainError, FileError

LEVELS = np.geomspace(1e-4, 1e4, 81)
KNEE = {"site": "knee", "volume": "5 mL"}


def cells(effect, dose="50 million cells", **more) -> Formulation:
    layer = {"id": "cells", "carrier": "bmsc-cells", "dose": dose}
    return build(
        Formulation, {"schema_version": 1, "layer": [layer], "regimen": KNEE, "effect": effect, **more}, "test"
    )


def drug(effect, **more) -> Formulation:
    content = {
        "schema_version": 1,
        "payload": [{"id": "dasatinib", "dose": "1 mg"}],
        "layer": [{"id": "free", "carrier": "free-drug-solution", "holds": ["dasatinib"]}],
        "regimen": KNEE,
        "target": {"duration": "7 d", "unbound_above": "10 nmol/L"},
        "effect": effect,
    }
    return build(Formulation, content | more, "test")


def numbers(found):
    (group,) = [group for group in found.groups if group.title.startswith("effect")]
    return {number.name: number for number in group.numbers}


# the relations


def test_hill_spans_81_fold_from_a_tenth_to_nine_tenths():
    # of plain Emax EC90/EC10 is 81, of a steepness n it is 81^(1/n): a textbook property
    assert sigmoid_effect([1 / 9, 9.0], 1.0) == pytest.approx([0.1, 0.9])
    assert sigmoid_effect([9**-0.5, 3.0], 1.0, 2.0) == pytest.approx([0.1, 0.9])


@given(half=st.floats(1e-3, 1e3), steepness=st.floats(0.2, 10.0))
def test_rising_and_falling_sum_to_one_and_do_not_turn(half, steepness):
    rising, falling = sigmoid_effect(LEVELS, half, steepness), inhibitory_effect(LEVELS, half, steepness)
    assert rising + falling == pytest.approx(np.ones_like(LEVELS))
    assert (np.diff(rising) >= 0).all()
    assert sigmoid_effect(half, half, steepness) == pytest.approx(0.5)


@given(half=st.floats(1e-2, 1.0), wide=st.floats(1.5, 1e4), steepness=st.floats(0.2, 6.0))
def test_a_bell_is_largest_at_the_geometric_mean_and_alike_on_both_sides(half, wide, steepness):
    top = half * np.sqrt(wide)
    assert bell_effect(top, half, half * wide, steepness) == pytest.approx(1.0)
    left, right = (bell_effect(top * LEVELS**sign, half, half * wide, steepness) for sign in (1, -1))
    assert left == pytest.approx(right, abs=1e-12)
    assert left.max() <= 1 + 1e-12


def test_a_bell_whose_falling_arm_is_far_away_is_a_sigmoid():
    assert bell_effect(LEVELS, 1.0, 1e14, 2.0) == pytest.approx(sigmoid_effect(LEVELS, 1.0, 2.0), abs=1e-6)


@pytest.mark.parametrize(
    "relation", [sigmoid_effect, inhibitory_effect, lambda level, half: bell_effect(level, half, 9.0)]
)
def test_nothing_has_no_effect_and_impossible_levels_are_refused(relation):
    assert relation([0.0], 1.0)[0] == 0.0
    for level, half in ((-1.0, 1.0), (1.0, 0.0), (np.nan, 1.0)):
        with pytest.raises(DomainError):
            relation([level], half)
    with pytest.raises(DomainError, match="falling_level"):
        bell_effect([1.0], 2.0, 2.0)


# in a formulation


def test_the_mean_effect_of_an_exponential_is_its_integral():
    time = np.linspace(0.0, 10.0, 4001)
    effect = relative_effect(ChosenEffect(shape="emax", half_level="1 nmol/L"), 8.0 * np.exp(-time)[None, :],
                             {"half_level": np.array([[1.0]])})  # fmt: skip
    # integral of C/(C + 1) with C = 8 exp(-t): ln((8 + 1)/(8 exp(-10) + 1))
    assert np.trapezoid(effect, time)[0] == pytest.approx(np.log(9.0 / (8.0 * np.exp(-10.0) + 1.0)), rel=1e-5)


def test_cells_act_by_how_many_live_and_the_shape_decides_which_dose_is_better():
    def mean(dose, **effect):
        return numbers(expose(cells(effect, dose), TypicalDraw())[0])["effect_mean"].median

    few, many = "5 million cells", "100 million cells"
    level = "10 million cells"
    assert mean(few, shape="emax", half_level=level) < mean(many, shape="emax", half_level=level)
    falls = {"shape": "inhibitory", "half_level": level, "steepness": 2}
    assert mean(few, **falls) > mean(many, **falls)
    assert mean(few, shape="flat") == mean(many, shape="flat") == pytest.approx(100.0)  # percent


def test_a_drug_acts_by_its_unbound_level_whatever_unit_it_is_given_in():
    molar = expose(drug({"shape": "emax", "half_level": "100 nmol/L"}), TypicalDraw())[0]
    grams = 100e-6 * molar.molar_mass * 1e6  # ng/mL
    mass = expose(drug({"shape": "emax", "half_level": f"{grams!r} ng/mL"}), TypicalDraw())[0]
    found, same = numbers(molar), numbers(mass)
    assert found["effect_mean"].median == pytest.approx(same["effect_mean"].median)
    level = molar.unbound["synovial-fluid"][0].max() / molar.molar_mass  # mol/m3
    assert found["effect_peak"].median == pytest.approx(100 * level / (level + 100e-6))  # percent
    assert found["effect_at_end"].median < found["effect_mean"].median < found["effect_peak"].median
    assert any("the relation you chose" in note for note in molar.notes)
    plain = drug({"shape": "flat"}).model_copy(update={"effect": None})
    assert not any("relation you chose" in note for note in expose(plain, TypicalDraw())[0].notes)


def test_the_doubt_of_a_half_level_widens_the_band_and_is_told_among_the_inputs():
    exact = expose(cells({"shape": "emax", "half_level": "10 million cells"}), Draws(64, 7))[0]
    level = {"typical": "10 million cells", "low": "1 million cells", "high": "100 million cells"}
    doubt = expose(cells({"shape": "emax", "half_level": level}), Draws(64, 7))[0]
    first, second = (numbers(item)["effect_peak"] for item in (exact, doubt))
    assert second.high - second.low > 3 * (first.high - first.low)
    assert {item.key for item in doubt.inputs} - {item.key for item in exact.inputs} == set()
    (own,) = [item for item in doubt.inputs if item.key == "effect.half_level"]
    assert (own.set_by, own.exact) == ("user", False)


@pytest.mark.parametrize(
    ("effect", "told"),
    [
        ({"shape": "emax"}, "effect.half_level: is missing; need your own for emax"),
        ({"shape": "flat", "half_level": "1 nmol/L"}, "effect.half_level: is given, which flat does not use"),
        ({"shape": "emax", "half_level": "1 furlong"}, 'need a level such as "10 nmol/L"'),
        ({"shape": "emax", "half_level": "0 nmol/L"}, "above zero"),
        ({"shape": "sigmoid-emax", "half_level": "1 nmol/L", "steepness": 50}, "need a number of 0.1 to 20"),
        (
            {"shape": "bell", "half_level": "9 nmol/L", "falling_level": "3 nmol/L", "steepness": 1},
            "effect.falling_level: is not above half_level",
        ),
        (
            {"shape": "bell", "half_level": "9 nmol/L", "falling_level": "30 mg", "steepness": 1},
            "is of another kind than half_level",
        ),
        ({"shape": "emax", "half_level": {"typical": "9 nmol/L", "low": "10 nmol/L"}}, "need low <= typical <= high"),
        ({"shape": "linear"}, "effect.shape: 'linear'; need"),
        ({"shape": "emax", "half_level": "1e300 nmol/L"}, "half_level: '1e300 nmol/L': beyond what is conceivable"),
        ({"shape": "emax", "half_level": {"typical": "10 nmol/L", "low": "5 ng/mL"}}, "low in units of one kind"),
    ],
)
def test_what_is_missing_or_does_not_fit_is_refused(effect, told):
    with pytest.raises(FileError, match=told):
        drug(effect)


def test_a_level_of_another_kind_than_what_acts_is_refused():
    with pytest.raises(FileError, match=r"effect.half_level: is of another kind; need a number such as"):
        expose(cells({"shape": "emax", "half_level": "1 nmol/L"}), TypicalDraw())
    with pytest.raises(FileError, match=r"need a concentration such as"):
        expose(drug({"shape": "emax", "half_level": "20 million cells"}), TypicalDraw())
