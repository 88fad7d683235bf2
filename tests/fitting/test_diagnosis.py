"""Findings: each is raised by readings made for it, stays away from sound ones, and says its numbers and what to do."""

import math
from dataclasses import replace

import numpy as np
import pytest

from formulate.curves.library import model, models
from formulate.experiment.data import Profile
from formulate.fitting.diagnosis import diagnose
from formulate.fitting.findings import BRIEF, BRIEFS, SEVERITIES, Finding, probability_text
from formulate.fitting.fit import fit
from formulate.fitting.reading_notes import reading_notes
from formulate.fitting.results import Fit, Points
from materials.errors import DomainError

TIME = np.array([0.25, 0.5, 1, 2, 3, 4, 6, 8, 12, 16, 24, 36.0])
SCATTER = np.array([0.8, -1.1, 0.3, 1.2, -0.7, -0.2, 0.9, -1.3, 0.6, 1.0, -0.9, -0.4])


def points(released, time=TIME, unit=None) -> Points:
    time = np.asarray(time, dtype=float)
    whose = np.zeros(time.size, dtype=np.int64) if unit is None else np.asarray(unit)
    return Points(time, np.asarray(released, dtype=float), np.ones(time.size), whose, time_unit="h")


def fitted(name: str, released, time=TIME, **options) -> Fit:
    return fit(points(released, time), model(name), **options)


def found(fitted: Fit) -> dict[str, Finding]:
    return {finding.code: finding for finding in diagnose(fitted)}


FIRST_ORDER = 100 * (1 - np.exp(-0.25 * TIME)) + SCATTER


def test_nothing_stands_against_a_sound_fit():
    assert diagnose(fitted("first_order", FIRST_ORDER)) == ()
    assert {finding.severity for finding in diagnose(fitted("weibull_2", FIRST_ORDER))} <= {"note"}


def test_the_most_serious_comes_first_and_each_says_what_to_do():
    every = [diagnose(fit(points(FIRST_ORDER), entry)) for entry in models("ddsolver")]
    for findings in every:
        order = [SEVERITIES.index(finding.severity) for finding in findings]
        assert order == sorted(order)
        for finding in findings:
            assert finding.text.endswith(".")
            assert finding.advice.endswith(".")
            assert "nan" not in finding.text


# ---------------------------------------------------------------------------------------------------- identifiability


def test_few_readings():
    short = found(fitted("weibull_3", [20.0, 35, 50, 62], [1.0, 2, 4, 8]))["few-points"]
    assert short.severity == "caution"
    assert short.text == "4 readings for 3 fitted parameters."
    assert "5 times" in short.advice
    none = found(fitted("weibull_3", [20.0, 35, 50], [1.0, 2, 4]))["few-points"]
    assert none.severity == "serious"


def test_many_readings_at_few_times_are_few():
    readings = points([20, 21, 22, 49, 50, 51, 60, 61, 62, 70, 71, 72], np.repeat([1.0, 4, 8, 12], 3))
    assert "12 readings at 4 times" in found(fit(readings, model("weibull_3")))["few-points"].text


def test_a_parameter_at_its_bound():
    resting = found(fitted("weibull_2", FIRST_ORDER, bounds={"beta": (1.4, 3.0)}))["at-bound"]
    assert resting.parameter == "beta"
    assert resting.severity == "serious"
    assert "beta = 1.4 rests on the lower end" in resting.text


def test_hopfenberg_running_to_first_order():
    findings = found(fitted("hopfenberg", 100 * (1 - np.exp(-0.25 * TIME)) + 0.1 * SCATTER))
    finding = findings.get("at-bound") or findings["first-order-limit"]
    assert finding.parameter in ("n", "kHB")
    assert "First-order" in " ".join(entry.advice for entry in findings.values())


def test_parameters_that_go_together():
    line = found(fitted("first_order_fmax", 1.7 * TIME[:8] + 0.3 * SCATTER[:8], TIME[:8]))
    text = line["correlated"].text if "correlated" in line else line["at-bound"].text
    assert "Fmax" in text or "k1" in text


def test_parameters_the_readings_cannot_tell_apart():
    flat = np.full(12, 100.0) + 1e-3 * SCATTER
    codes = set(found(fitted("weibull_4", flat)))
    assert codes & {"singular", "at-bound", "imprecise"}


def test_an_error_above_the_value():
    weak = fitted("peppas_sahlin_2", 12 * np.sqrt(TIME) + SCATTER)
    assert "zero-possible" in found(weak)
    scattered = fitted("first_order", 2.0 + 60.0 * np.array([1.0, -1.0] * 6), np.repeat(TIME[::2], 2))
    finding = found(scattered)["imprecise"]
    error = scattered.parameters[0].standard_error / scattered.values[0]
    assert finding.severity == "caution"
    assert finding.text.endswith(f"has a standard error of {100 * error:.0f} % of it.")


@pytest.mark.parametrize("seconds", [60.0, 86400.0, 1 / 168])
def test_findings_are_of_the_readings_and_not_of_the_unit_of_time(seconds):
    # alpha in h^beta and k in %/h^n are the curve at one hour, in s^beta at one second
    readings, moved = points(FIRST_ORDER), points(FIRST_ORDER, TIME * seconds)
    for name in (
        "weibull_1",
        "weibull_2",
        "korsmeyer_peppas",
        "peppas_sahlin_1",
        "logistic_1",
        "probit_1",
        "gompertz_1",
    ):
        here, there = (diagnose(fit(given, model(name))) for given in (readings, moved))
        assert [(entry.code, entry.severity) for entry in here] == [(entry.code, entry.severity) for entry in there]


def test_how_parameters_go_together_is_that_of_a_search_in_units_of_the_last_reading():
    # an independent way: the correlation of the fit itself, where the last reading is at 1
    own = fitted("korsmeyer_peppas", 12 * TIME**0.45 + SCATTER, TIME / TIME[-1])
    expected = own.covariance[0, 1] / np.sqrt(own.covariance[0, 0] * own.covariance[1, 1])
    assert abs(expected) < 0.9
    in_seconds = fitted("korsmeyer_peppas", 12 * TIME**0.45 + SCATTER, TIME * 3600)
    theirs = in_seconds.covariance[0, 1] / np.sqrt(in_seconds.covariance[0, 0] * in_seconds.covariance[1, 1])
    assert abs(theirs) > 0.99
    assert "correlated" not in found(in_seconds)


def test_a_parameter_held_in_its_unit_is_judged_in_it():
    # k fixed in %/h^n is another constraint in another unit; Fmax is the same in all
    held = fitted("korsmeyer_peppas", 12 * TIME**0.45 + SCATTER, fixed={"kKP": 12.0})
    assert not found(held).keys() & {"imprecise", "singular", "correlated"}
    free = fitted("weibull_3", FIRST_ORDER, fixed={"Fmax": 100.0})
    assert "singular" not in found(free)


def test_a_search_that_did_not_come_to_rest():
    assert found(replace(fitted("first_order", FIRST_ORDER), converged=False))["not-converged"].severity == "serious"


# -------------------------------------------------------------------------------------------------------------- shape


def test_a_plateau_beyond_the_readings():
    early = 90 * (1 - np.exp(-0.25 * TIME[:6])) + 0.5 * SCATTER[:6]
    finding = found(fitted("first_order_fmax", early, TIME[:6]))["plateau-extrapolated"]
    assert finding.parameter == "Fmax"
    assert "above the highest reading" in finding.text


def test_a_plateau_that_was_measured_is_not_questioned():
    codes = set(found(fitted("first_order_fmax", 0.7 * FIRST_ORDER)))
    assert not codes & {"plateau-extrapolated", "plateau-over-100", "plateau-may-be-100"}


def test_a_plateau_above_the_dose():
    finding = found(fitted("first_order_fmax", 1.2 * FIRST_ORDER))["plateau-over-100"]
    assert finding.severity == "serious"
    assert "whole interval" in finding.text


def test_a_plateau_that_may_be_the_dose():
    below = found(fitted("first_order_fmax", 0.995 * FIRST_ORDER))
    assert "plateau-may-be-100" in below or "plateau-over-100" in below
    assert {below[code].severity for code in below} == {"note"}


def test_a_lag_below_zero_is_a_burst():
    finding = found(fitted("first_order_tlag", 100 - 70 * np.exp(-0.25 * TIME) + 0.3 * SCATTER))["negative-lag"]
    assert finding.severity == "caution"
    assert "30" in finding.text
    assert "burst" in finding.advice


def test_a_lag_that_may_be_none():
    findings = found(fitted("first_order_tlag", FIRST_ORDER))
    assert findings.keys() & {"lag-may-be-zero", "negative-lag"}
    assert all(finding.severity == "note" for finding in findings.values())


def test_a_lag_in_a_gap_of_the_readings():
    time = np.array([1.0, 2, 3, 10, 12, 16, 24])
    released = [0.2, 0.1, 0.3, 88, 93, 97, 99]
    finding = found(fitted("first_order_tlag", released, time))["lag-in-a-gap"]
    assert finding.text.startswith("From 3 to 10 h release goes from 0.3 to 88 % without a reading between: Tlag =")
    assert "lag-in-a-gap" not in found(fitted("first_order_tlag", [0, 0, 20, 60, 80, 92, 97], [1, 2, 3, 5, 8, 12, 16]))


def test_a_curve_that_falls():
    released = [5, 10, 19, 35, 47, 57, 68, 73, 75, 70, 58, 38]
    finding = found(fitted("makoid_banakar", released))["falls"]
    assert "peaks at" in finding.text


def test_a_curve_that_cannot_start_at_zero():
    assert found(fitted("gompertz_3", FIRST_ORDER))["starts-off-zero"].severity == "caution"
    assert "starts-off-zero" not in found(fitted("burst_first_order", FIRST_ORDER))
    line = found(fitted("zero_order_f0", 3 * np.maximum(TIME - 4, 0.0)))
    assert "below zero" in line["starts-below-zero"].text


def test_a_curve_above_the_dose():
    finding = found(fitted("zero_order", FIRST_ORDER))["over-100"]
    assert "passes 100 % at" in finding.text
    assert "over-100" not in found(fitted("first_order", FIRST_ORDER))


def test_power_laws_past_sixty_percent():
    assert "beyond-60" in found(fitted("korsmeyer_peppas", FIRST_ORDER))
    assert "beyond-60" not in found(fitted("korsmeyer_peppas", 10 * np.sqrt(TIME[:10]) + SCATTER[:10], TIME[:10]))


def test_an_exponent_near_zero():
    released = 80 + 1.5 * np.log(TIME) + 0.2 * SCATTER
    assert found(fitted("korsmeyer_peppas", released))["exponent-near-zero"].parameter == "n"


# ---------------------------------------------------------------------------------------------------------- residuals


def test_a_curve_worse_than_the_mean():
    released = np.full(12, 60.0) + SCATTER
    assert found(fitted("zero_order", released))["worse-than-mean"].severity == "serious"


def test_a_curve_that_misses_in_runs():
    findings = found(fitted("zero_order", 100 * (1 - np.exp(-0.06 * TIME)) + 0.1 * SCATTER))
    assert {"runs", "misses-readings"} & set(findings)


def test_lack_of_fit_against_replicates():
    time = np.tile(TIME, 3)
    released = np.tile(100 * (1 - np.exp(-0.25 * TIME)), 3) + 0.5 * np.concatenate(
        [SCATTER, -SCATTER[::-1], SCATTER[::-1]]
    )
    readings = points(released, time, np.repeat([0, 1, 2], 12))
    assert "lack-of-fit" not in found(fit(readings, model("first_order")))
    assert "(p < 0.0001)" in found(fit(readings, model("higuchi")))["lack-of-fit"].text


def test_one_reading_that_decides():
    outlier = FIRST_ORDER.copy()
    outlier[-1] = 40.0
    finding = found(fitted("first_order", outlier))["outlier"]
    assert finding.text.startswith("The reading of 40 % at 36 h lies further off")
    time = np.array([1.0, 1.1, 1.2, 1.3, 20])
    alone = found(fitted("zero_order_f0", [10.0, 12, 11, 13, 80], time))
    assert alone.keys() & {"one-reading-decides", "influential"}
    assert "80 % at 20 h" in (alone.get("one-reading-decides") or alone["influential"]).text


def test_the_errors_of_an_exact_fit_are_rounding():
    exact = 100 * (1 - np.exp(-0.25 * TIME))
    assert "imprecise" not in found(fitted("burst_first_order", exact))
    assert "zero-possible" not in found(fitted("peppas_sahlin_2", 12 * np.sqrt(TIME)))


def test_a_curve_without_a_value_says_where():
    from formulate.curves.formula import formula_model

    falling = found(fit(points([40.0, 20.0, 15.0, 9.0], [1.0, 2, 3, 4]), formula_model("a/t")))
    assert falling["no-value"].text == "The curve has no finite value at 0 h."
    rising = found(fit(points([1.0, 20.0, 35.0, 40.0], [1.0, 2, 3, 4]), formula_model("a*ln(t)")))
    assert "no-value" in rising
    for finding in (*falling.values(), *rising.values()):
        assert "inf" not in finding.text
        assert "nan" not in finding.text


def test_a_perfect_fit_raises_no_alarm():
    exact = fitted("first_order", 100 * (1 - np.exp(-0.25 * TIME)))
    assert diagnose(exact) == ()


# ------------------------------------------------------------------------------------------------------- the readings


def notes(released, time=TIME) -> dict[str, Finding]:
    table = np.atleast_2d(np.asarray(released, dtype=float))
    names = tuple(str(index) for index in range(table.shape[0]))
    return {note.code: note for note in reading_notes(Profile("A", np.asarray(time, dtype=float), table, names), "h")}


def test_sound_readings_raise_no_note():
    assert notes(FIRST_ORDER) == {}


def test_few_times():
    assert notes([20, 50, 70], [1, 2, 4])["few-times"].severity == "caution"
    assert notes([0, 20, 50], [0, 1, 2])["few-times"].severity == "serious"


def test_readings_on_the_plateau():
    found = notes([70, 95, 98, 99, 98, 100, 99], [1, 2, 3, 4, 5, 6, 7])
    assert "5 of 7 times" in found["mostly-plateau"].text or "6 of 7 times" in found["mostly-plateau"].text
    assert "few-in-the-rise" in found
    assert found["first-past-half"].text.startswith("The first reading after zero, at 1 h, is already 70 %")


def test_readings_outside_what_can_be():
    released = FIRST_ORDER.copy()
    released[0], released[-1] = -4.0, 112.0
    found = notes(released)
    assert "112 %" in found["readings-over-100"].text
    assert "-4 %" in found["readings-below-zero"].text


@pytest.mark.parametrize("blank", [-0.3, -1.9])
def test_readings_as_far_below_zero_as_an_assay_errs_raise_no_note(blank):
    released = FIRST_ORDER.copy()
    released[0] = blank
    assert notes(released) == {}


def test_readings_that_fall():
    assert "falls by 20 % to 36 h" in notes([10, 20, 35, 50, 60, 65, 70, 75, 80, 85, 85, 65])["readings-fall"].text


def test_release_that_levels_off_below_the_dose():
    assert "levels-off-early" in notes(0.6 * FIRST_ORDER)


def test_nothing_released_and_nothing_read():
    assert notes(np.zeros(12))["nothing-released"].severity == "serious"
    with pytest.raises(DomainError, match="number of readings = 0"):
        notes(np.full(12, math.nan))


def test_every_finding_has_a_brief_for_a_column_and_is_a_sentence():
    seen = set()
    for seed, law in enumerate(
        (lambda t: 100 * (1 - np.exp(-0.25 * t)), lambda t: 9 * np.sqrt(t), lambda t: 0 * t + 50)
    ):
        readings = points(law(TIME) + 2 * np.random.default_rng(seed).standard_normal(TIME.size))
        for entry in models("ddsolver"):
            for finding in diagnose(fit(readings, entry)):
                seen.add(finding.code)
                assert finding.text.endswith(".")
                assert finding.advice.endswith(".")
                assert finding.text[0].isupper() or finding.text.startswith(finding.parameter)
                assert 0 < len(finding.brief) <= BRIEF
                assert "{" not in finding.brief
    assert len(seen) > 10
    assert seen <= set(BRIEFS)
    assert Finding("plateau-extrapolated", "note", "", "", "Fmax").brief == "Fmax beyond the data"
    assert len(Finding("imprecise", "note", "", "", "a_very_long_name_of_a_parameter").brief) <= BRIEF
    assert probability_text(1e-110) == "p < 0.0001"
