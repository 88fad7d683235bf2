"""`formulate calculate` and `formulate.calculate`: every kernel reachable, units in and out, refusals of one line."""

import ast
import importlib
import inspect
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import formulate
from formulate.equations import docstrings
from formulate.equations.calculation import Description, describe
from formulate.equations.entry import quantity
from formulate.equations.registry import calculators
from formulate.equations.units import checked_unit, fitting_unit, in_unit, is_ratio, log_of, same_kind
from materials import units
from materials.errors import DomainError, FormulateError, UnitError, UnknownIdError
from tui.cli import cli

ROOT = Path(__file__).parents[2]
IDS = tuple(calculators())
GROUPS = tuple(dict.fromkeys(item.group for item in calculators().values()))
VESICLE = {"diameter": "100 nm", "bilayer_thickness": "5 nm", "area_per_lipid": "0.71 nm**2"}
TYPED = ["diameter=100 nm", "bilayer-thickness=5 nm", "area-per-lipid=0.71 nm**2"]
# modules of formulate/loading that hold no kernels, each for one reason
NO_KERNELS = {
    "total": "joins the stages of all payloads",
    "prediction": "a regression with fitted coefficients and a catalog of families, no equation at the bench",
}
RELEASE_KERNELS = (
    "activity",
    "arrhenius",
    "autocatalysis",
    "binding",
    "boundary",
    "degradation",
    "desorption",
    "dialysis",
    "diffusion",
    "fronts",
    "gel",
    "gel_changes",
    "leakage",
    "membrane",
    "micelle",
    "network_escape",
    "receiver",
    "shapes",
    "size_average",
    "triggers",
    "vesicle_core",
)
SHARED_KERNELS = (
    "dissolution", "vesicle", "network", "swelling", "mesh", "diffusivity", "ionisation", "composition",
    "dose_response",
)  # fmt: skip
DATA_KERNELS = (
    "experiment.volume_correction",
    "similarity.factors",
    "fitting.summaries",
    "curves.physical_conversion",
    "curves.physical_constants",
    "retention.allometry",
    "retention.blood",
    "retention.bone",
    "retention.cartilage",
    "retention.cord",
    "retention.cord_barrier",
    "retention.defect",
    "retention.disc",
    "retention.disc_injection",
    "retention.fluid",
    "retention.hindrance",
    "retention.hyaluronan",
    "retention.particles",
    "retention.partition",
    "retention.permeability",
    "retention.slab_forms",
    "retention.survival",
)
# kernels that are no calculators, each for one reason
NOT_ALONE = {
    "formulate.release.diffusion.sphere_relaxation": "weights and rates of a series, for the solver of nested carriers",
    "formulate.release.shapes.shape_relaxation": "weights and rates of a series, for the solver of nested carriers",
    "formulate.release.micelle.micelles_left": "takes a whole course of concentrations",
    "formulate.release.micelle.micelle_course": "takes a whole course of volumes",
    "formulate.release.triggers.window_remark": "words for a report, no number",
    "formulate.release.boundary.boundary_roots": "a table of roots, for the series of released_through_layer",
    "formulate.release.size_average.size_nodes": "a table of sizes and weights, for the mean over sizes",
    "formulate.release.size_average.released_over_sizes": "takes a release law, not numbers",
    "formulate.release.receiver.receiver_shares": "takes a whole course of release: `formulate release` gives it",
    "formulate.release.autocatalysis.autocatalytic_release": "solves a whole course of draws in many shells",
    "formulate.curves.physical_conversion.suspended": "a check that gives back what it is given",
    "formulate.retention.particles.carrier_fate": "takes curves of arrival and drainage: `formulate predict` gives it",
    "formulate.retention.blood.taken_up": "takes a whole course of arrivals: `formulate predict` gives it",
    "formulate.retention.blood.cells_in_blood": "takes a whole course of arrivals: `formulate predict` gives it",
    "formulate.retention.bone.skeleton_system": "takes a skeleton: `formulate predict` gives it",
    "formulate.retention.defect.defect_system": "takes a defect: `formulate predict` gives it",
    "formulate.retention.cord.profile": "takes a whole course of concentrations: `formulate predict` gives it",
    "formulate.retention.cord_barrier.mean_barrier_leak": "the mean of barrier_leak over the steps of a calculation",
    "formulate.retention.disc.slab_modes": "a table of roots and weights, for the compartments of a disc",
    "formulate.retention.disc.disc_system": "takes a disc: `formulate predict` gives it",
    "formulate.retention.disc.profile": "takes the amounts of a solved disc",
    "formulate.similarity.factors.factors": "needs the units one by one: a table, which `formulate similarity` reads",
    "formulate.similarity.factors.of_square": "a step of f2",
    "formulate.similarity.factors.means": "a step of f1 and f2",
    "formulate.fitting.summaries.time_to": "a line between two readings; `formulate fit` gives it of a table",
    "formulate.fitting.summaries.observed_summary": "takes a profile: `formulate fit` gives it",
    "formulate.fitting.summaries.fitted_summary": "takes a fit: `formulate fit` gives it",
}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["calculate", *arguments], prog_name="formulate")


@pytest.fixture(autouse=True)
def _of_a_wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")


def done(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    return result.stderr.strip()


# the registry against the kernels


def kernel_modules() -> list[str]:
    loading = [
        f"formulate.loading.{path.stem}"
        for path in sorted((ROOT / "formulate" / "loading").glob("*.py"))
        if not path.stem.startswith(("stage", "_")) and path.stem not in NO_KERNELS
    ]
    release = [f"formulate.release.{name}" for name in RELEASE_KERNELS]
    shared = [f"formulate.{name}" for name in (*SHARED_KERNELS, *DATA_KERNELS)]
    return [*loading, *release, *shared]


def kernels() -> set[str]:
    found = set()
    for module in kernel_modules():
        path = ROOT.joinpath(*module.split(".")).with_suffix(".py")
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                found.add(f"{module}.{node.name}")
    return found


def test_every_kernel_is_a_calculator_or_says_why_not():
    registered = {item.path for item in calculators().values()}
    assert kernels() - registered == set(NOT_ALONE)
    assert registered <= kernels()
    assert len(registered) == len(calculators()), "two calculators of one name"


def of_group(group: str) -> list[Description]:
    return [describe(item.id) for item in calculators().values() if item.group == group]


@cache
def example(name: str) -> dict[str, str] | None:
    return describe(name).example()


@pytest.mark.parametrize("group", GROUPS)
def test_a_calculator_is_read_whole_from_its_docstring(group):
    for found in of_group(group):
        name = found.calculator.id
        assert [item.name for item in found.inputs] == list(inspect.signature(found.function).parameters), name
        assert found.title, name
        assert found.notes, name
        for item in found.inputs:
            assert item.kind, f"{name}: {item.name}: nobody can enter it"
            assert item.text, (name, item.name)
            if item.kind in ("number", "numbers"):
                assert item.unit, f"{name}: {item.name}: no unit"
            if item.kind == "choice":
                assert item.default is None or item.default in item.choices, (name, item.name)
        assert found.outputs, name
        assert all(item.text for item in found.outputs), name


def test_the_units_of_all_calculators_are_plain_si():
    every = map(describe, IDS)
    for unit in sorted({item.unit for found in every for item in (*found.inputs, *found.outputs) if item.unit}):
        if unit == "%":  # f2 is not free of the unit: its kernel counts in percent
            assert quantity("50 %", unit) == 50.0
        elif is_ratio(unit):
            assert quantity("50 %", unit) == 0.5
        elif log_of(unit):
            assert quantity("-2.5", unit) == quantity(f"-2.5 {unit}", unit) == -2.5
        else:
            assert units.si_factor(unit) == pytest.approx(1.0), unit
            assert quantity(f"2 {unit}", unit) == pytest.approx(2.0)
            assert same_kind(fitting_unit(1.0, unit), unit)


@pytest.mark.parametrize("group", GROUPS)
def test_the_examples_of_the_docstrings_give_what_the_kernels_give(group):
    for found in of_group(group):
        gives_what_the_kernel_gives(found)


def gives_what_the_kernel_gives(found: Description) -> None:
    name = found.calculator.id
    plain = docstrings.example(found.function, inspect.getdoc(found.function) or "")
    shown = example(name)
    if plain is None or shown is None:
        return  # an example that needs another kernel; how many there may be is tested below
    lists = {item.name for item in found.inputs if item.kind == "numbers"}
    rows = max((len(value) for key, value in plain.items() if isinstance(value, list) and key not in lists), default=1)
    calculation = formulate.calculate(name, **shown)
    assert calculation.rows == rows, name
    for row in range(rows):
        own = {
            key: value[row] if isinstance(value, list) and key not in lists else value for key, value in plain.items()
        }
        direct = found.function(**own)
        for field in calculation.fields.values():
            if field.is_number:
                expected = getattr(direct, field.name, direct)
                value = field.value if rows == 1 else field.value[row]
                assert np.ravel(value) == pytest.approx(np.ravel(expected), rel=1e-6, nan_ok=False), name


# the command line


def test_nearly_every_calculator_shows_an_example():
    without = [name for name in IDS if example(name) is None]
    assert len(without) < 0.05 * len(IDS), without


def test_the_list_has_every_calculator_and_loads_no_numbers():
    text = done()
    for item in calculators().values():
        assert item.id in text
        assert item.group in text
    code = (
        "import sys\nfrom tui.cli import cli\ntry:\n    cli(['calculate'])\nexcept SystemExit:\n    pass\n"
        "print('LOADED', *[name for name in ('numpy', 'scipy', 'pint', 'pydantic') if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert made.stdout.splitlines()[-1] == "LOADED"


def test_a_title_is_that_of_the_imported_kernel():
    for item in calculators().values():
        function = getattr(importlib.import_module(item.module), item.function)
        assert item.title == docstrings.first_line(inspect.getdoc(function) or "")


def test_a_group_lists_its_own():
    text = done("extracellular-vesicles")
    assert "occupancy" in text
    assert "trapped-volume" not in text
    assert done("Polymer Particles").startswith("polymer particles\n")


def test_a_name_alone_shows_equation_inputs_and_an_example_that_runs():
    text = done("lipids-per-vesicle")
    assert "N = pi (d^2 + (d - 2 h)^2)/a" in text
    assert "needed" in text
    example = 'formulate calculate lipids-per-vesicle diameter="100 nm" bilayer-thickness="5 nm"'
    assert example in text
    assert "80088" in done("lipids-per-vesicle", *TYPED)
    assert "lognormal if left out" in " ".join(done("particles-per-mass").split())
    assert "optional" in done("mass-balance")
    assert "A or B" in done("mass-balance")


def test_hyphens_underscores_and_capitals_are_one():
    expected = done("lipids-per-vesicle", *TYPED)
    typed = ["Diameter=100 nm", "bilayer_thickness=5 nm", "area_per-lipid=0.71 nm**2"]
    assert done("Lipids_Per_Vesicle", *typed) == expected


def test_a_result_is_shown_in_a_unit_that_reads_well_or_in_the_one_asked_for():
    # 6/(pi 1500 kg/m3 (10 um)**3) = 1.2732e12 per kg
    given = ["diameter=10 um", "density=1.5 g/cm^3"]
    assert "1.27324e9 1/g" in done("particles-per-mass", *given)
    assert "1.27324e12 1/kg" in done("particles-per-mass", *given, "--unit", "1/kg")
    assert "33.3333 %" in done(
        "drug-loading", "encapsulation-efficiency=50%", "feed-ratio=1 g/g", "convention=A", "--unit", "%"
    )
    batch = ["drug-entrapped=5 mg", "drug-loading=25 %", "encapsulation-efficiency=50 %", "convention=A"]
    text = done("mass-balance", *batch, "--unit", "ug", "--unit", "percent")
    assert "10000 ug" in text  # m_d/EE
    assert "66.6667 percent" in text  # r = (1/3)/0.5


def test_several_values_give_a_table():
    text = done("lipids-per-vesicle", "diameter=50,100,200 nm", *TYPED[1:])
    rows = [line.split() for line in text.splitlines() if line.strip().startswith(("50 nm", "100 nm", "200 nm"))]
    assert [row[0] for row in rows] == ["50", "100", "200"]
    assert float(rows[1][-1]) == pytest.approx(80088.5)
    assert "with bilayer-thickness = 5 nm" in text
    both = done("inner-radius", "diameter=0.1 um; 200 nm", "bilayer-thickness=5, 10 nm")
    assert [line.split()[-1] for line in both.splitlines() if " nm  " in line] == ["45", "90"]


def test_a_choice_may_have_hyphens_and_names_in_texts_are_those_to_type():
    typed = ["diameter=133.1 nm", "coefficient-of-variation=0.3162277660168379", "wanted=number_mean"]
    # volume mean over number mean of a lognormal: (1 + CV^2)^3 = 1.331
    assert "100 nm" in done("convert-diameter", *typed, "given=Volume-Mean")
    text = " ".join(done("convert-diameter").split())
    assert "one of number_median," in text
    assert "Diameter on the basis given" in text


def test_yes_and_words_are_results_too():
    assert "yes" in done("exceeds-theoretical", "drug-loading=0.6 g/g", "feed-ratio=1 g/g")
    rows = done("exceeds-theoretical", "drug-loading=0.4, 0.6 g/g", "feed-ratio=1 g/g").splitlines()
    assert [line.split()[-1] for line in rows if line.strip().startswith("0.")] == ["no", "yes"]
    reported = ["encapsulation-efficiency=0.5", "feed-ratio=1 g/g"]
    assert " A\n" in done("consistent-conventions", *reported, "drug-loading=33.3 %")
    assert " none\n" in done("consistent-conventions", *reported, "drug-loading=60 %")


def test_json_holds_what_was_given_si_results_equation_and_source():
    vesicle = ["permeability=1e-8 cm/s", "inner-radius=50 nm", "neutral-fraction=10 %", "bound-ratio=9"]
    content = json.loads(done("vesicle-rate", *vesicle, "--json"))
    assert content["command"] == "calculate"
    assert content["inputs"]["permeability"] == {"given": "1e-8 cm/s", "value": 1e-10, "unit": "m/s"}
    results = content["results"]
    assert results["calculator"] == "vesicle-rate"
    assert results["equation"] == "k = 3 P f_N/(R (1 + b))"
    assert results["source"] == "flux balance on the core"
    rate = results["values"]["vesicle_rate"]
    assert rate["unit"] == "1/s"
    assert rate["value"] == pytest.approx(6e-5)  # 3 1e-10 0.1/(5e-8 10)
    assert rate["shown"] == {"value": pytest.approx(5.184), "unit": "1/d"}


def test_json_names_the_reference_of_an_equation():
    content = json.loads(done("mean-release-time", "radius=1 um", "diffusivity=1e-12 cm**2/s", "--json"))
    assert content["results"]["source"].startswith("crank1975: Crank. (1975)")


def test_json_of_the_list_of_a_calculator_and_of_rows():
    listed = json.loads(done("--json"))["results"]["calculators"]
    assert [item["id"] for item in listed] == list(IDS)
    inputs = json.loads(done("particles-per-mass", "--json"))["results"]["inputs"]
    assert [(item["name"], item["unit"], item["required"]) for item in inputs[:2]] == [
        ("diameter", "m", True),
        ("density", "kg/m**3", True),
    ]
    assert inputs[3]["choices"] == ["normal", "lognormal"]
    rows = json.loads(done("theoretical-loading", "feed-ratio=1, 3 g/g", "--json"))
    assert rows["results"]["values"]["theoretical_loading"]["value"] == [0.5, 0.75]
    assert rows["inputs"]["feed_ratio"]["value"] == [1.0, 3.0]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["lipids-per-vesicl"], "unknown calculator 'lipids-per-vesicl'; nearest: lipids-per-vesicle,"),
        (["inner-radius", "diametr=1 nm", "bilayer-thickness=1 nm", "diameter=9 nm"],
         "unknown input of inner-radius 'diametr'; nearest: diameter, bilayer-thickness"),
        (["inner-radius", "diameter=100 nm"], "bilayer-thickness: not given; need a number with a unit such as nm"),
        (["inner-radius", "diameter=100", "bilayer-thickness=5 nm"],
         "diameter: '100': no unit; need a number with a unit such as nm"),
        (["inner-radius", "diameter=100 kg", "bilayer-thickness=5 nm"],
         "diameter: '100 kg': kg has the wrong dimension; need a number with a unit such as nm"),
        (["inner-radius", "diameter=100 foos", "bilayer-thickness=5 nm"], "diameter: '100 foos': unknown unit foos;"),
        (["inner-radius", "diameter=nan nm", "bilayer-thickness=5 nm"], "diameter: 'nan nm': does not start with"),
        (["inner-radius", "diameter=1e999 nm", "bilayer-thickness=5 nm"], "diameter: '1e999 nm': not a finite number"),
        (["inner-radius", "diameter=inf nm", "bilayer-thickness=5 nm"], "diameter: 'inf nm': does not start with"),
        (["inner-radius", "diameter=", "bilayer-thickness=5 nm"], "diameter: '': does not start with a number"),
        (["inner-radius", "diameter=1,5 nm", "bilayer-thickness=5 nm"],
         "diameter: '1,5 nm': decimal comma or two values; need 1.5 with a point, or 1, 5 with a blank"),
        (["inner-radius", "diameter=-100 nm", "bilayer-thickness=5 nm"], "diameter = -100 nm; need > 0 and finite"),
        (["inner-radius", "diameter=10 nm", "bilayer-thickness=5 nm"],
         "bilayer_thickness = 5 nm; need < half the diameter"),
        (["inner-radius", "diameter=1, 2 um", "bilayer-thickness=1, 2, 3 nm"],
         "diameter has 2, bilayer-thickness has 3 values; need the same number of values, or one"),
        (["inner-radius", "100 nm"], "'100 nm': not an input; need NAME=VALUE"),
        (["inner-radius", "diameter=1 um", "Diameter=2 um", "bilayer-thickness=5 nm"], "diameter: given twice"),
        (["inner-radius", "diameter=1 um", "diameter=2 um", "bilayer-thickness=5 nm"], "diameter: given twice"),
        (["trapped-volume", "diameter=1e228 m", "bilayer-thickness=5 nm", "area-per-lipid=1 nm**2"],
         "trapped_volume: no number comes out of these inputs"),
        (["theoretical-loading", "feed-ratio=5 rad/rad"], "feed-ratio: '5 rad/rad': unit rad/rad is not"),
        (["theoretical-loading", "feed-ratio=0.5"], "feed-ratio: '0.5': no unit; need a number with g/g or %"),
        (["theoretical-loading", "feed-ratio=5 mL/mL"], "feed-ratio: '5 mL/mL': a ratio by volume, not by mass;"),
        (["theoretical-loading", "feed-ratio=5 mol%"], "feed-ratio: '5 mol%': a ratio by mole, not by mass;"),
        (["theoretical-loading", "feed-ratio=5 mg"], "feed-ratio: '5 mg': unit mg is not that of a pure number;"),
        (["theoretical-loading", "feed-ratio=5 mg/mL"], "feed-ratio: '5 mg/mL': unit mg/mL is not that of a pure"),
        (["theoretical-loading", "feed-ratio=5 rad"], "feed-ratio: '5 rad': unit rad is not that of a pure number;"),
        (["volume-fraction", "mass-fraction=9 percent_v_v", "polymer-density=1 g/mL", "water-density=1 g/mL"],
         "mass-fraction: '9 percent_v_v': a ratio by volume, not by mass; need a plain number, %, g/g or percent_w_w"),
        (["drug-loading", "encapsulation-efficiency=500 %", "feed-ratio=1 g/g", "convention=A"],
         "encapsulation_efficiency = 500 %, that is 5; need 0 to 1"),
        (["drug-loading", "encapsulation-efficiency=50 %", "feed-ratio=1 g/g", "convention=C"],
         "convention: 'C': not accepted; nearest: A; need A or B"),
        (["theoretical-loading", "feed-ratio=1 g/g", "--unit", "nm"],
         "--unit: 'nm': not a unit of any result; need a unit of the kind of g/g"),
        (["theoretical-loading", "feed-ratio=1 g/g", "--unit", "mL/mL"], "--unit: 'mL/mL': not a unit of any result;"),
        (["theoretical-loading", "feed-ratio=1 g/g", "--unit", "foo"], "--unit: 'foo': unknown unit foo;"),
        (["theoretical-loading", "feed-ratio=1 g/g", "--unit", "2**9**9"], "--unit: '2**9**9': number 2 inside"),
        (["exceeds-theoretical", "drug-loading=1 %", "feed-ratio=1 g/g", "--unit", "nm"], "--unit: 'nm': not a unit"),
        (["--unit", "nm"], "--unit: no calculator is named"),
        (["inner-radius", "diameter=1 um", f"bilayer-thickness={'9' * 5000} nm"], "bilayer-thickness: '999"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_one_line_that_names_it(arguments, line):
    told = refused(*arguments)
    assert told.startswith(line)
    assert len(told.splitlines()) == 1
    assert len(told) < 300


def test_all_faults_are_told_one_line_each():
    told = refused("lipids-per-vesicle", "diameter=100", "bilayer-thickness=5 kg").splitlines()
    assert [line.partition(":")[0] for line in told] == ["diameter", "bilayer-thickness", "area-per-lipid"]


# Python


def test_a_result_has_value_unit_and_conversion():
    result = formulate.calculate("lipids-per-vesicle", **VESICLE)
    assert isinstance(result.value, float)
    assert result.unit == "1"
    radius = formulate.calculate("inner-radius", diameter="100 nm", bilayer_thickness="5 nm")
    assert (radius.value, radius.unit) == (pytest.approx(45e-9), "m")
    assert radius.to("angstrom") == pytest.approx(450)
    with pytest.raises(UnitError, match="not a unit of inner_radius"):
        radius.to("kg")


def test_several_results_are_fields():
    batch = formulate.calculate(
        "mass-balance", drug_entrapped="5 mg", drug_loading="25 %", encapsulation_efficiency="50 %", convention="A"
    )
    assert batch.fields["drug_added"].to("mg") == pytest.approx(10.0)
    with pytest.raises(AttributeError, match=r"drug_added, .*see \.fields"):
        _ = batch.value


def test_rows_are_arrays():
    assert formulate.calculate("theoretical-loading", feed_ratio=["25 %", "1 g/g"]).value.tolist() == [0.2, 0.5]
    shares = np.array([0.1, 0.5])
    rows = formulate.calculate("neutral-fraction", ph=np.array([7.0, 8.0]), base_pkas="7")
    assert rows.value == pytest.approx([0.5, 10.0 / 11.0])  # halves at the pKa, one unit above 10 to 1
    assert formulate.calculate("mean-cube-factor", coefficient_of_variation=shares, distribution="normal").rows == 2


def test_a_list_may_be_one_input():
    # two independent bases at their pKa: a half of a half
    assert formulate.calculate("neutral-fraction", ph=7.0, base_pkas="7, 7").value == pytest.approx(0.25)
    assert formulate.calculate("neutral-fraction", ph=7.0, base_pkas=[7.0], acid_pkas=7.0).value == pytest.approx(0.25)


@pytest.mark.parametrize("bad", [100e-9, 100, np.float64(1.0), None, True, ["100 nm", 5.0], [], "", object()])
def test_a_number_without_unit_is_refused(bad):
    with pytest.raises(FormulateError, match="diameter: "):
        formulate.calculate("inner-radius", diameter=bad, bilayer_thickness="5 nm")


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), True, None])
def test_what_is_no_number_is_refused(bad):
    with pytest.raises(FormulateError, match="ph: "):
        formulate.calculate("neutral-fraction", ph=bad)


def test_errors_are_those_of_the_program():
    with pytest.raises(UnknownIdError):
        formulate.calculate("no-such-thing")
    with pytest.raises(DomainError, match="bilayer_thickness"):
        formulate.calculate("inner-radius", diameter="10 nm", bilayer_thickness="5 nm")
    with pytest.raises(FormulateError, match="given twice"):
        formulate.calculate("inner-radius", **{"diameter": "1 um", "Diameter": "1 um", "bilayer_thickness": "5 nm"})


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("25 %", "1", 0.25), ("25%", "kg/kg", 0.25), ("25 percent", "mol/mol", 0.25), ("0.25", "1", 0.25),
        ("250 mg/g", "kg/kg", 0.25), ("5 mol%", "mol/mol", 0.05), ("5 mol %", "1", 0.05), ("50 ppm", "kg/kg", 5e-5),
        ("5 percent_w_w", "kg/kg", 0.05), ("5 % w/w", "kg/kg", 0.05), ("5 wt%", "1", 0.05), ("5 vol%", "1", 0.05),
        ("5 mM", "mol/m**3", 5.0), ("5 µm", "m", 5e-6), ("2 mmol/mol", "mol/mol", 0.002), ("37 degC", "K", 310.15),
        ("5e11/mL", "1/m**3", 5e17), ("5e11 1/mL", "1/m**3", 5e17), ("10 um", "m", 1e-5),
        ("1.5 g/cm^3", "kg/m**3", 1500.0),
        ("20 MPa**0.5", "Pa**0.5", 20000.0), ("12 %", "%", 12.0), ("0.12 fraction", "%", 12.0),
        ("36 %/h", "1/s", 1e-4), ("6 %/h^0.5", "1/s**0.5", 1e-3), ("36 percent per hour", "1/s", 1e-4),
    ],
)  # fmt: skip
def test_what_the_bench_writes_is_read(text, unit, expected):
    assert quantity(text, unit) == pytest.approx(expected, rel=1e-14)


def test_no_unit_leaves_noise_in_the_last_digit():
    assert [quantity("10 um", "m"), quantity("1.5 g/cm^3", "kg/m**3"), quantity("5 mg", "kg")] == [1e-5, 1500.0, 5e-6]


def test_a_unit_is_the_largest_that_leaves_one_or_more():
    assert [fitting_unit(value, "m") for value in (3e-12, 9e-7, 1e-6, 2e-3, 40.0)] == ["nm", "nm", "um", "mm", "m"]
    assert [fitting_unit(value, "s") for value in (1.0, 90.0, 7200.0, 1e6)] == ["s", "min", "h", "d"]
    assert "2 um" in done("inner-radius", "diameter=4.01 um", "bilayer-thickness=5 nm")


@given(st.floats(1e-3, 1e6), st.sampled_from(["nm", "um", "angstrom", "mm"]))
def test_a_unit_changes_nothing(number, unit):
    as_text = f"{in_unit(number * 1e-9, 'm', unit):.15g} {unit}"
    thin = f"{in_unit(number * 1e-11, 'm', unit):.15g} {unit}"
    here = formulate.calculate("inner-radius", diameter=as_text, bilayer_thickness=thin)
    assert here.value == pytest.approx(number * 1e-9 * 0.49, rel=1e-12)


@given(
    st.floats(1e-25, 1e25), st.sampled_from(["m", "kg", "s", "1/s", "mol/m**3", "kg/m**3", "1/kg", "m**3", "K", "Pa"])
)
def test_a_fitting_unit_is_of_the_same_kind_and_keeps_the_value(value, unit):
    chosen = fitting_unit(value, unit)
    assert same_kind(checked_unit(chosen), unit)
    assert quantity(f"{in_unit(value, unit, chosen):.17g} {chosen}", unit) == pytest.approx(value)


@given(st.text(max_size=12))
def test_no_text_does_more_than_be_refused(text):
    for unit in ("m", "1", "kg/kg"):
        try:
            value = quantity(text, unit)
        except UnitError:
            continue
        assert np.isfinite(value)


# the page about it

PAGE = (ROOT / "docs" / "calculators.md").read_text("utf-8")


def test_the_page_names_every_group():
    text = " ".join(PAGE.split())
    assert [group for group in {item.group for item in calculators().values()} if group not in text] == []
