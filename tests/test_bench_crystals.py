"""A suspension on the bench: its crystals dissolve into a sink or a vessel, against numbers by hand."""

import numpy as np
import pytest
from click.testing import CliRunner

import formulate
from formulate.forecast import Bench, Forecast, forecast
from tui.cli import cli

EXACT = {"crystal_diameter": "10 um", "crystal_density": "1.3 g/cm^3", "aqueous_solubility": "0.02 mg/mL",
         "diffusion_coefficient_water": "5e-10 m^2/s"}  # fmt: skip


def run(dose: str = "10 mg", medium: float | None = None, **crystals: str) -> Forecast:
    item = formulate.new_formulation(
        payload=[{"id": "triamcinolone-acetonide", "dose": dose, "set": EXACT | crystals}],
        layer=[{"id": "s", "carrier": "free-drug-suspension", "holds": ["triamcinolone-acetonide"]}],
        regimen={"site": "knee", "volume": "1 mL"},
        calculation={"draws": 16, "horizon": "7 d"},
    )
    return forecast(item, bench=Bench(medium=medium))


def test_into_a_sink_the_last_crystal_goes_after_rho_r_squared_over_two_d_s() -> None:
    found = run()
    lasts = 1300.0 * (5e-6) ** 2 / (2 * 5e-10 * 0.02)
    share = np.clip(1.0 - found.time / lasts, 0.0, None) ** 1.5
    solid = 1.0 - found.released[:, :1]  # but for what the vehicle had dissolved
    np.testing.assert_allclose(found.released, 1.0 - solid * share, atol=1e-9)
    assert found.released[0, 0] == pytest.approx(0.002, rel=1e-3)  # 1 mL holds 0.02 of 10 mg
    assert found.released[0, -1] == 1.0


def test_a_vessel_ends_at_its_saturation() -> None:
    # 10 mL dissolve 0.2 of the 1 mg
    assert run("1 mg", 1e-5).released[:, -1] == pytest.approx(np.full(16, 0.2), abs=1e-6)
    assert any("saturated" in text for text in run("1 mg", 1e-5).warnings)
    plenty = run(medium=0.9)
    np.testing.assert_allclose(plenty.released, run().released, atol=0.03)
    assert not any("saturated" in text for text in plenty.warnings)


def test_a_vessel_follows_small_steps_of_noyes_and_whitney() -> None:
    found = run(medium=8e-4)  # 16 of its 10 mg
    dose, volume, n0 = 1e-5, 8e-4, 0.002
    grains = dose * (1 - n0)
    radius, dissolved, shown = 5e-6, dose * n0, []
    now = 0.0
    for end in found.time[1:]:
        if end > 3e4:
            break
        steps = 400
        for _ in range(steps):
            force = 0.02 - dissolved / volume
            step = (end - now) / steps
            radius = np.sqrt(max(radius**2 - 2 * 5e-10 * force / 1300.0 * step, 0.0))
            dissolved = dose - grains * (radius / 5e-6) ** 3
        now = end
        shown.append(dissolved / dose)
    np.testing.assert_allclose(found.released[0, 1 : len(shown) + 1], shown, atol=2e-3)


def test_a_wide_sample_starts_faster_and_ends_later() -> None:
    one, wide = run().released[0], run(crystal_size_span="2").released[0]
    early = (one > 0.05) & (one < 0.3)
    assert (wide[early] > one[early]).all()
    assert (wide[one > 0.999] < 1.0).any()


def test_first_readings_move_it() -> None:
    from formulate.forecast import points

    wide = formulate.new_formulation(
        payload=[{"id": "triamcinolone-acetonide", "dose": "10 mg"}],
        layer=[{"id": "s", "carrier": "free-drug-suspension", "holds": ["triamcinolone-acetonide"]}],
        regimen={"site": "knee", "volume": "1 mL"}, calculation={"draws": 256, "horizon": "1 d"},
    )  # fmt: skip
    before = forecast(wide)
    at = int(np.argmin(np.abs(before.time - 2400.0)))
    after = forecast(wide, points([float(before.time[at])], [float(before.low[at])]))
    assert after.median[at] < before.median[at]
    assert after.width < before.width


def test_only_crystals_take_a_medium(empty_folder) -> None:
    from pathlib import Path

    text = (
        'schema_version = 1\nkind = "formulation"\n[[payload]]\nid = "dasatinib"\ndose = "1 mg"\n[[layer]]\nid = "a"\n'
        'carrier = "{}"\nholds = ["dasatinib"]\n[regimen]\nsite = "knee"\n[calculation]\ndraws = 16\n'
    )
    Path("s.toml").write_text(text.format("free-drug-suspension"), "utf-8")
    Path("p.toml").write_text(text.format("plga-microsphere"), "utf-8")

    def told(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli, ["release", *arguments])
        return result.exit_code, result.output.strip()

    assert told("s.toml", "--medium", "900 mL")[0] == 0
    for arguments in (("p.toml", "--medium", "900 mL"), ("s.toml", "--medium", "0 mL"), ("s.toml", "--medium", "9 mg")):
        code, line = told(*arguments)
        assert code == 2
        assert line.startswith("Error: --medium") or line.startswith("--medium")
        assert len(line.splitlines()) == 1


def test_a_vessel_takes_the_dose_that_no_syringe_does() -> None:
    # 1 L dissolves 20 of the 80 mg, though 1 mL of injection holds less than 80 mg of crystals
    found = run("80 mg", 1e-3)
    assert found.released[:, -1] == pytest.approx(np.full(16, 0.25), abs=1e-6)
    assert not any("fits one injection" in text for text in found.warnings)
    assert found.basis == "the mechanism: crystals without a carrier dissolve"


def test_a_stirred_vessel_keeps_a_thin_layer_around_large_crystals() -> None:
    # 200 um radius, H 30 um: theta = H (r - H/2), so all is gone after rho theta/(D S)
    found = run(crystal_diameter="400 um")
    lasts = 1300.0 * 30e-6 * (200e-6 - 15e-6) / (5e-10 * 0.02)
    late, early = np.searchsorted(found.time, [lasts * 1.05, lasts * 0.8])
    np.testing.assert_allclose(found.released[:, late:], 1.0)
    assert found.released[0, early] < 0.999
