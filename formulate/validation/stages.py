"""Whole formulations, proved: what was loaded is released or left, what was released is at the site or has gone."""

import tomllib
from functools import partial
from typing import Any

import numpy as np

from formulate import examples
from formulate.crystal_sizes import CrystalSizes
from formulate.dissolution import THICKEST_LAYER
from formulate.formulation import Formulation, Question, build
from formulate.pipeline import Prediction, predict, predict_all
from formulate.residence import reside
from formulate.retention import joint
from formulate.sampling import Draws, TypicalDraw
from formulate.validation.case import Case, Cases, Found, Pair
from formulate.validation.other_ways import Array, stepped
from materials import catalog
from materials.errors import FormulateError

cases = Cases("stages")

DRAWS = 16
KEPT = 1e-9  # of the dose
FOLLOWED = {
    "knee": "triamcinolone-microspheres.toml",
    "gel-in-a-knee": "dasatinib-microspheres-in-gel.toml",
    "two-parts-in-a-knee": "two-drugs-assayed.toml",
    "disc": "triamcinolone-disc.toml",
    "bone-defect": "bmp2-nonunion.toml",
}
OWN_DRUGS = {
    "cells-in-a-knee": "stem-cells-knee.toml",
    "cells-in-a-cord": "stem-cells-spinal-cord.toml",
    "vesicles-in-a-nest": "exosomes-in-microspheres-in-gel.toml",
}


def _example(name: str) -> Formulation:
    built: Formulation = build(Formulation, tomllib.loads(examples.text(name)), name)
    return built


def _followed(name: str) -> Prediction:
    return predict(_example(name), Draws(DRAWS, seed=7))


def _released(prediction: Prediction) -> Array:
    """Give all shares of the dose, wherever they are before the site has its say."""
    release = prediction.release
    return np.asarray(release.in_depot_carrier + release.in_free_carrier + release.solid + release.free)


def _anywhere(prediction: Prediction) -> Array:
    """Give all shares of the dose, at the site and away from it."""
    found = prediction.exposure
    gone = found.in_plasma + found.eliminated + found.drained + sum(found.elsewhere.values())
    return np.asarray(found.left + gone)


def _all_of_it(name: str, released: bool) -> Found:
    prediction = _followed(name)
    return Found(1.0, _released(prediction) if released else _anywhere(prediction))


def _not_too_much(name: str) -> Found:
    """Give by how much the dose given exceeds what was wanted or what fits."""
    loading = _followed(name).loading
    most = np.minimum(loading.wanted, loading.largest)
    return Found(0.0, np.maximum(loading.given / most - 1.0, 0.0))


def _stages_of(place: str, file: str) -> tuple[Case, ...]:
    """Give the cases of one example: what is loaded, released, retained."""
    title = f"of {file.removesuffix('.toml').replace('-', ' ')}, {DRAWS} draws"
    return (
        Case("stages", f"loaded-{place}", f"Dose given beyond what is wanted or fits, {title}", "limit",
             partial(_not_too_much, file), 1e-12, origin="no more than asked for, no more than fits"),
        Case("stages", f"released-{place}", f"Shares in carriers, solid and dissolved, {title}", "conservation",
             partial(_all_of_it, file, True), KEPT, origin="the dose"),
        Case("stages", f"retained-{place}", f"Shares at the site, in plasma, drained and eliminated, {title}",
             "conservation", partial(_all_of_it, file, False), KEPT, origin="the dose"),
    )  # fmt: skip


for _place, _file in FOLLOWED.items():
    cases.add(*_stages_of(_place, _file))


def _own_drug(name: str) -> Found:
    expected, got = [], []
    for found in reside(_example(name), Draws(DRAWS, seed=7)):
        everywhere = found.left + sum(found.elsewhere.values())
        expected.append(np.broadcast_to(found.given, everywhere.shape))
        got.append(everywhere)
    return Found(np.concatenate(expected), np.concatenate(got))


cases.add(
    *(
        Case("stages", place, f"Carriers at the site and elsewhere, of {file.removesuffix('.toml').replace('-', ' ')}",
             "conservation", partial(_own_drug, file), KEPT, origin="the carriers given by then")
        for place, file in OWN_DRUGS.items()
    )
)  # fmt: skip


@cases.proves("conservation", absolute=KEPT, origin="the dose")
def every_carrier_in_a_knee() -> Pair:
    """Shares of dasatinib at the site and away from it, in every carrier that can be computed, typical values"""
    content = {
        "schema_version": 1,
        "payload": [{"id": "dasatinib", "dose": "5 mg"}],
        "regimen": {"site": "knee", "state": "osteoarthritis", "volume": "5 mL"},
    }
    question: Question = build(Question, content, "validation")
    asked = [(question.formulation(carrier), TypicalDraw()) for carrier in catalog.shipped().runnable_carriers()]
    got = []
    for item in predict_all(asked):
        if isinstance(item, FormulateError):
            raise item
        got += [np.ravel(_released(item)), np.ravel(_anywhere(item))]
    return 1.0, np.concatenate(got)


def _knee() -> joint.JointRates:
    per_hour = 1e-6 / 3600.0  # m3/s in 1 mL/h
    rates = {
        "unbound_in_fluid": 0.5,
        "unbound_in_plasma": 0.3,
        "permeability_fluid": 200 * per_hour,
        "permeability_blood": 200 * per_hour,
        "lymph_flow": 2.3 * per_hour,
        "albumin_reflection": 0.0,
        "resting_volume": 13.6e-6,
        "relaxation_time": 3 * 3600.0,
        "synovium_capacity": 15e-6,
        "plasma_volume": 0.1,
        "clearance": 40e-3 / 3600,
        "solubility": 0.013,
    }
    crystals = joint.Crystals(
        diffusivity=np.array([5.4e-10]),
        density=np.array([1330.0]),
        exposed_share=np.array([1.0]),
        sizes=CrystalSizes(np.array([9e-6]), thickest_layer=THICKEST_LAYER),
    )
    arrays: dict[str, Any] = {name: np.array([value]) for name, value in rates.items()}
    return joint.JointRates(**arrays, injections=((0.0, 5e-6),), crystals=crystals)


@cases.proves("other method", relative=2e-3, unit="kg", origin="all four amounts at once by LSODA")
def suspension_in_a_knee() -> Pair:
    """Drug in fluid, synovium, plasma and crystals of a knee over four hours"""
    rates = _knee()
    one = {name: float(getattr(rates, name)[0]) for name in (
        "unbound_in_fluid", "unbound_in_plasma", "permeability_fluid", "permeability_blood", "lymph_flow",
        "resting_volume", "relaxation_time", "synovium_capacity", "plasma_volume", "clearance", "solubility",
    )}  # fmt: skip

    def slope(t: float, amounts: Array) -> list[float]:
        fluid, synovium, plasma, solid = amounts
        excess = 5e-6 * np.exp(-t / one["relaxation_time"])
        volume = one["resting_volume"] + excess
        drained = (one["lymph_flow"] + excess / one["relaxation_time"]) * fluid / volume
        in_fluid = one["unbound_in_fluid"] * fluid / volume
        in_synovium = synovium / one["synovium_capacity"]
        in_plasma = one["unbound_in_plasma"] * plasma / one["plasma_volume"]
        left = max(solid, 1e-30)
        radius = 9e-6 * (left / 20e-6) ** (1 / 3)
        speed = 3 * 5.4e-10 * left / (1330.0 * radius * min(radius, THICKEST_LAYER))
        dissolving = speed * (one["solubility"] - in_fluid)
        across = one["permeability_fluid"] * (in_fluid - in_synovium)
        into_blood = one["permeability_blood"] * (in_synovium - in_plasma)
        lost = one["clearance"] / one["plasma_volume"] * plasma
        return [dissolving - across - drained, across - into_blood, into_blood + drained - lost, -dissolving]

    time = np.concatenate([[0.0], np.geomspace(2.5, 4 * 3600.0, 400)])
    expected = stepped(slope, [2e-6, 0.0, 0.0, 20e-6], time, atol=1e-16)
    nothing = np.zeros((1, time.size))
    found = joint.solve(time, joint.Arrivals(nothing + 2e-6, nothing, nothing, nothing + 20e-6), rates)
    later = time > 300.0
    got = np.concatenate([found.fluid, found.synovium, found.plasma, found.solid])
    return expected[:, later], got[:, later]


@cases.proves("limit", relative=1e-6, origin="twice the drug, everywhere and always, while nothing saturates")
def twice_the_dose() -> Pair:
    """Unbound drug in fluid after twice a dose of dissolved drug, over that after one"""
    curves = []
    for dose in ("1 ug", "2 ug"):
        content = {
            "schema_version": 1,
            "payload": [{"id": "dasatinib", "dose": dose}],
            "regimen": {"site": "knee", "state": "osteoarthritis", "volume": "5 mL"},
        }
        question: Question = build(Question, content, "validation")
        exposure = predict(question.formulation("free-drug-solution"), TypicalDraw()).exposure
        curves.append(exposure.unbound["synovial-fluid"][0, 1:100])
    return 2.0 * curves[0], curves[1]
