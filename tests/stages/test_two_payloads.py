"""Several payloads of one formulation: each released, kept and exposed by itself, by library, command line and form."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from formulate.exposure import expose
from formulate.forecast import forecast
from formulate.form.shown import shown
from formulate.formulation import Formulation, build, read
from formulate.loading.total import load_all
from formulate.pipeline import Prediction, predict, predict_each
from formulate.report.page import Picture, Text
from formulate.report.release_page import releases_document
from formulate.report.whole.outcome import exposure_sections, release_section
from formulate.report.whole.studied import Studied
from formulate.standing import standing
from materials.errors import FileError
from tui.cli import cli

PAYLOADS = [{"id": "dasatinib", "dose": "1 mg"}, {"id": "quercetin", "dose": "0.5 mg"}]
SPHERE = {"id": "sphere", "carrier": "plga-microsphere", "holds": ["dasatinib"]}
GEL = {"id": "gel", "carrier": "hyaluronic-acid-hydrogel", "holds": ["sphere", "quercetin"]}
LAW = {"law": "weibull_2", "time_unit": "d", "values": {"alpha": 3.6, "beta": 0.8}, "measured_until": "14 d"}
FILE = """\
schema_version = 1
kind = "formulation"
name = "Two drugs"
[[payload]]
id = "dasatinib"
dose = "1 mg"
[[payload]]
id = "quercetin"
dose = "0.5 mg"
[[layer]]
id = "sphere"
carrier = "plga-microsphere"
holds = ["dasatinib"]
[[layer]]
id = "gel"
carrier = "hyaluronic-acid-hydrogel"
holds = ["sphere", "quercetin"]
[regimen]
site = "knee"
volume = "2 mL"
[target]
payload = "quercetin"
unbound_above = "1 umol/L"
duration = "14 d"
[calculation]
draws = 16
"""


def formulation(**changes: Any) -> Formulation:
    content: dict[str, Any] = {
        "schema_version": 1,
        "payload": PAYLOADS,
        "layer": [SPHERE, GEL],
        "regimen": {"site": "knee", "volume": "2 mL"},
        "target": {"duration": "14 d"},
        "calculation": {"draws": 16},
    }
    built: Formulation = build(Formulation, content | changes, "test")
    return built


@pytest.fixture(scope="module")
def both() -> tuple[Prediction, ...]:
    return predict_each(formulation())


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("two") / "two.toml"
    found.write_text(FILE, "utf-8")
    return found


def called(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(item) for item in arguments])


def same(one: Prediction, other: Prediction) -> None:
    np.testing.assert_array_equal(one.release.free, other.release.free)
    np.testing.assert_allclose(one.exposure.left, other.exposure.left, atol=1e-12)
    assert one.exposure.unbound.keys() == other.exposure.unbound.keys()
    for name, curve in one.exposure.unbound.items():
        np.testing.assert_allclose(curve, other.exposure.unbound[name], rtol=1e-9, atol=1e-18)


def test_each_of_two_goes_as_it_would_alone(both: tuple[Prediction, ...]):
    """The limit that is taken: in layers of its own a payload does what it does where the other is not there."""
    first, second = both
    alone = predict(formulation(payload=PAYLOADS[:1], layer=[SPHERE, GEL | {"holds": ["sphere"]}]))
    same(first, alone)
    same(second, predict(formulation(payload=PAYLOADS[1:], layer=[GEL | {"holds": ["quercetin"]}])))
    for item, other in ((first, "quercetin"), (second, "dasatinib")):
        assert any(f"as if {other} beside it changed neither" in text for text in item.warnings)
    assert not any("as if" in text for text in alone.warnings)


def test_what_carriers_and_fluid_hold_is_the_dose_of_each(both: tuple[Prediction, ...]):
    for item in both:
        found, exposed = item.release, item.exposure
        np.testing.assert_allclose(found.in_depot_carrier + found.in_free_carrier + found.solid + found.free, 1.0)
        elsewhere = sum(exposed.elsewhere.values(), exposed.in_plasma + exposed.eliminated + exposed.drained)
        np.testing.assert_allclose(exposed.left + elsewhere, exposed.given[None, :].repeat(16, 0), atol=2e-3)


def test_two_in_one_carrier_are_released_from_the_carrier_that_holds_both():
    layer = SPHERE | {"holds": ["dasatinib", "quercetin"]}
    together = formulation(layer=[layer])
    loadings = {loading.payload: loading for loading in load_all(together).payloads}
    for item in predict_each(together):
        expected = loadings[item.case.part.id]
        np.testing.assert_array_equal(item.loading.given, expected.given)
        np.testing.assert_array_equal(item.loading.layers[0].drug_loading, expected.layers[0].drug_loading)
        np.testing.assert_array_equal(predict(together.following(item.case.part.id)).release.free, item.release.free)


def test_a_target_speaks_of_its_payload_alone(path: Path):
    file = read(path)
    assert isinstance(file, Formulation)
    assert file.cargo.id == "quercetin"
    assert file.following("quercetin") is file
    targets = {item.what: item.target_text for item in expose(file)}
    assert targets["Quercetin"] == "1 umol/L (user)"
    assert "catalog" in targets["Dasatinib"]
    (one,) = expose(file, every=False)
    assert one.what == "Quercetin"


def test_a_setting_that_one_of_them_reads_is_not_told_as_unread():
    """The crystals a gel can carry are read for the drug mixed into it, and not for that in the spheres."""
    layers = [SPHERE, GEL | {"set": {"largest_suspended_loading": "20 percent_w_w"}}]
    first, second = expose(formulation(layer=layers))
    told = "largest_suspended_loading was set"
    assert not any(told in text for item in (first, second) for text in item.warnings)
    unread = formulation(layer=[SPHERE | {"set": {"core_mass_share": "50 percent"}}, GEL])
    assert any("core_mass_share was set" in text for item in expose(unread) for text in item.warnings)


def law_of(**named: str) -> Formulation:
    layer = SPHERE | {"holds": ["dasatinib", "quercetin"], "release": LAW | named}
    return formulation(layer=[layer])


def test_a_measured_law_is_of_the_payload_it_names():
    by_law, by_profiles = (predict(law_of(payload="dasatinib").following(name)) for name in ("dasatinib", "quercetin"))
    assert any("your measured law" in text for text in by_law.warnings)
    assert not any("your measured law" in text for text in by_profiles.warnings)
    week = int(np.searchsorted(by_law.case.time, 7 * 86400.0))
    expected = 1.0 - np.exp(-((by_law.case.time[week] / 86400.0) ** 0.8) / 3.6)  # Weibull: 1 - exp(-t^beta/alpha)
    np.testing.assert_allclose(by_law.release.free[:, week], expected, rtol=1e-9)
    with pytest.raises(FileError, match=r"layer.0.release.payload: is missing; need .* dasatinib or quercetin"):
        law_of()
    with pytest.raises(FileError, match=r"layer.0.release.payload: 'insulin'; need dasatinib or quercetin"):
        law_of(payload="insulin")


def test_a_further_route_of_two_payloads_is_refused():
    regimen = {"site": "knee", "volume": "2 mL", "also": [{"route": "intravenous", "dose": "1 mg"}]}
    with pytest.raises(FileError, match=r"regimen.also.0.dose: of which of 2 payloads is not said; need"):
        predict(formulation(regimen=regimen))


def results(command: str, path: Path, *options: str) -> Mapping[str, Any]:
    done = called(command, path, *options, "--json")
    assert done.exit_code == 0, done.output
    found: Mapping[str, Any] = json.loads(done.stdout)["results"]
    return found


def test_commands_tell_of_both_or_of_the_one_named(path: Path, both: tuple[Prediction, ...]):
    released = results("release", path)["payloads"]
    assert [item["payload"] for item in released] == ["dasatinib", "quercetin"]
    assert "payloads" not in results("release", path, "--payload", "dasatinib")
    assert [item["what"] for item in results("retention", path)["followed"]] == ["Dasatinib", "Quercetin"]
    one = called("retention", path, "--payload", "dasatinib")
    assert "Dasatinib: stay at the site" in one.stdout
    assert "Quercetin: stay" not in one.stdout
    dose = called("dose", path, "--injections", "1", "--payload", "dasatinib")
    assert dose.stdout.startswith("Two drugs: Dasatinib\n")


def test_each_curve_of_a_table_and_a_report_says_of_which_it_is(path: Path, tmp_path: Path):
    table = tmp_path / "both.csv"
    assert called("release", path, "-o", table).exit_code == 0
    assert {line.split(",")[0] for line in table.read_text().splitlines()[1:]} == {"dasatinib", "quercetin"}
    page = releases_document([forecast(one) for one in formulation().each])
    assert [section.title for section in page.filled][:1] == ["Release: Dasatinib"]
    assert [picture.name for picture in page.pictures] == ["release-dasatinib", "release-quercetin"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("release", "--payload", "quercitin"), "--payload: unknown payload 'quercitin'"),
        (("release", "--plot", "x.png"), "need --payload dasatinib or quercetin"),
        (("retention", "--plot", "x.png"), "need --payload dasatinib or quercetin"),
    ],
)
def test_what_one_of_two_cannot_be_is_refused(path: Path, arguments: tuple[str, ...], told: str):
    done = called(arguments[0], path, *arguments[1:])
    assert done.exit_code == 2
    assert told in " ".join(done.stderr.split())
    assert not done.stdout


def test_a_screen_gets_the_numbers_of_both_and_the_curves_of_one(both: tuple[Prediction, ...]):
    content = {**formulation().model_dump(mode="json", exclude_unset=True), "kind": "formulation"}
    first, second = (shown(content, 16, origins=False, payload=name) for name in ("", "quercetin"))
    assert {row[0] for row in first["numbers"]} == {"Dasatinib", "Quercetin"}
    assert first["payloads"] == [("dasatinib", "Dasatinib"), ("quercetin", "Quercetin")]
    assert (first["payload"], second["payload"]) == ("dasatinib", "quercetin")
    assert second["compartment"] == "synovial fluid (Quercetin)"
    for found, item in ((first, both[0]), (second, both[1])):
        assert found["release"]["median"][-1] == pytest.approx(100 * np.median(item.release.released[:, -1]))


def test_a_report_follows_each(both: tuple[Prediction, ...]):
    """The sections alone: the whole report is put together by the tests of reports."""
    file = formulation()
    studied = Studied(file, load_all(file), None, expose(file), (), standing(file), None, {})
    assert studied.prediction is not None
    assert studied.prediction.case.part.id == "dasatinib"
    released = release_section(studied)
    assert [block.text for block in released.blocks if isinstance(block, Text) and block.text.endswith(":")] == [
        "Dasatinib:",
        "Quercetin:",
    ]
    pictures = [block.name for block in released.blocks if isinstance(block, Picture)]
    assert pictures == ["release", "release-quercetin"]
    titles = [section.title for section in exposure_sections(studied)]
    assert titles == ["Retention and exposure: Dasatinib", "Retention and exposure: Quercetin"]


def test_a_drug_in_two_layers_is_what_its_parts_come_to():
    """A part of the drug beside the particles: nine tenths go as from particles alone, one as from the gel alone."""
    gel = GEL | {"holds": {"sphere": 1.0, "dasatinib": 0.1}}
    shared = predict(formulation(payload=PAYLOADS[:1], layer=[SPHERE | {"holds": {"dasatinib": 0.9}}, gel]))
    lots = []
    for share, layers in (
        (0.9, [SPHERE, GEL | {"holds": ["sphere"]}]),
        (0.1, [GEL | {"holds": ["dasatinib"]}]),
    ):
        dose = f"{share} mg"
        lots.append(predict(formulation(payload=[{"id": "dasatinib", "dose": dose}], layer=layers)))
    given = [item.loading.given for item in lots]
    np.testing.assert_allclose(shared.loading.given, sum(given), rtol=1e-12)
    weights = [(part / sum(given))[:, None] for part in given]
    for name in ("free", "in_depot_carrier", "in_free_carrier", "solid"):
        expected = sum(w * getattr(item.release, name) for w, item in zip(weights, lots, strict=True))
        np.testing.assert_allclose(getattr(shared.release, name), expected, atol=1e-12)
    expected = sum(w * item.exposure.left for w, item in zip(weights, lots, strict=True))
    np.testing.assert_allclose(shared.exposure.left, expected, atol=1e-9)
    for name, curve in shared.exposure.unbound.items():
        np.testing.assert_allclose(curve, sum(item.exposure.unbound[name] for item in lots), rtol=1e-6, atol=1e-18)
    on_bench = sum(w * forecast(item.formulation).released for w, item in zip(weights, lots, strict=True))
    np.testing.assert_allclose(forecast(shared.formulation).released, on_bench, atol=1e-12)
