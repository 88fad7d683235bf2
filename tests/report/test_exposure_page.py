"""What was followed through a site, as a table and as a page: every depth, and what each band comes from."""

import re

import numpy as np
import pytest

from formulate.exposure import Exposed, expose
from formulate.formulation import Formulation, build
from formulate.report.exposure_page import exposure_frame, exposure_html, exposure_results


@pytest.fixture(scope="module")
def followed() -> tuple[Exposed, ...]:
    content = {
        "schema_version": 1,
        "payload": [{"id": "triamcinolone-acetonide", "dose": "4 mg"}],
        "layer": [{"id": "free", "carrier": "free-drug-suspension", "holds": ["triamcinolone-acetonide"]}],
        "regimen": {"site": "knee"},
        "calculation": {"draws": 32},
        "target": {"duration": "3 d"},
    }
    return tuple(expose(build(Formulation, content, "test")))


def test_the_table_holds_every_depth_at_every_time(followed):
    (found,) = followed
    rows = exposure_frame(followed)
    deep = rows[rows["quantity"] == "unbound concentration at depth"]
    profile = found.depths["cartilage"]
    assert len(deep) == profile.depth.shape[1] * len(profile.time)
    assert np.allclose(deep["time (d)"].unique() * 86400.0, profile.time)
    last = deep[np.isclose(deep["time (d)"] * 86400.0, profile.time[-1])]
    shown = exposure_results(found)["depths"]["cartilage"]
    assert np.allclose(last["median"], shown["unbound"]["median"][-1])
    assert np.allclose(last["depth (mm)"], shown["depth"]["values"])
    assert (deep["low"] <= deep["median"]).all()
    assert (deep["median"] <= deep["high"]).all()
    assert rows[rows["quantity"] != "unbound concentration at depth"]["depth (mm)"].isna().all()


@pytest.mark.usefixtures("undrawn")
def test_the_page_says_what_each_band_comes_from(followed):
    page = exposure_html(followed)
    (found,) = followed
    plain = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    half = next(item for item in found.groups[0].numbers if item.name.endswith("initial_half_life"))
    assert half.assumed_share is not None
    assert re.search(rf"{half.label}.{{0,60}}\b{half.assumed_share:.0%}", plain)
    assert "strongest input" in plain
