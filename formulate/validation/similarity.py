"""Profiles compared, proved: printed examples, an independent package, other ways to the same interval."""

import math

import numpy as np
from scipy import stats

from formulate.similarity import difference, factors, maximum, multivariate, rescigno, tolerance
from formulate.validation.case import Cases, Pair

cases = Cases("similarity")

# percent dissolved at 15 and 90 min, six tablets of each
REFERENCE = np.array([[65.58, 93.14], [67.17, 88.01], [65.56, 86.83], [66.51, 88.00], [69.06, 89.70], [69.77, 88.88]])
TEST = np.array([[47.77, 92.39], [49.46, 89.93], [47.76, 90.19], [49.72, 94.12], [52.68, 93.80], [51.01, 94.45]])


@cases.proves("published", absolute=0.01, source="xu2021", origin="vignette: four points and five")
def f2_of_a_vignette() -> Pair:
    """f2 of two products by their first four and five points"""
    reference = np.array([17.60, 42.48, 63.95, 79.22, 94.18])
    test = np.array([19.02, 50.77, 76.24, 90.52, 98.68])
    return [51.34, 53.13], [factors.f2(reference[:n], test[:n]) for n in (4, 5)]


@cases.proves("exact", absolute=5e-4, origin="100 - 25 log10(101), by hand")
def f2_of_ten_points() -> Pair:
    """f2 of profiles ten points apart, which guidelines call 50"""
    reference = np.array([12.0, 40.0, 77.0])
    return 49.892, factors.f2(reference, reference + 10.0)


@cases.proves("exact", absolute=1e-12, unit="%", origin="20/100 and 20/80, by hand")
def f1_by_hand() -> Pair:
    """f1 of 50, 50 against 40, 40, and the other way round"""
    return [20.0, 25.0], [factors.f1([50.0, 50.0], [40.0, 40.0]), factors.f1([40.0, 40.0], [50.0, 50.0])]


@cases.proves("limit", absolute=1e-12, origin="equal profiles")
def equal_profiles() -> Pair:
    """f1, f2 and Rescigno's two indices of a profile and itself"""
    time, profile = np.array([1.0, 2.0, 5.0]), np.array([20.0, 50.0, 90.0])
    indices = rescigno.rescigno(time, profile, profile)
    return [0.0, 100.0, 0.0, 0.0], [
        factors.f1(profile, profile), factors.f2(profile, profile), indices.xi1, indices.xi2,
    ]  # fmt: skip


@cases.proves("published", relative=2e-6, source="tsong1996", origin="Table 1; numbers of the R package disprofas")
def tablets_of_tsong() -> Pair:
    """Mahalanobis distance, T2, F, limit of similarity and confidence limits of six tablets each"""
    found = multivariate.multivariate(REFERENCE, TEST, mtad=15.0, level=0.9, significance=0.1)
    got = [found.distance, found.k, found.t2, found.f, found.limit, found.low, found.high, found.noncentrality]
    return [10.44045, 1.35, 327.0089, 147.1540, 9.630777, 8.948135, 11.93276, 278.2556], got


@cases.proves("published", relative=1e-7, unit="%", source="tsong1996", origin="Table 1; limits of disprofas, by SAS")
def tolerance_limits_of_tsong() -> Pair:
    """Limits that hold 99 % of the tablets with confidence 95 %, at 15 and 90 min"""
    factor = float(tolerance.sas_factor(6, 0.99, 0.95))
    mean, deviation = REFERENCE.mean(axis=0), REFERENCE.std(axis=0, ddof=1)
    expected = [[56.9041726, 76.2458801], [77.6458274, 101.940787]]
    return expected, [mean - factor * deviation, mean + factor * deviation]


@cases.proves("published", absolute=6e-4, source="nist2012", origin="section 7.2.6.3")
def tolerance_factor_of_howe() -> Pair:
    """Two-sided tolerance factor of 43 units, 90 % of all with confidence 99 %"""
    return 2.217, tolerance.howe_factor(43, 0.90, 0.99)


@cases.proves("other method", relative=1e-9, unit="%", origin="Welch's interval of scipy")
def limits_of_a_difference() -> Pair:
    """Confidence limits of the difference of two products at each time"""
    low, high = difference.difference_limits(
        (REFERENCE.mean(axis=0), TEST.mean(axis=0)),
        (REFERENCE.std(axis=0, ddof=1), TEST.std(axis=0, ddof=1)),
        (6, 6),
    )
    other = stats.ttest_ind(TEST, REFERENCE, equal_var=False).confidence_interval(0.9)
    return [other.low, other.high], [low, high]


@cases.proves("other method", relative=1e-9, unit="%", origin="the worse of Welch's limits of scipy")
def largest_difference() -> Pair:
    """Upper limit of the largest difference by intersection and union"""
    found = maximum.maximum_deviation(REFERENCE, TEST, time=[15.0, 90.0], count=200)
    other = stats.ttest_ind(TEST, REFERENCE, equal_var=False).confidence_interval(0.9)
    return np.maximum(np.abs(other.low), np.abs(other.high)).max(), found.union_high


@cases.proves("other method", relative=1e-6, origin="straight lines on a mesh of 280 001 points, trapezoids")
def indices_of_rescigno() -> Pair:
    """Rescigno's two indices of curves that cross"""
    time = np.array([0.0, 1.0, 3.0, 7.0, 14.0, 28.0])
    one, other = np.array([0.0, 20.0, 35.0, 60.0, 80.0, 95.0]), np.array([0.0, 10.0, 38.0, 55.0, 88.0, 90.0])
    fine = np.linspace(0.0, 28.0, 280_001)
    first, second = np.interp(fine, time, one), np.interp(fine, time, other)
    apart, total = np.abs(first - second), first + second
    expected = [
        np.trapezoid(apart, fine) / np.trapezoid(total, fine),
        math.sqrt(np.trapezoid(apart**2, fine) / np.trapezoid(total**2, fine)),
    ]
    found = rescigno.rescigno(time, one, other)
    return expected, [found.xi1, found.xi2]
