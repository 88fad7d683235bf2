"""The library: what it holds, how a model is named, what a listing says, what is refused."""

import math
import re

import numpy as np
import pytest

from formulate.curves.library import GROUPS, listing, model, models, parse_models, simulate
from materials.errors import DomainError, UnknownIdError


def test_the_forty_come_first_and_in_order():
    assert [law.number for law in models()][:40] == list(range(1, 41))
    assert all(law.number is None for law in models()[40:])
    assert [law.group for law in models()[:40]] == ["ddsolver"] * 40


def test_each_id_is_given_once():
    ids = [law.id for law in models()]
    assert len(set(ids)) == len(ids)
    assert GROUPS["all"] == tuple(ids)


@pytest.mark.parametrize("law", models(), ids=lambda law: law.id)
def test_a_model_is_found_by_its_id_and_its_name(law):
    assert model(law.id) is law
    assert model(law.id.upper()) is law
    assert model(law.name) is law
    assert len(set(law.names)) == len(law.names)
    for part in (law.lag, law.plateau):
        assert not part or part in law.names


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("Korsmeyer-Peppas", "korsmeyer_peppas"),
        ("First-order with Tlag and Fmax", "first_order_tlag_fmax"),
        ("peppas-sahlin_1 with tlag", "peppas_sahlin_1_tlag"),
        ("Zero order F0", "zero_order_f0"),
        ("WEIBULL_2", "weibull_2"),
    ],
)
def test_names_as_people_write_them(name, id):
    assert model(name).id == id


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(UnknownIdError, match="unknown model 'higuci'; nearest: higuchi"):
        model("higuci")
    with pytest.raises(UnknownIdError, match="nearest"):
        models("weibull_2, ")[0] and models("weibull_2, nothing_known")


def test_groups_are_of_models_that_exist():
    for name, ids in GROUPS.items():
        assert [law.id for law in models(name)] == list(ids)
    assert len(GROUPS["ddsolver"]) == 40
    assert set(GROUPS["all"]) == set(GROUPS["ddsolver"]) | set(GROUPS["empirical"])


def test_choices_add_up_and_take_out():
    assert parse_models("all") == models()
    assert [law.id for law in parse_models("hopfenberg,zero_order")] == ["zero_order", "hopfenberg"]
    without = parse_models("ddsolver,-Higuchi,-korsmeyer_peppas_f0")
    assert len(without) == 38
    assert parse_models("") == ()
    assert [law.id for law in parse_models("-higuchi")] == [law.id for law in models() if law.id != "higuchi"]


def test_a_listing_says_all_that_a_user_needs():
    rows = listing()
    assert len(rows) == len(models())
    for row in rows:
        assert row["equation"].count("=") == 1
        assert row["source"]
        assert row["assumes"]
        for parameter in row["parameters"]:
            assert parameter["meaning"]
            assert parameter["name"] in row["equation"] or row["group"] != "ddsolver"


def test_simulation_is_the_curve_of_the_model():
    time = np.array([0.0, 1.0, 2.0])
    assert simulate("Zero-order", time, 3.0).tolist() == [0.0, 3.0, 6.0]


@pytest.mark.parametrize(
    ("id", "time", "parameters", "problem"),
    [
        ("weibull_2", [1.0], (5.0,), "parameters of weibull_2 = 1; need 2: alpha, beta"),
        ("weibull_2", [1.0], (-5.0, 1.0), "alpha = -5; need 0 to inf"),
        ("weibull_2", [1.0], (5.0, 0.0), "beta = 0; need"),
        ("first_order", [1.0], (math.nan,), "k1 = nan; need"),
        ("first_order", [-1.0], (1.0,), "time = -1"),
        ("first_order", [math.inf], (1.0,), "time = inf"),
    ],
)
def test_what_cannot_be_simulated_is_refused(id, time, parameters, problem):
    with pytest.raises(DomainError, match=re.escape(problem)):
        simulate(id, time, *parameters)
