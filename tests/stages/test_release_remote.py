"""Release of remotely loaded vesicles: from the pH and the solid salt that the loading left inside."""

import numpy as np
import pytest

from formulate.case import Case, prepare
from formulate.formulation import Formulation, build
from formulate.loading.stage import load
from formulate.release.stage import release
from formulate.results import Loading, Release
from formulate.sampling import Draws, TypicalDraw

# nothing bound, nothing lost at once, and so slow that the first hours are on the grid
SLOW = {"burst_fraction": "0 fraction", "bilayer_permeability_reduction": "1e6"}
UNBOUND = {"membrane_partition_log10": "-5"}


def run(
    method: str = "remote-loading",
    solubility: str = "2 mmol/L",
    loading: dict[str, str] | None = None,
    draws: Draws | None = None,
    **layer: str,
) -> tuple[Case, Loading, Release]:
    of_salt = {"sulfate_salt_solubility": solubility} if method == "remote-loading" else {}
    inner = {"id": "inner", "carrier": "pegylated-liposome", "holds": ["dasatinib"], "method": method}
    content = {
        "schema_version": 1,
        "payload": [{"id": "dasatinib", "dose": "1 mg", "set": UNBOUND}],
        "regimen": {"site": "knee", "volume": "5 mL"},
        "layer": [{**inner, "loading": loading or {}, "set": {**SLOW, **of_salt, **layer}}],
        "calculation": {"draws": 16},
    }
    case = prepare(build(Formulation, content, "test"), draws or TypicalDraw())
    held = load(case)
    return case, held, release(case, held)


def left_inside(held: Loading) -> dict[str, float]:
    return {detail.name: float(detail.draws[0]) for detail in held.layers[0].details}


def used(case: Case, name: str) -> float:
    return next(float(item.draws[0]) for item in case.inputs.used if item.key.endswith(f".{name}"))


def leak_rate(case: Case, ph: float) -> float:
    """Give 3 P f/R of an unbound base of one or two groups [1/s], from what the case has read."""
    radius = used(case, "diameter") / 2 - used(case, "bilayer_thickness")
    groups = [item for item in case.inputs.used if ".pka_base" in item.key]
    per_neutral = np.prod([1 + 10 ** (float(item.draws[0]) - ph) for item in groups])
    permeability = used(case, "bilayer_permeability") / used(case, "bilayer_permeability_reduction")
    return float(3 * permeability / (radius * per_neutral))


def test_solid_salt_pins_what_leaves() -> None:
    case, held, given = run()
    inside = left_inside(held)
    solid, dissolved = inside["precipitate_share"], inside["inner_water_share"]
    assert solid > 10 * dissolved
    share = dissolved / (dissolved + solid)
    slope = leak_rate(case, inside["ph_after_loading"]) * share
    while_solid = given.released[0] < 0.9 * (1 - share)
    assert while_solid.sum() > 20
    assert given.released[0, while_solid] == pytest.approx(slope * case.time[while_solid], rel=2e-3)
    assert any("solid salt" in text for text in given.warnings)


def test_a_soluble_salt_leaves_by_first_order_at_the_ph_that_loading_left() -> None:
    case, held, given = run(solubility="1e4 mmol/L")
    assert left_inside(held)["precipitate_share"] == 0.0
    rate = leak_rate(case, left_inside(held)["ph_after_loading"])
    assert given.released[0] == pytest.approx(1 - np.exp(-rate * case.time), abs=1e-3)
    assert not any("solid salt" in text for text in given.warnings)


def test_a_less_soluble_salt_leaves_later_beside_the_same_acid() -> None:
    half = []
    for solubility in ("1 mmol/L", "5 mmol/L", "25 mmol/L"):
        _, _, given = run(solubility=solubility, internal_ph="5")
        half.append(float(np.interp(0.5, given.released[0], given.time)))
    assert half[0] > half[1] > half[2]


def test_the_inner_ph_of_the_user_stands() -> None:
    case, _, given = run(solubility="1e4 mmol/L", internal_ph="6")
    assert given.released[0] == pytest.approx(1 - np.exp(-leak_rate(case, 6.0) * case.time), abs=1e-3)


@pytest.mark.parametrize("loading", [{"drug_loading": "5 percent_w_w"}, {}])
def test_without_a_computed_gradient_there_is_no_solid(loading: dict[str, str]) -> None:
    case, _, given = run(method="remote-loading" if loading else "thin-film-hydration", loading=loading)
    assert given.released[0] == pytest.approx(1 - np.exp(-leak_rate(case, 7.4) * case.time), abs=1e-3)
    assert not any("remotely loaded" in text for text in given.warnings)


def test_every_draw_releases_what_it_holds() -> None:
    _, _, given = run(draws=Draws(32, 7))
    assert np.diff(given.released).min() >= -1e-12
    assert given.released.max() <= 1.0
    assert given.released + given.in_free_carrier == pytest.approx(np.ones_like(given.released))
