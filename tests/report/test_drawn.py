"""Single figures: every one there is, the same bytes every time, legible in grey, and as a table what they show."""

import csv
import errno
import io
import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tomli
from click.testing import CliRunner
from pypdf import PdfReader

import formulate
from formulate import examples
from formulate.forecast import forecast
from formulate.formulation import Formulation, Question, build
from formulate.report import canvas, release_page
from formulate.report.drawn import OF_FORMULATIONS, OF_QUESTIONS, WHICH, draw, of_comparison
from formulate.report.ranking_figures import SEGMENTS
from materials import files
from materials.errors import FormulateError
from tui.cli import cli
from tui.figure_command import WHICH as OFFERED

POINTS = {"time": ["6 h", "1 d", "3 d"], "released": ["2 percent", "5 percent", "9 percent"], "source": "batch 12"}
LAW = {
    "law": "weibull_2",
    "time_unit": "d",
    "measured_until": "14 d",
    "values": {"alpha": 3.45, "beta": 0.68},
}


def shipped(name, draws=64, **of_layer):
    content = tomli.loads(examples.text(name))
    content.setdefault("calculation", {})["draws"] = draws
    content.get("layer", [{}])[0].update(of_layer)
    return build(Formulation if content["kind"] == "formulation" else Question, content, name)


@pytest.fixture(scope="module")
def formulation():
    return shipped("triamcinolone-microspheres.toml", first_points=POINTS)


@pytest.fixture(scope="module")
def of_formulation(formulation):
    return {name: draw(formulation, name) for name in OF_FORMULATIONS}


@pytest.fixture(scope="module")
def all_drawn(of_formulation, comparison):
    return {f"formulation, {name}": item for name, item in of_formulation.items()} | {
        f"question, {name}": of_comparison(comparison, name) for name in OF_QUESTIONS
    }


EVERY = [*(f"formulation, {name}" for name in OF_FORMULATIONS), *(f"question, {name}" for name in OF_QUESTIONS)]


def test_the_command_offers_every_figure():
    assert set(OFFERED) == set(WHICH)


@pytest.mark.parametrize("name", ["formulation, nest", "question, pareto"])
def test_a_figure_is_the_same_twice_with_its_fonts_and_without_a_date(name, all_drawn):
    item = all_drawn[name]
    drawn = item.to_bytes(".PDF")
    assert drawn == item.to_bytes("pdf")
    assert b"CreationDate" not in drawn
    assert b"<dc:date>" not in item.to_bytes("svg")
    (page,) = PdfReader(io.BytesIO(drawn)).pages
    assert len(page.extract_text()) > 20  # texts are texts
    for font in page["/Resources"]["/Font"].values():
        for within in font.get("/DescendantFonts", [font]):
            assert "/FontFile2" in within.get_object()["/FontDescriptor"]  # embedded, as TrueType


@pytest.mark.parametrize("name", EVERY)
def test_a_table_has_units_in_its_headers_and_every_digit(name, all_drawn):
    table = all_drawn[name].to_frame()
    heads, *rows = csv.reader(io.StringIO(all_drawn[name].to_bytes("csv").decode("utf-8")))
    assert heads == list(table.columns)
    assert rows
    plain = ("rank", "on the front", "ranked")
    for place, column in enumerate(heads):
        if pd.api.types.is_float_dtype(table[column]):
            assert re.search(r"\([^()]+\)$", column), column
            read = np.array([float(row[place] or "nan") for row in rows])
            assert np.array_equal(read, table[column].to_numpy(), equal_nan=True)
        else:
            assert column in plain or not re.search(r"\d", column)


def test_a_table_holds_the_numbers_of_the_prediction(formulation, of_formulation):
    found = formulate.predict(formulation)
    table = of_formulation["release"].to_frame()
    computed = table[table["what"] == "computed"]
    assert np.array_equal(computed["released median (fraction)"], np.quantile(found.release.released, 0.5, axis=0))
    assert np.array_equal(computed["time (d)"], found.case.time / 86400.0)
    places = of_formulation["compartments"].to_frame()
    local = of_formulation["concentration"].to_frame()
    same = [f"unbound in synovial fluid {end} (nmol/L)" for end in ("low", "median", "high")]
    assert np.allclose(places[same], local[same], rtol=1e-12)


def lines_of(figure):
    return [line for axis in figure.axes for line in axis.lines]


def test_measured_points_and_laws_stand_in_the_figure_of_release(of_formulation):
    figure = of_formulation["release"].figure()
    (points,) = [line for line in lines_of(figure) if line.get_marker() == "o"]
    assert list(points.get_xdata()) == [0.25, 1.0, 3.0]
    assert list(points.get_ydata()) == pytest.approx([0.02, 0.05, 0.09])
    assert "measured on the bench" in legend_texts(figure)
    table = of_formulation["release"].to_frame()
    measured = table[table["what"] == "measured on the bench"]
    assert list(measured["released median (fraction)"]) == pytest.approx([0.02, 0.05, 0.09])


def test_a_law_is_drawn_to_its_last_reading():
    drawn = draw(shipped("triamcinolone-microspheres.toml", 16, release=LAW), "release")
    table = drawn.to_frame()
    law = table[table["what"] == "law on the bench"]
    assert law["time (d)"].max() == 14.0
    # Weibull by hand: 1 - exp(-t^beta / alpha)
    expected = 1 - np.exp(-(law["time (d)"] ** 0.68) / 3.45)
    assert np.allclose(law["released median (fraction)"], expected, atol=1e-9)
    assert "your law on the bench, to its last reading" in legend_texts(drawn.figure())


def legend_texts(figure):
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


@pytest.mark.parametrize("name", [name for name in OF_FORMULATIONS if name != "nest"])
def test_every_figure_has_a_legend_that_names_each_kind_of_line(name, of_formulation):
    assert len(legend_texts(of_formulation[name].figure())) >= 2


def test_the_forecast_of_a_release_has_a_legend(formulation):
    told = legend_texts(release_page.release_figure(forecast(formulation)))
    assert {"median", "80 % band of readings", "band before measuring", "the mechanism alone", "measured"} == set(told)


def test_curves_are_told_apart_without_colour():
    kinds = [canvas.MAIN, canvas.PLASMA, canvas.LAW, canvas.MEASURED, canvas.CONTEXT, canvas.TARGET]
    kinds += [release_page.BEFORE, release_page.IN_RECEIVER, release_page.FREE_DRUG]
    looks = [(str(one.get("linestyle", "-")), one.get("marker"), one.get("linewidth")) for one in kinds]
    assert len(set(looks)) == len(looks)
    hatches = [hatch for _, hatch in SEGMENTS.values()]
    assert len(set(hatches)) == len(hatches)


def test_a_carrier_that_is_the_drug_has_its_stay_drawn_and_no_release():
    cells = shipped("stem-cells-knee.toml", 16)
    assert "synovial fluid median (fraction)" in draw(cells, "retention").to_frame().columns
    with pytest.raises(FormulateError, match="need retention or nest"):
        draw(cells, "release")
    with pytest.raises(FormulateError, match="has none; need retention"):
        draw(cells, "depth")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("f.toml").write_text(examples.text("stem-cells-knee.toml"), "utf-8")
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(cli, [*arguments, "--draws", "16"])


def test_the_command_writes_what_python_draws(here):
    done = run("figure", "f.toml", "--which", "nest", "-o", "a.svg", "-o", "a.csv", "--json")
    assert done.exit_code == 0, done.output
    drawn = draw(shipped("stem-cells-knee.toml", 16), "nest")
    assert Path("a.svg").read_bytes() == drawn.to_bytes("svg")
    assert Path("a.csv").read_bytes() == drawn.to_bytes("csv")
    assert run("report", "f.toml", "-o", "r.json").exit_code == 0
    for name in ("f.toml", "r.json"):
        done = CliRunner().invoke(cli, ["figure", name, "--which", "retention", "-o", f"{name}.csv", "--draws", "16"])
        assert done.exit_code == 0, done.output
    assert Path("f.toml.csv").read_bytes() == Path("r.json.csv").read_bytes()


REFUSED = [
    (("-o", "a.bmp"), "unknown ending '.bmp'; need .svg, .png, .pdf or .csv"),
    (("-o", "none/a.svg"), "no folder"),
    (("--which", "ranking", "-o", "a.svg"), "'ranking': a formulation has no such figure; need release"),
    (("--which", "depth", "-o", "a.svg"), "need retention"),
    (("--which", "retention", "--of", "x", "-o", "a.svg"), "nothing such is followed; need bmsc-cells"),
    (("--which", "nest", "--of", "x", "-o", "a.svg"), "need it left out"),
    (("--which", "nothing", "-o", "a.svg"), "nothing"),
    ((), "--output"),
]


@pytest.mark.parametrize(("options", "told"), REFUSED)
def test_what_cannot_be_drawn_is_refused_in_a_line(options, told, here):
    done = run("figure", "f.toml", *options)
    assert done.exit_code == 2
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert [path.name for path in here.iterdir()] == ["f.toml"]


COMMANDS = {
    "report": ("report", "f.toml", "-o", "out.json"),
    "figure": ("figure", "f.toml", "--which", "nest", "-o", "out.svg", "-o", "out.csv"),
}


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("fails", ["a full disk", "a folder that is read only"])
def test_a_failing_write_leaves_what_was_there(fails, name, here, monkeypatch):
    outputs = [item for item in COMMANDS[name] if item.startswith("out.")]
    for item in outputs:
        Path(item).write_text("before", "utf-8")

    number = errno.ENOSPC if fails == "a full disk" else errno.EACCES

    def fail(*_, **__):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        if fails == "a full disk":
            patched.setattr(files.os, "fdopen", fail)
        else:
            patched.setattr(files.os, "open", fail)
        done = run(*COMMANDS[name])
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert f"cannot be written ({os.strerror(number)})" in done.stderr
    assert [Path(item).read_text("utf-8") for item in outputs] == ["before"] * len(outputs)
    assert not list(here.rglob("*.part"))
    assert run(*COMMANDS[name]).exit_code == 0  # what was there is written over whole
    assert "before" not in [Path(item).read_text("utf-8") for item in outputs]
