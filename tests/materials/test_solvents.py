"""The solvents: the guideline's limits as other texts quote them, handbook numbers, names, refusals."""

import re

import pytest
from pydantic import ValidationError

from materials import catalog
from materials.errors import UnknownIdError
from materials.solvents import Solvent, solvent, solvents
from materials.sources import keys

# Table 2 and Part VI of ICH Q3C(R8): permitted daily exposure in mg, concentration limit in ppm.
CLASS_2 = {
    "acetonitrile": (4.1, 410), "chloroform": (0.6, 60), "cyclohexane": (38.8, 3880), "dichloromethane": (6.0, 600),
    "n-n-dimethylformamide": (8.8, 880), "1-4-dioxane": (3.8, 380), "hexane": (2.9, 290), "methanol": (30.0, 3000),
    "n-methylpyrrolidone": (5.3, 530), "tert-butanol": (35.0, 3500), "tetrahydrofuran": (7.2, 720),
    "toluene": (8.9, 890),
}  # fmt: skip
# Table 3
CLASS_3 = {
    "acetic-acid", "acetone", "anisole", "dimethyl-sulfoxide", "ethanol", "ethyl-acetate", "diethyl-ether",
    "ethyl-formate", "heptane", "methyl-acetate", "methyl-ethyl-ketone", "2-propanol",
}  # fmt: skip
# Merck Index, 20 degC, in g/mL: a second source for what was read from correlations at 25 degC
MERCK = {
    "acetone": 0.791, "chloroform": 1.484, "dichloromethane": 1.326, "ethanol": 0.789, "ethyl-acetate": 0.902,
    "tetrahydrofuran": 0.889, "toluene": 0.866, "hexane": 0.660, "benzyl-alcohol": 1.046, "dimethyl-sulfoxide": 1.100,
    "n-methylpyrrolidone": 1.028, "acetonitrile": 0.787,
}  # fmt: skip


@pytest.mark.parametrize(("name", "limits"), CLASS_2.items())
def test_class_2_has_the_limits_of_the_guideline(name, limits):
    found = solvents()[name]
    assert found.ich_class == "2"
    assert (found.permitted_daily_exposure.typical, found.concentration_limit.typical) == limits


def test_every_solvent_is_of_the_class_of_the_guideline():
    by_class = {name: {item.id for item in solvents().values() if item.ich_class == name} for name in "123"}
    assert by_class == {"1": {"1-2-dichloroethane"}, "2": set(CLASS_2), "3": CLASS_3}
    rest = {item.id for item in solvents().values() if item.ich_class == "not-listed"}
    assert rest == {"benzyl-alcohol"}


def test_class_3_is_accepted_at_half_a_percent():
    for name in CLASS_3:
        assert solvents()[name].permitted_daily_exposure.typical == 50
        assert solvents()[name].content_limit == pytest.approx(0.005)


def test_limits_in_si_units():
    found = solvent("dichloromethane")
    assert found.daily_exposure * 86400.0 == pytest.approx(6e-6)  # kg a day
    assert found.content_limit == pytest.approx(600e-6)
    assert solvent("benzyl alcohol").daily_exposure is None
    assert solvent("benzyl alcohol").content_limit is None


def test_class_1_has_a_concentration_alone():
    found = solvent("1,2-dichloroethane")
    assert found.daily_exposure is None
    assert found.content_limit == pytest.approx(5e-6)
    assert "avoid" in found.limit_text


def test_what_the_guideline_does_not_list_says_so():
    assert "not in ICH Q3C" in solvent("benzyl-alcohol").limit_text


@pytest.mark.parametrize(("name", "density"), MERCK.items())
def test_densities_agree_with_another_handbook(name, density):
    assert solvents()[name].density.typical == pytest.approx(density * 1000, rel=0.015)


def test_volatile_ones_boil_below_water_and_the_others_above():
    low = {item.id for item in solvents().values() if item.boiling_point.typical < 100}
    assert low >= {"dichloromethane", "acetone", "ethyl-acetate", "chloroform", "ethanol", "tetrahydrofuran"}
    assert low.isdisjoint({"dimethyl-sulfoxide", "n-n-dimethylformamide", "benzyl-alcohol", "n-methylpyrrolidone"})


def test_order_of_solubility_in_water():
    order = ["heptane", "hexane", "cyclohexane", "toluene", "chloroform", "dichloromethane", "ethyl-acetate"]
    solubilities = [solvents()[name].water_solubility.typical for name in order]
    assert solubilities == sorted(solubilities)
    assert solvent("dichloromethane").water_solubility.typical == pytest.approx(20, rel=0.1)  # 2 %, as often quoted


@pytest.mark.parametrize(
    ("given", "identifier"),
    [
        ("DCM", "dichloromethane"),
        ("methylene chloride", "dichloromethane"),
        ("DMSO", "dimethyl-sulfoxide"),
        ("isopropanol", "2-propanol"),
        (" THF ", "tetrahydrofuran"),
        ("乙醇", "ethanol"),
    ],
)
def test_other_names_are_understood(given, identifier):
    assert solvent(given).id == identifier


def test_no_name_means_two_solvents():
    for item in solvents().values():
        for name in (item.id, item.name, item.name_zh, *item.synonyms):
            assert solvent(name) is item
    assert len({item.cas for item in solvents().values()}) == len(solvents())


def test_unknown_solvent_is_refused_with_the_nearest():
    with pytest.raises(UnknownIdError, match="dichloromethane"):
        solvent("dichlormethane")


@pytest.mark.parametrize("item", solvents().values(), ids=lambda item: item.id)
def test_registry_numbers_have_their_check_digit(item):
    digits = item.cas.replace("-", "")
    assert sum(n * int(d) for n, d in enumerate(reversed(digits[:-1]), start=1)) % 10 == int(digits[-1])


def test_every_source_is_in_the_bibliography():
    for item in solvents().values():
        for name in ("permitted_daily_exposure", "concentration_limit", "density", "boiling_point", "water_solubility"):
            value = getattr(item, name)
            if value is not None:
                assert value.name == name
                assert value.source in keys() or value.note.startswith("Remembered, unverified"), (item.id, name)
                assert set(value.cites) <= keys()


def _row(**changes):
    row = solvents()["toluene"].model_dump(exclude_defaults=True)
    return {**row, **changes}


def test_an_inconsistent_row_is_refused():
    assert Solvent.model_validate(_row()) == solvents()["toluene"]
    with pytest.raises(ValidationError, match="concentration limit"):
        Solvent.model_validate(_row(ich_class="not-listed"))
    with pytest.raises(ValidationError, match="permitted daily exposure"):
        Solvent.model_validate(_row(ich_class="1"))
    with pytest.raises(ValidationError, match="miscible"):
        Solvent.model_validate(_row(miscible_with_water=True))


PLACEHOLDERS = {
    "drug",
    "carrier",
    "solvent",
    "water",
    "half_water",
    "gel_water",
    "bath",
    "outer",
    "excipient",
}  # what a recipe fills in


@pytest.mark.parametrize("method", catalog.load().methods.values(), ids=lambda method: method.id)
def test_methods_name_solvents_that_exist_and_steps_that_can_be_filled_in(method):
    for name in method.solvents:
        assert name in solvents()
    text = " ".join(method.steps)
    assert set(re.findall(r"{(\w+)}", text)) <= PLACEHOLDERS
    assert re.sub(r"{\w+}", "", text).find("{") == -1
    assert bool(method.solvents) <= ("{solvent}" in text)  # a solvent that is listed is used
    for step in method.steps:
        assert step.endswith(".")
        assert len(step) < 200


def test_compositions_are_whole():
    for carrier in catalog.load().carriers.values():
        if carrier.composition:
            assert sum(part.mole_share for part in carrier.composition) == pytest.approx(1.0, abs=0.005), carrier.id
