"""What holds at every site: of a start after an injury, and of a local against a systemic dose."""

import re

import numpy as np
import pytest

from formulate.comparison import compare_formulations
from formulate.formulation import Formulation, Question, build
from formulate.pipeline import Prediction, predict
from formulate.sampling import TypicalDraw
from materials import catalog
from materials.errors import FormulateError
from materials.schema import Site

SITES = [site for site in catalog.load().sites.values() if site.mechanisms.retention]


def given_at(site: str, state: str, payload: str, start: str) -> Prediction:
    content = {
        "schema_version": 1,
        "payload": [{"id": payload, "dose": "0.1 mg"}],
        "regimen": {"site": site, "state": state, "start": start},
        "calculation": {"draws": 16, "horizon": "3 d"},
        "target": {"duration": "1 d"},
    }
    return predict(build(Question, content, "test").formulation("free-drug-solution"), TypicalDraw())


@pytest.mark.parametrize(("site", "state"), [(site.id, state) for site in SITES for state in site.states])
@pytest.mark.parametrize("payload", ["triamcinolone-acetonide", "bmp2"])
def test_a_start_is_followed_or_said_to_change_nothing(site, state, payload):
    at_once, later = (given_at(site, state, payload, start) for start in ("0 d", "5 d"))
    told = [warning for warning in later.warnings if warning.startswith("regimen.start 5 d: ")]
    levels = (item.exposure.unbound.values() for item in (at_once, later))
    same = all(np.array_equal(one, other) for one, other in zip(*levels, strict=True))
    assert same == bool(told)
    assert not any("regimen.start" in warning for warning in at_once.warnings)


def test_a_clot_that_is_older_holds_less():
    first, later = (given_at("bone-defect", "fracture", "bmp2", start) for start in ("0 d", "5 d"))
    held = [item.exposure.at_site["clot"].max() for item in (first, later)]
    assert held[0] > held[1] > 0


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.id)
def test_a_local_and_a_systemic_dose_stand_side_by_side(site):
    # where the catalog knows a route into blood; a disc takes next to nothing from there
    if "intravenous" not in site.routes:
        pytest.skip("no route into blood described")
    routes = ("intravenous", next(route for route in site.routes if route != "intravenous"))
    both = compare_formulations([(route, formulation(site, route)) for route in routes])
    rows = {row.id: row.prediction for row in both.rows}
    into_blood, local = (rows[route].exposure for route in routes)
    compartment = formulation(site, routes[1]).compartment
    assert local.in_plasma.max() < into_blood.in_plasma.max()
    assert np.median(local.unbound[compartment].max(axis=1)) > 3 * np.median(
        into_blood.unbound[compartment].max(axis=1)
    )


def formulation(site: Site, route: str) -> Formulation:
    content = {
        "schema_version": 1,
        "payload": [{"id": "triamcinolone-acetonide", "dose": "0.1 mg"}],
        "layer": [{"id": "free", "carrier": "free-drug-solution", "holds": ["triamcinolone-acetonide"]}],
        "regimen": {"site": site.id, "route": route, "state": site.states[-1]},
        "calculation": {"draws": 32, "horizon": "3 d"},
        "target": {"duration": "1 d"},
    }
    built: Formulation = build(Formulation, content, "test")
    return built


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.id)
def test_a_protein_is_held_against_a_target(site):
    content = {
        "schema_version": 1,
        "payload": [{"id": "bmp2", "dose": "0.1 mg"}],
        "layer": [{"id": "free", "carrier": "free-drug-solution", "holds": ["bmp2"]}],
        "regimen": {"site": site.id, "route": site.routes[-1]},
        "calculation": {"draws": 16, "horizon": "3 d"},
        "target": {"duration": "1 d", "unbound_above": "1 nmol/L"},
    }
    found = predict(build(Formulation, content, "test"), TypicalDraw())
    assert found.assessment.estimates["time_above"].exists


@pytest.mark.parametrize(("site", "refused"), [("knee", set()), ("bone", {"alginate-hydrogel"})])
def test_carriers_compared_are_each_as_alone(site, refused):
    content = {
        "schema_version": 1,
        "payload": [{"id": "dasatinib", "dose": "5 mg"}],
        "regimen": {"site": site},
        "calculation": {"draws": 32, "horizon": "20 d"},
        "target": {"unbound_above": "0.1 umol/L", "duration": "10 d"},
    }
    question = build(Question, content, "test")
    carriers = ("plga-microsphere", "alginate-hydrogel", "free-drug-solution", "liposome")
    begun: list[str] = []
    found = compare_formulations([(id, question.formulation(id)) for id in carriers], progress=begun.append)
    assert len(begun) == len(carriers)
    rows = {row.id: row for row in found.rows}
    assert {id for id, row in rows.items() if row.prediction is None and row.reason} == refused
    for id in refused:
        with pytest.raises(FormulateError, match=re.escape(rows[id].reason)):
            predict(question.formulation(id))
    for id in set(carriers) - refused:
        together, alone = rows[id].prediction.exposure, predict(question.formulation(id)).exposure
        for place, share in alone.at_site.items():
            assert together.at_site[place] == pytest.approx(share, rel=1e-6, abs=1e-12)
        for place, level in alone.unbound.items():
            assert together.unbound[place] == pytest.approx(level, rel=1e-6, abs=1e-15)
        assert together.warnings == alone.warnings
