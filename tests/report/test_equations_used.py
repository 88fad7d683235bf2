"""The equations a report names are those its numbers were computed by: every kernel listed is called by a run."""

import importlib
import sys

import pytest

from formulate.equations.registry import calculators
from formulate.exposure import expose
from formulate.formulation import Formulation, build
from formulate.loading.total import load_all
from formulate.report.whole.backing import data_of
from formulate.report.whole.equations import LEARNED, MEASURED, release_told
from materials.mechanisms import mechanism

POLYMER = {"id": "inner", "carrier": "plga-microsphere", "holds": ["dasatinib"]}
GEL = {"id": "outer", "carrier": "hyaluronic-acid-hydrogel", "holds": ["dasatinib"]}


def layer(carrier, **given):
    return {"id": "one", "carrier": carrier, "holds": ["dasatinib"], **given}


# what each run must show: the mechanisms whose equations it has to call
RUNS = [
    ("knee", [layer("plga-microsphere", release_from="mechanism")],
     {"loading": "entrapped", "release": "polyester-degradation", "retention": "synovial-joint"}),
    ("knee", [layer("liposome", method="thin-film-hydration", release_from="mechanism")],
     {"loading": "passive-vesicle", "release": "vesicle-membrane"}),
    ("knee", [layer("multivesicular-liposome", release_from="mechanism")], {"release": "multivesicular-erosion"}),
    ("knee", [layer("free-drug-solution")], {"loading": "dissolved"}),
    ("knee", [layer("free-drug-suspension")], {"loading": "suspended", "retention": "synovial-joint"}),
    ("knee", [GEL], {"loading": "mixed", "release": "gel-diffusion"}),
    ("knee", [layer("hyaluronic-acid-hydrogel", method="soaking")], {"loading": "soaked"}),
    ("knee", [layer("cyclodextrin-hydrogel")], {"loading": "affinity-gel"}),
    ("knee", [layer("polymer-micelle")], {"loading": "micellised", "release": "micelle-partition"}),
    ("knee", [layer("mesoporous-silica")], {"loading": "adsorbed", "release": "desorption"}),
    ("disc", [GEL], {"retention": "intervertebral-disc"}),
    ("spinal-cord", [layer("free-drug-solution")], {"retention": "spinal-cord"}),
    ("bone", [layer("liposome")], {"retention": "systemic-bone"}),
    ("bone-defect", [GEL], {"retention": "bone-defect"}),
]  # fmt: skip


def given(site, layers, payload="dasatinib"):
    content = {
        "schema_version": 1,
        "kind": "formulation",
        "regimen": {"site": site},
        "target": {"duration": "7 d"},
        "calculation": {"draws": 16},
        "layer": layers,
    }
    if payload:
        content["payload"] = [{"id": payload, "dose": "0.1 mg"}]
    return build(Formulation, content, "test")


def called(*runs):
    """Give the calculators whose kernels are called."""
    codes = {}
    for item in calculators().values():
        kernel = getattr(importlib.import_module(item.module), item.function)
        codes[getattr(kernel, "__wrapped__", kernel).__code__] = item.id
    found = set()

    def follow(frame, event, _):
        if event == "call" and frame.f_code in codes:
            found.add(codes[frame.f_code])

    before = sys.getprofile()
    sys.setprofile(follow)
    try:
        for run in runs:
            run()
    finally:
        sys.setprofile(before)
    return found


@pytest.fixture(scope="module")
def followed():
    found = {}
    for site, layers, mechanisms in RUNS:
        formulation = given(site, layers)
        kernels = called(lambda f=formulation: load_all(f), lambda f=formulation: expose(f))
        for stage, identifier in mechanisms.items():
            found.setdefault((stage, identifier), set()).update(kernels)
    remote = given(
        "knee", [{**layer("pegylated-liposome", method="remote-loading"), "holds": ["doxorubicin"]}], "doxorubicin"
    )
    found["loading", "remote-vesicle"] = called(lambda: load_all(remote))
    cells = given("knee", [{"id": "cells", "carrier": "bmsc-cells", "dose": "50 million cells"}], None)
    found["loading", "own-drug-cell"] = called(lambda: load_all(cells))
    return found


def test_every_equation_that_is_named_is_called_by_its_mechanism(followed):
    for stage, listed in data_of("equations").items():
        for identifier, names in listed.items():
            mechanism(stage, identifier.removesuffix("-cell"))
            missing = set(names) - followed[stage, identifier]
            assert not missing, (stage, identifier, missing)


def test_profiles_and_measured_laws_are_named_in_place_of_the_mechanism():
    learned = given("knee", [POLYMER, {"id": "outer", "carrier": "hyaluronic-acid-hydrogel", "holds": ["inner"]}])
    assert [release_told(learned, item) for item in learned.layer] == [LEARNED, "gel-diffusion"]
    by_mechanism = given("knee", [layer("plga-microsphere", release_from="mechanism")])
    assert release_told(by_mechanism, by_mechanism.layer[0]) == "polyester-degradation"
    law = {"law": "first_order", "time_unit": "h", "values": {"k1": 0.02}, "measured_until": "7 d"}
    measured = given("knee", [{**POLYMER, "release": law}])
    assert release_told(measured, measured.layer[0]) == MEASURED
