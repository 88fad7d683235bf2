"""The commands of measured release: fit, similarity, dialysis, and the law that goes on to the tissue."""

import csv
import io
import itertools
import json
import math
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from formulate import examples
from formulate.formulation import Formulation, read
from formulate.report import fit_figures
from tui.cli import cli

DATA = "release-microspheres.csv"
QUICK = ("--models", "weibull_2,first_order_fmax")


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in examples.names():
        Path(name).write_text(examples.text(name), "utf-8")
    return tmp_path


def run(*arguments: object, columns: int = 80) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], env={"COLUMNS": str(columns)})


def done(*arguments: object, columns: int = 80) -> str:
    result = run(*arguments, columns=columns)
    assert result.exit_code == 0, result.output
    return result.stdout


def results(*arguments: object) -> dict:
    return json.loads(done(*arguments, "--json"))["results"]


def refused(*arguments: object) -> str:
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert len(result.stderr.splitlines()) == 1
    return result.stderr


@pytest.mark.parametrize("columns", [60, 80, 160])
def test_a_fit_is_told_within_the_width(columns):
    text = done("fit", DATA, *QUICK, columns=columns)
    assert max(len(line) for line in text.splitlines()) <= columns
    for words in ("Weibull_2", "36 readings", "T50", "MDT", "Korsmeyer-Peppas up to 60 %", "R² adj"):
        assert words in text


def test_a_fit_as_json_gives_every_digit():
    days = np.array([0.5, 1.0, 2.0, 4.0, 8.0, 16.0])
    released = 90.0 * (1.0 - np.exp(-0.123456789 * days))
    rows = "\n".join(f"{time!r},{value!r}" for time, value in zip(days.tolist(), released.tolist(), strict=True))
    Path("exact.csv").write_text(f"time (d),released (%)\n{rows}\n", "utf-8")
    found = results("fit", "exact.csv", "--models", "first_order_fmax")["profiles"][0]["models"][0]
    rate, most = found["parameters"]
    assert rate["value"] == pytest.approx(0.123456789, rel=1e-9)
    assert (rate["unit"], most["unit"]) == ("1/d", "%")
    assert most["value"] == pytest.approx(90.0, rel=1e-9)


def test_a_formula_is_fitted_from_its_start():
    # NIST StRD BoxBOD, certified: b1 = 213.80940889, b2 = 0.54723748542, sd 12.354515176, 0.10455993237
    rows = zip((1, 2, 3, 5, 7, 10), (109, 149, 149, 191, 213, 224), strict=True)
    Path("boxbod.csv").write_text("time (d),released (%)\n" + "".join(f"{x},{y}\n" for x, y in rows), "utf-8")
    model = ("--formula", "b1*(1-exp(-b2*t))", "--start", "b1=1, b2=1")
    one, other = results("fit", "boxbod.csv", *model)["profiles"][0]["models"][0]["parameters"]
    assert (one["value"], other["value"]) == pytest.approx((213.80940889, 0.54723748542), rel=1e-7)
    errors = (one["standard_error"], other["standard_error"])
    assert errors == pytest.approx((12.354515176, 0.10455993237), rel=1e-6)


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 2, 0), (2, 1, 0)])
def test_terms_that_may_change_places_come_out_as_they_were_started(order):
    # NIST StRD Lanczos3 (https://www.itl.nist.gov/div898/strd/nls/data/lanczos3.shtml): certified b1..b6, and the
    # curve its readings were rounded from; start 2 of the data set, its terms in each order
    certified = ((8.6816414977e-02, 9.5498101505e-01), (8.4400777463e-01, 2.9515951832), (1.5825685901, 4.9863565084))
    started = ((0.5, 0.7), (3.6, 4.2), (4.0, 6.3))
    times = 0.05 * np.arange(24)
    released = [0.0951 * np.exp(-t) + 0.8607 * np.exp(-3 * t) + 1.5576 * np.exp(-5 * t) for t in times]
    rows = "".join(f"{time:.2f},{value:.4f}\n" for time, value in zip(times, released, strict=True))
    Path("lanczos3.csv").write_text(f"time (h),released (%)\n{rows}", "utf-8")
    formula = ("--formula", "b1*exp(-b2*x) + b3*exp(-b4*x) + b5*exp(-b6*x)")
    names = [f"b{number}" for number in range(1, 7)]
    values = [value for place in order for value in started[place]]
    for start in (dict(zip(names, values, strict=True)), dict(zip(names[1::2], values[1::2], strict=True))):
        text = ", ".join(f"{name}={value}" for name, value in start.items())
        found = results("fit", "lanczos3.csv", *formula, "--start", text)["profiles"][0]["models"][0]["parameters"]
        wanted = [value for place in order for value in certified[place]]
        assert [item["value"] for item in found] == pytest.approx(wanted, rel=1e-6)


def test_a_model_that_fits_all_units_together_and_none_alone_is_shown():
    rows = "0.4,,-1,0.3\n3.8,100.9,100,\n4,99.9,,100.3\n4.4,99.2,100.5,\n5,,,99.7\n"
    Path("gaps.csv").write_text(f"time (d),unit 1 (%),unit 2 (%),unit 3 (%)\n{rows}", "utf-8")
    text = done("fit", "gaps.csv", "--replicates", "each", "--models", "peppas_sahlin_1_tlag")
    assert "Peppas-Sahlin_1 with Tlag fitted to each unit by itself" in text
    assert "readings = 3" in text


def test_several_formulas_are_all_fitted_each_from_its_own_start():
    models = ("--formula", "a*t", "--formula", "a*t^n", "--start", "n=0.5")
    found = results("fit", DATA, *models)["profiles"][0]["models"]
    assert {item["model"]: len(item["parameters"]) for item in found} == {"formula_1": 1, "formula_2": 2}


def test_units_of_time_and_of_release_change_nothing_but_the_units():
    table = list(csv.reader(io.StringIO(examples.text(DATA).split("\n", 1)[1])))
    hours = [["time (h)", *(f"vial {number} (fraction)" for number in (1, 2, 3))]]
    hours += [[repr(24.0 * float(row[0])), *(repr(float(cell) / 100.0) for cell in row[1:])] for row in table[:0:-1]]
    Path("hours.csv").write_text("\n".join(",".join(row) for row in hours), "utf-8")
    one, two = (results("fit", name, *QUICK)["profiles"][0]["models"] for name in (DATA, "hours.csv"))
    for first, second in zip(one, two, strict=True):
        assert first["criteria"]["ss"] == pytest.approx(second["criteria"]["ss"], rel=1e-9)
    rate = {model["model"]: model["parameters"][0]["value"] for model in two}["first_order_fmax"]
    assert {model["model"]: model["parameters"][0]["value"] for model in one}["first_order_fmax"] == pytest.approx(
        24 * rate
    )


def test_parameters_are_fixed_bounded_and_shared():
    fixed = results("fit", DATA, "--models", "korsmeyer_peppas", "--fix", "n=0.5")["profiles"][0]["models"][0]
    assert fixed["parameters"][1]["value"] == 0.5
    assert fixed["parameters"][1]["fixed"]
    free = results("fit", DATA, "--models", "higuchi")["profiles"][0]["models"][0]
    assert fixed["parameters"][0]["value"] == pytest.approx(free["parameters"][0]["value"], rel=1e-8)
    kept = results("fit", DATA, "--models", "weibull_1", "--bound", "Ti=0:5")["profiles"][0]["models"][0]
    assert 0.0 <= kept["parameters"][2]["value"] <= 5.0
    one, two = (row.split(",") for row in ("1,10,20", "2,19,36"))
    rows = "\n".join(
        f"{t},{100 * (1 - math.exp(-0.1 * t))},{80 * (1 - math.exp(-0.1 * t))}" for t in (1, 2, 4, 8, 16, 32)
    )
    assert one, two
    Path("two.csv").write_text(f"time (h),A (%),B (%)\n{rows}\n", "utf-8")
    shared = results("fit", "two.csv", "--profiles", "each", "--models", "first_order_fmax", "--share", "k1")["shared"]
    assert "0.1" in json.dumps(shared)


def test_every_report_is_written_and_every_figure_drawn():
    outputs = [f"fit.{ending}" for ending in ("html", "json", "txt", "csv")]
    done("fit", DATA, *QUICK, *(part for name in outputs for part in ("-o", name)))
    page = Path("fit.html").read_text("utf-8")
    assert page.count("<svg") == 3
    assert "http://" not in page.replace("http://www.w3.org", "")
    curves = list(csv.DictReader(Path("fit.csv").read_text("utf-8").splitlines()))
    assert {row["model"] for row in curves} == {"weibull_2", "first_order_fmax"}
    assert all(float(row["confidence low (%)"]) <= float(row["released (%)"]) + 1e-9 for row in curves)
    # every figure in one format, every format with one figure
    formats = itertools.cycle([(".svg", b"<?xml"), (".png", b"\x89PNG"), (".pdf", b"%PDF")])
    assert len(fit_figures.FIGURES) >= 3
    for name, (ending, start) in zip(fit_figures.FIGURES, formats, strict=False):
        done("fit", DATA, *QUICK, "--plot", f"{name}{ending}", "--figure", name)
        assert Path(f"{name}{ending}").read_bytes().startswith(start)
        if ending == ".svg":
            ElementTree.parse(f"{name}.svg")


def test_the_same_data_give_the_same_bytes():
    for name in ("a.html", "b.html"):
        done("fit", DATA, "--models", "first_order_fmax", "--bootstrap", 100, "-o", name)
    assert Path("a.html").read_bytes() == Path("b.html").read_bytes()


def test_a_measured_law_takes_the_place_of_the_predicted_release():
    formulation = "dasatinib-microspheres-in-gel.toml"
    text = Path(formulation).read_text("utf-8")
    assert text.count("draws = 1024") == 1
    Path(formulation).write_text(text.replace("draws = 1024", "draws = 128"), "utf-8")
    options = ("--use-in", formulation, "--save", "measured.toml", "-o", "used.html")
    found = results("fit", DATA, "--models", "gallagher_corrigan_zero", *options)
    law = found["profiles"][0]["models"][0]
    half_time = next(item["value"] for item in law["summary"] if item["name"] == "T50")
    inside = found["prediction"]["estimates"]["release_t50"]
    # the gel around the microspheres and the unreleased rest make it a little later or earlier, never twice so
    assert inside["median"] == pytest.approx(half_time, rel=0.15)
    predicted = json.loads(done("predict", formulation, "--json"))["results"]["estimates"]["release_t50"]
    assert inside["high"] / inside["low"] < 1.2
    assert predicted["high"] is None or predicted["high"] / predicted["low"] > 3.0
    again = read("measured.toml")
    assert isinstance(again, Formulation)
    assert again.layer[0].release is not None
    same = json.loads(done("predict", "measured.toml", "--json"))["results"]["estimates"]["release_t50"]
    assert same["median"] == pytest.approx(inside["median"], rel=1e-5)  # six digits are shown
    assert "In the tissue" in Path("used.html").read_text("utf-8")


def test_two_files_are_compared():
    text = done("similarity", "dissolution-reference.csv", "dissolution-test.csv", "--bootstrap", 500)
    for words in ("EMA 2010", "FDA 1997", "WHO", "ANVISA", "Rescigno", "Hoffelder", "tolerance limits", "seed 7"):
        assert words in text
    found = results("similarity", "dissolution-reference.csv", "dissolution-test.csv", "--bootstrap", 500)
    one, other = (
        np.array([[float(cell) for cell in row.split(",")] for row in examples.text(name).splitlines()[2:]])
        for name in ("dissolution-reference.csv", "dissolution-test.csv")
    )
    gap = one[:, 1:].mean(axis=1) - other[:, 1:].mean(axis=1)
    by_hand = 100.0 - 25.0 * math.log10(1.0 + float((gap**2).mean()))
    assert found["factors"]["f2"] == pytest.approx(by_hand, rel=1e-9)


def test_a_file_against_itself_in_another_unit_of_time_is_the_same():
    head, *rows = examples.text("dissolution-reference.csv").splitlines()[1:]
    seconds = [f"{60.0 * float(row.split(',', 1)[0])!r},{row.split(',', 1)[1]}" for row in rows]
    Path("s.csv").write_text("\n".join([head.replace("min", "s"), *seconds]), "utf-8")
    found = results("similarity", "dissolution-reference.csv", "s.csv", "--bootstrap", 100)
    assert found["factors"]["f2"] == pytest.approx(100.0)
    assert found["time"] == [5, 10, 15, 20, 30, 45, 60]


def test_two_profiles_of_one_file_are_compared():
    rows = "\n".join(f"{t},{10 * t},{10 * t + 10}" for t in (1, 2, 4, 6))
    Path("two.csv").write_text(f"time (h),A (%),B (%)\n{rows}\n", "utf-8")
    assert results("similarity", "two.csv", "--profiles", "each")["factors"]["f2"] == pytest.approx(49.892, abs=1e-3)


def test_the_bag_is_taken_out():
    files = ("dialysis-liposomes.csv", "--control", "dialysis-free-drug.csv", "--donor", "1 mL", "--receiver", "50 mL")
    text = done("dialysis", *files, "-o", "bag.html", "--plot", "bag.svg")
    assert "Behind the bag" in text
    found = results("dialysis", *files, "--models", "first_order")
    # made with 0.09/h out of the carrier and 0.42/h through the bag
    rate = found["law"]["parameters"][0]
    assert rate["value"] == pytest.approx(0.09, rel=0.03)
    assert found["bag_rate"]["value"] == pytest.approx(0.42, rel=0.04)
    assert not found["shows_only_bag"]
    assert "<svg" in Path("bag.html").read_text("utf-8")


def test_free_drug_shows_only_the_bag():
    found = results(
        "dialysis", "dialysis-free-drug.csv", "--control", "dialysis-free-drug.csv", "--models", "first_order"
    )
    assert found["shows_only_bag"]
    assert found["slowest_rate"] > 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("fit",), "DATA"),
        (("fit", "no.csv"), "no such file"),
        (("fit", DATA, "--models", "weibul_2"), "nearest"),
        (("fit", DATA, "--fix", "n"), "NAME=VALUE"),
        (("fit", DATA, "--fix", "n=a", "--models", "korsmeyer_peppas"), "number"),
        (("fit", DATA, "--fix", "zz=1"), "unknown parameter"),
        (("fit", DATA, "--bound", "n=2:1"), "below"),
        (("fit", DATA, "--bound", "n=2"), "LOW:HIGH"),
        (("fit", DATA, "--level", "120%"), "100%"),
        (("fit", DATA, "--start", "k=1"), "--formula"),
        (("fit", DATA, "--formula", "k*t", "--start", "q=1"), "unknown parameter of the formula 'q'; nearest: k"),
        (("fit", DATA, "--formula", "k*(t"), "--formula"),
        (("fit", DATA, "--formula", "__import__('os').system('x')"), "--formula"),
        (("fit", DATA, "--with", "radius=25"), "unit"),
        (("fit", DATA, "--models", "basic", "--with", "radius=25 um"), "constant radius: no model fitted has it"),
        (("fit", DATA, "--from", "-1"), "--from: -1; need >= 0"),
        (("fit", DATA, "--from", "5", "--until", "2"), "--from: 5; need at most until = 2"),
        (("fit", DATA, "--up-to", "0%"), "--up-to: 0 %; need > 0"),
        (("fit", DATA, "--without", "77"), "--without: 77; need a time of the readings; nearest: 21, 28, 35"),
        (("fit", DATA, "--with", "colour=red"), "colour"),
        (("fit", DATA, "--law", "weibull_2"), "--use-in"),
        (("fit", DATA, "--use-in", "dasatinib-knee.toml", *QUICK), "question"),
        (("fit", DATA, *QUICK, "--use-in", "dasatinib-microspheres-in-gel.toml", "--law", "higuchi"), "--law"),
        (("fit", DATA, "-o", "a.odt"), "ending"),
        (("fit", DATA, "-o", DATA), "the file that was read"),
        (("fit", DATA, "--plot", "a.gif"), "ending"),
        (("fit", DATA, "--profile", "zz", *QUICK), "profile"),
        (("fit", DATA, "--column", "x"), "HEADER=ROLE"),
        (("similarity", DATA), "TEST"),
        (("similarity", "dissolution-reference.csv", "dissolution-test.csv", "--level", "20%"), "--level"),
        (("similarity", "dissolution-reference.csv", "dissolution-test.csv", "--rules", "xx"), "xx"),
        (("similarity", "dissolution-reference.csv", "dissolution-test.csv", "--mtad", "0%"), "--mtad"),
        (("dialysis", DATA), "--control"),
        (("dialysis", DATA, "--control", "no.csv"), "no such file"),
        (("dialysis", DATA, "--control", DATA, "--donor", "1"), "--donor"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(arguments, words):
    assert words in refused(*arguments)


def test_the_laws_are_listed():
    listed = json.loads(done("fit", "--list-models", "--json"))["results"]
    numbers = [model["number"] for model in listed["models"] if model["number"]]
    assert numbers == list(range(1, 41))
    assert {"fick_sphere", "higuchi_slab", "membrane_sphere"} <= {law["id"] for law in listed["physical"]}
    assert "Korsmeyer" in done("fit", "--list-models") or "korsmeyer_peppas" in done("fit", "--list-models")


def test_the_release_behind_the_bag_goes_on_to_the_tissue():
    Path("lipo.toml").write_text(
        'schema_version = 1\nkind = "formulation"\n[[payload]]\nid = "dasatinib"\ndose = "1 mg"\n'
        '[[layer]]\nid = "liposomes"\ncarrier = "liposome"\nholds = ["dasatinib"]\n'
        '[regimen]\nsite = "knee"\nstate = "osteoarthritis"\nvolume = "5 mL"\n[calculation]\ndraws = 256\n',
        "utf-8",
    )
    files = ("dialysis-liposomes.csv", "--control", "dialysis-free-drug.csv", "--models", "first_order")
    found = results("dialysis", *files, "--use-in", "lipo.toml", "--save", "measured.toml")
    inside = found["prediction"]["estimates"]["release_t50"]["median"]  # in days
    assert inside == pytest.approx(math.log(2) / found["law"]["parameters"][0]["value"] / 24.0, rel=0.02)
    assert 'law = "first_order"' in Path("measured.toml").read_text("utf-8")
    bag = ("dialysis-free-drug.csv", "--control", "dialysis-free-drug.csv", "--models", "first_order")
    assert "shows the bag" in refused("dialysis", *bag, "--use-in", "lipo.toml")


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("ending", ["html", "pdf", "docx", "md", "xlsx"])
def test_a_report_is_written_as_what_its_ending_says(files, ending):
    done("fit", DATA, *QUICK, "-o", f"report.{ending}")
    starts = {"html": b"<!DOCTYPE", "pdf": b"%PDF", "docx": b"PK", "md": b"# ", "xlsx": b"PK"}
    assert Path(f"report.{ending}").read_bytes().startswith(starts[ending])
    figures = sorted(path.name for path in Path().glob("report-figures/*"))
    assert figures == (["fit-fits.svg", "fit-residuals.svg", "fit-weights.svg"] if ending == "md" else [])
    for name in figures:
        assert f"](report-figures/{name})" in Path("report.md").read_text("utf-8")
