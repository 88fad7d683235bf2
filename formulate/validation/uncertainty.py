"""Draws and what drives a result, proved: strata, medians and moments, and a function whose parts are known."""

import math

import numpy as np
from scipy import special

from formulate.sampling import Array, Draws
from formulate.sensitivity.design import pair_of_samples
from formulate.sensitivity.indices import first_order_from_draws, group_indices
from formulate.validation.case import Cases, Pair

cases = Cases("uncertainty")

# a = 7, b = 0.1, each input even over -pi to pi
A, B = 7.0, 0.1
VARIANCE = A**2 / 8 + B * math.pi**4 / 5 + B**2 * math.pi**8 / 18 + 0.5
FIRST = np.array([0.5 * (1 + B * math.pi**4 / 5) ** 2, A**2 / 8, 0.0]) / VARIANCE
TOTAL = FIRST + np.array([8 * B**2 * math.pi**8 / 225, 0.0, 8 * B**2 * math.pi**8 / 225]) / VARIANCE


def _ishigami(scores: dict[str, Array]) -> Array:
    x = [2 * math.pi * special.ndtr(scores[key]) - math.pi for key in "abc"]
    return np.asarray(np.sin(x[0]) + A * np.sin(x[1]) ** 2 + B * x[2] ** 4 * np.sin(x[0]))


@cases.proves("exact", absolute=0.0, source="mckay1979", origin="one draw in each of the strata of equal chance")
def strata_of_a_latin_hypercube() -> Pair:
    """Strata in which the draws of a quantity lie, sorted"""
    scores = Draws(512, seed=3).standard_normal("knee.lymph_flow")
    return np.arange(512.0), np.sort(np.floor(special.ndtr(scores) * 512))


@cases.proves("exact", absolute=0.01, origin="mean 0 and standard deviation 1 of the normal distribution")
def moments_of_the_draws() -> Pair:
    """Mean and standard deviation of the scores of a quantity"""
    scores = Draws(1024, seed=7).standard_normal("dasatinib.solubility")
    return [0.0, 1.0], [scores.mean(), scores.std()]


@cases.proves("exact", absolute=0.03, source="ishigami1990", origin="closed form of the variance and its parts")
def drivers_from_draws() -> Pair:
    """First-order indices of Ishigami's function from 8192 draws"""
    draws = Draws(8192, 3)
    scores = {key: draws.standard_normal(key) for key in "abc"}
    return FIRST, first_order_from_draws(_ishigami(scores), np.stack(list(scores.values())))


@cases.proves("exact", absolute=0.03, source="ishigami1990", origin="closed form of the variance and its parts")
def drivers_from_a_design() -> Pair:
    """First-order and total indices of Ishigami's function from a Saltelli design of 4096"""
    one, other = pair_of_samples("abc", 4096, 1)
    swapped = [_ishigami(one | {key: other[key]}) for key in "abc"]
    first, total = group_indices(_ishigami(one), _ishigami(other), swapped)
    return [FIRST, TOTAL], [first, total]
