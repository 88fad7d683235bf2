"""The validation itself: all its cases pass, and a kernel that is wrong by one percent is caught and named."""

import json
from collections import Counter
from collections.abc import Callable
from functools import wraps

import numpy as np
import pytest
from click.testing import CliRunner, Result

import formulate
from formulate import vesicle
from formulate.fitting import summaries
from formulate.loading import adsorption, partition
from formulate.release import dialysis, shapes
from formulate.retention import slab_forms
from formulate.similarity import factors
from formulate.validation.case import Case, Cases, Found, judged
from formulate.validation.run import GROUPS, Validation, cases
from materials import sources
from materials.errors import UnknownIdError
from tui.cli import cli

# the certified problems and the rules of the data have tests of their own; one of each stands for them here
ELSEWHERE = ("fitting", "catalog")
ONE_OF_THOSE = ("fitting/nist-misra1a", "fitting/stopping-distances-of-cars", "catalog/numbers-in-order")


@pytest.fixture(scope="module")
def everything() -> Validation:
    return formulate.validate([*(group for group in GROUPS if group not in ELSEWHERE), *ONE_OF_THOSE])


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["validate", *arguments], prog_name="formulate")


def test_every_case_passes(everything):
    assert [(item.case.id, item.error, item.problem) for item in everything.failed] == []
    assert everything.passed


def test_there_are_cases_of_every_kind_and_each_has_its_own_id():
    every = cases()
    assert len(every) == len({case.id for case in every}) >= 150
    counts = Counter(case.group for case in every)
    assert set(counts) == set(GROUPS)
    assert min(counts.values()) >= 4
    assert set(Counter(case.proof for case in every)) == {
        "exact", "published", "certified", "conservation", "other method", "limit", "integrity",
    }  # fmt: skip
    grades = {case.what.split(", ")[1].partition(" ")[0] for case in every if case.proof == "certified"}
    assert grades == {"lower", "average", "higher"}


def test_every_expected_value_says_where_it_comes_from():
    for case in cases():
        assert case.what, case.id
        assert case.source or case.origin, case.id
        assert not case.source or case.source in sources.keys(), case.id  # noqa: SIM118  (a function)
        assert case.source or case.proof != "published", case.id


BROKEN = [
    (shapes, "released_from_slab", "release/slab-by-its-series"),
    (dialysis, "dialysis_release", "release/two-steps-through-a-bag"),
    (vesicle, "lipids_per_vesicle", "loading/lipids-of-a-liposome"),
    (adsorption, "adsorb_langmuir", "loading/langmuir-balance"),
    (partition, "donnan_partition", "loading/charged-gel-gathers-cations"),
    (slab_forms, "slab_half_life", "retention/small-solute-in-the-nucleus"),
    (factors, "f2", "similarity/f2-of-ten-points"),
    (summaries, "mean_dissolution_time", "fitting/mean-dissolution-time"),
]


def off_by_a_percent(kernel: Callable[..., object]) -> Callable[..., object]:
    @wraps(kernel)  # a calculator reads what stands in its docstring and its signature
    def wrong(*given: object, **named: object) -> object:
        found = kernel(*given, **named)
        if isinstance(found, int | float | np.ndarray):
            return found * 1.01
        changed = {name: value * 1.01 for name, value in vars(found).items() if isinstance(value, float | np.ndarray)}
        return type(found)(**{**vars(found), **changed})

    return wrong


@pytest.mark.parametrize(("module", "name", "case"), BROKEN, ids=[case for *_, case in BROKEN])
def test_a_kernel_that_is_wrong_by_a_percent_is_caught_and_named(module, name, case, monkeypatch):
    from formulate.equations.calculation import describe

    assert judged(next(item for item in cases([case]))).passed
    monkeypatch.setattr(module, name, off_by_a_percent(getattr(module, name)))
    describe.cache_clear()
    try:
        done = run("--only", case)
    finally:
        monkeypatch.undo()
        describe.cache_clear()
    assert done.exit_code == 1
    assert f"FAIL {case}: expected" in " ".join(done.stdout.split())
    assert "0 of 1 cases pass" in done.stdout


def of(expected: object, got: object, tolerance: float, relative: bool = True) -> Case:
    return Case("units", "made-up", "Made up", "exact", lambda: Found(expected, got), tolerance, relative)  # type: ignore[arg-type]


def test_the_worst_of_several_numbers_decides():
    found = judged(of([1.0, 2.0, 4.0], [1.0, 2.02, 4.0], 0.02))
    assert (found.expected, found.got, found.points, found.passed) == (2.0, 2.02, 3, True)
    assert found.error == pytest.approx(0.01)
    assert not judged(of([1.0, 2.0, 4.0], [1.0, 2.02, 4.0], 0.009)).passed
    assert judged(of(2.0, 2.02, 0.021, relative=False)).error == pytest.approx(0.02)
    assert judged(of([0.0, np.inf], [0.0, np.inf], 1e-9)).passed


@pytest.mark.parametrize(
    ("expected", "got", "told"),
    [
        (1.0, np.nan, "not a finite number"),
        (0.0, 1e-9, "not a finite number"),  # a share of nothing
        ([1.0, 2.0], [1.0, 2.0, 3.0], "broadcast"),
        ([], [], "nothing to compare"),
    ],
)
def test_what_is_no_number_fails(expected, got, told):
    found = judged(of(expected, got, 0.5))
    assert not found.passed
    assert told in found.problem


def test_an_error_of_ours_is_a_failed_case_and_ctrl_c_is_not():
    made = Cases("units")

    @made.proves("exact", relative=1.0)
    def breaks() -> tuple[float, float]:
        """Breaks."""
        raise ZeroDivisionError("by nothing")

    @made.proves("exact", relative=1.0)
    def stopped() -> tuple[float, float]:
        """Stopped."""
        raise KeyboardInterrupt

    @made.without_fault
    def faults() -> list[str]:
        """Five faults."""
        return list("abcde")

    first, second, third = made
    assert judged(first).problem == "ZeroDivisionError: by nothing"
    with pytest.raises(KeyboardInterrupt):
        judged(second)
    found = judged(third)
    assert (found.got, found.passed, found.problem) == (5.0, False, "a; b; c; and 2 more")
    with pytest.raises(TypeError, match="one tolerance"):
        made.proves("exact")


def test_the_command_gives_json_and_a_table():
    done = run("--only", "similarity", "--json")
    assert done.exit_code == 0
    results = json.loads(done.stdout)["results"]
    assert results["passed"]
    assert results["counts"] == {"cases": len(cases(["similarity"])), "failed": 0}
    first = results["cases"][0]
    assert (first["id"], first["expected"], first["source"]) == ("similarity/f2-of-a-vignette", 51.34, "xu2021")
    assert set(results["references"]) >= {"xu2021", "tsong1996"}
    table = run("--only", "similarity/f2-of-ten-points").stdout
    assert "49.892" in table
    assert "1 of 1 cases pass" in table


def test_a_listing_runs_nothing(monkeypatch):
    monkeypatch.setattr("formulate.validation.run.judged", lambda case: pytest.fail("was run"))
    done = run("--list", "--only", "dialysis")
    assert done.exit_code == 0
    assert "Dawson's integral" in " ".join(done.stdout.split())
    listed = json.loads(run("--list", "--json").stdout)["results"]
    assert len(listed["cases"]) == len(cases())
    assert listed["groups"] == GROUPS


def test_an_unknown_group_or_case_is_refused():
    done = run("--only", "relase")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "unknown group of the validation 'relase'; nearest: release" in done.stderr
    with pytest.raises(UnknownIdError, match="nearest: release/slab-by-its-series"):
        formulate.validate("release/slab-by-series")


def test_a_catalog_file_of_ones_own_is_validated_too(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        '[[carrier]]\nid = "plga-microsphere"\n[[carrier.property]]\nname = "diameter"\n'
        'typical = 40\nunit = "um"\nevidence = "user"\n',
        "utf-8",
    )
    assert run("--only", "catalog/numbers-are-conceivable", "--catalog", str(own)).exit_code == 0
    own.write_text(own.read_text("utf-8").replace('"um"', '"mg"'), "utf-8")
    done = run("--only", "catalog/numbers-are-conceivable", "--catalog", str(own))
    assert done.exit_code == 2
    assert "own.toml" in done.stderr


def test_results_are_values(everything):
    with pytest.raises(AttributeError):
        everything.outcomes = ()
    frame = everything.to_frame()
    assert len(frame) == len(everything.outcomes)
    assert frame.passed.all()
