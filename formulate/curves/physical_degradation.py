"""Release from polyester spheres (PLGA, PLA) that hydrolyse: burst, diffusion that quickens, erosion after an onset.

The parts are those of `formulate.release.degradation`, so that what is fitted here can be simulated there.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from math import exp, log
from typing import Any

import numpy as np

from formulate.curves import composite
from formulate.curves.model import Floats, Model, Parameter
from formulate.curves.physical_law import BURST, RADIUS, Constant, Law, bounded
from formulate.curves.physical_shapes import ENDED, SPHERE
from formulate.domain import require
from formulate.release.degradation import dimensionless_time

LARGEST_GROWTH = 100.0  # of the logarithm of D: far above any polymer

PITT_1981 = "Pitt et al. 1981, Biomaterials 2, 215 (fall of the molar mass)"
FAISANT_2002 = "Faisant, Siepmann and Benoit 2002, Eur. J. Pharm. Sci. 15, 355 (D grows as the molar mass falls)"

GROWTH = Constant(
    "growth_exponent", "logarithm of the growth of D from intact to wholly degraded polymer", "", 1e-6, LARGEST_GROWTH
)
INITIAL_MASS = Constant("initial_molar_mass", "molar mass of the polymer at the start", "kg/mol", 1e-3, 1e5)
CRITICAL_MASS = Constant(
    "critical_molar_mass", "molar mass at which the polymer begins to dissolve", "kg/mol", 1e-3, 1e5
)
EROSION_SHAPE = Constant("erosion_shape", "Weibull shape of the mass loss, at least 1", "", 1.0, 100.0)
BURST_PACE = Constant("burst_rate", "rate at which the burst leaves", "1/s", 1e-12, 1e6)

SHARE_IN_BURST = replace(BURST, meaning="percent released in the burst")
BURST_RATE = Parameter("kb", "rate at which the burst leaves", "1/s", "log", 0.0)
DIFFUSIVITY = Parameter("D0", "diffusion coefficient of the drug in the intact wet polymer", "m**2/s", "log", 0.0)
HYDROLYSIS = Parameter("kd", "rate at which the molar mass falls", "1/s", "log", 0.0)
DIFFUSING = Parameter(
    "phi", "share of the drug within that can diffuse; the rest waits for erosion", "", high=1.0, low=0.0
)
EROSION_TIME = Parameter("te", "time from the onset of erosion to 63.2 % eroded", "s", "log", 0.0)

# times and rates to start from, in units of the last time
BURST_RATES = (6.0, 30.0, 200.0)
DIFFUSIONS = (1e-5, 3e-4, 3e-3, 0.03, 0.3)
HYDROLYSES = (0.1, 0.7, 2.0, 5.0)
ONSETS = (0.05, 0.2, 0.35, 0.5, 0.75)
EROSION_TIMES = (0.05, 0.15, 0.5, 1.5)


def _diffused(
    seconds: Floats, radius: float, growth: float, diffusivity: Any, hydrolysis: Any
) -> tuple[Floats, Floats, Floats]:
    """Share that has diffused out of the sphere, D0 dF/dD0 and kd dF/dkd."""
    diffusivity = np.clip(diffusivity, 1e-150, 1e20)
    hydrolysis = np.clip(hydrolysis, 1e-100, 1e100)
    never_reached = 2.0 * exp(growth) * diffusivity
    tau = dimensionless_time(seconds, radius, diffusivity, hydrolysis, growth, never_reached)
    grown = diffusivity * np.exp(-growth * np.expm1(-hydrolysis * seconds)) * seconds / radius**2
    slope = SPHERE.slope(np.minimum(tau, ENDED))
    quickening = np.where(tau > 0.0, grown / np.where(tau > 0.0, tau, 1.0) - 1.0, 0.0)
    return SPHERE.share(np.minimum(tau, ENDED)), slope, slope * quickening


def _onset(constants: Mapping[str, float]) -> float:
    """Give kd times the onset of erosion."""
    start, critical = constants[INITIAL_MASS.name], constants[CRITICAL_MASS.name]
    require(
        "initial_molar_mass", start, "kg/mol", start > critical, f"> critical_molar_mass, {critical:g}",
        "erosion begins at once: use burst_weibull",
    )  # fmt: skip
    return log(start / critical)


def _eroded(
    seconds: Floats, falls: float, shape: float, hydrolysis: Any, erosion_time: Any
) -> tuple[Floats, Floats, Floats]:
    """Share eroded, kd dE/dkd and te dE/dte."""
    onset, erosion_time = falls / bounded(hydrolysis), bounded(erosion_time)
    share, by_time, _, pace = composite.weibull_slopes(seconds - onset, erosion_time, shape)
    return share, np.where(pace > 0.0, pace * np.minimum(onset, 1e100), 0.0), erosion_time * by_time


def _diffusion(constants: Mapping[str, float], seconds: float) -> Model:
    radius, growth = constants["radius"], constants["growth_exponent"]

    def curve(time: Floats, burst: Any, burst_rate: Any, diffusivity: Any, hydrolysis: Any) -> Floats:
        elapsed = seconds * np.asarray(time)
        share, _, _ = _diffused(elapsed, radius, growth, diffusivity, hydrolysis)
        return np.asarray(burst * composite.first_order(elapsed, burst_rate) + (100.0 - burst) * share)

    def gradient(time: Floats, burst: Any, burst_rate: Any, diffusivity: Any, hydrolysis: Any) -> Floats:
        elapsed = seconds * np.asarray(time)
        early, by_burst_rate, _ = composite.first_order_slopes(elapsed, burst_rate)
        share, by_diffusivity, by_hydrolysis = _diffused(elapsed, radius, growth, diffusivity, hydrolysis)
        rest = 100.0 - burst
        return composite.rows(
            early - share,
            burst * by_burst_rate,
            rest * by_diffusivity / bounded(diffusivity),
            rest * by_hydrolysis / bounded(hydrolysis),
        )

    return Model(
        "",
        "",
        "",
        (
            SHARE_IN_BURST,
            _starting(BURST_RATE, BURST_RATES, 1.0 / seconds),
            _starting(DIFFUSIVITY, DIFFUSIONS, radius**2 / seconds),
            _starting(HYDROLYSIS, HYDROLYSES, 1.0 / seconds),
        ),
        curve,
        gradient,
        lambda longer, burst, burst_rate, diffusivity, hydrolysis: (
            burst,
            burst_rate * longer,
            diffusivity * longer,
            hydrolysis * longer,
        ),
    )


def _erosion(constants: Mapping[str, float], seconds: float) -> Model:
    falls, shape = _onset(constants), constants["erosion_shape"]

    def curve(time: Floats, burst: Any, burst_rate: Any, hydrolysis: Any, erosion_time: Any) -> Floats:
        elapsed = seconds * np.asarray(time)
        eroded, _, _ = _eroded(elapsed, falls, shape, hydrolysis, erosion_time)
        return np.asarray(burst * composite.first_order(elapsed, burst_rate) + (100.0 - burst) * eroded)

    def gradient(time: Floats, burst: Any, burst_rate: Any, hydrolysis: Any, erosion_time: Any) -> Floats:
        elapsed = seconds * np.asarray(time)
        early, by_burst_rate, _ = composite.first_order_slopes(elapsed, burst_rate)
        eroded, by_hydrolysis, by_time = _eroded(elapsed, falls, shape, hydrolysis, erosion_time)
        rest = 100.0 - burst
        return composite.rows(
            early - eroded,
            burst * by_burst_rate,
            rest * by_hydrolysis / bounded(hydrolysis),
            rest * by_time / bounded(erosion_time),
        )

    return Model(
        "",
        "",
        "",
        (
            SHARE_IN_BURST,
            _starting(BURST_RATE, BURST_RATES, 1.0 / seconds),
            _starting(HYDROLYSIS, tuple(falls / onset for onset in ONSETS), 1.0 / seconds),
            _starting(EROSION_TIME, EROSION_TIMES, seconds),
        ),
        curve,
        gradient,
        lambda longer, burst, burst_rate, hydrolysis, erosion_time: (
            burst,
            burst_rate * longer,
            hydrolysis * longer,
            erosion_time / longer,
        ),
    )


def _both(constants: Mapping[str, float], seconds: float) -> Model:
    radius, growth, pace = constants["radius"], constants["growth_exponent"], constants["burst_rate"]
    falls, shape = _onset(constants), constants["erosion_shape"]

    def parts(time: Floats, diffusivity: Any, hydrolysis: Any, erosion_time: Any) -> tuple[Any, ...]:
        elapsed = seconds * np.asarray(time)
        diffused = _diffused(elapsed, radius, growth, diffusivity, hydrolysis)
        return composite.first_order(elapsed, pace), diffused, _eroded(elapsed, falls, shape, hydrolysis, erosion_time)

    def curve(time: Floats, burst: Any, diffusivity: Any, hydrolysis: Any, phi: Any, erosion_time: Any) -> Floats:
        early, (diffused, _, _), (eroded, _, _) = parts(time, diffusivity, hydrolysis, erosion_time)
        return np.asarray(burst * early + (100.0 - burst) * (eroded + phi * (diffused - eroded)))

    def gradient(time: Floats, burst: Any, diffusivity: Any, hydrolysis: Any, phi: Any, erosion_time: Any) -> Floats:
        early, of_diffusion, of_erosion = parts(time, diffusivity, hydrolysis, erosion_time)
        diffused, by_diffusivity, quickened = of_diffusion
        eroded, earlier, by_time = of_erosion
        rest, waiting = 100.0 - burst, (100.0 - burst) * (1.0 - phi)
        return composite.rows(
            early - eroded - phi * (diffused - eroded),
            rest * phi * by_diffusivity / bounded(diffusivity),
            (rest * phi * quickened + waiting * earlier) / bounded(hydrolysis),
            rest * (diffused - eroded),
            waiting * by_time / bounded(erosion_time),
        )

    # the burst has a pace of its own, so that time cannot be counted in another unit: starts in place of grids
    def starts(time: Floats, released: Floats) -> Floats:
        last = float(np.max(time)) * seconds
        scales = (radius**2 / last, falls / last, 1.0, last)
        values = (DIFFUSIONS, tuple(1.0 / onset for onset in ONSETS), (0.2, 0.5, 0.8), EROSION_TIMES)
        rows = np.array(list(product(*values))) * np.array(scales)
        return np.column_stack([np.full(len(rows), np.nan), rows])

    parameters = (SHARE_IN_BURST, DIFFUSIVITY, HYDROLYSIS, DIFFUSING, EROSION_TIME)
    return Model("", "", "", parameters, curve, gradient, starts=starts)


def _starting(parameter: Parameter, values: tuple[float, ...], unit: float) -> Parameter:
    return replace(parameter, grid=tuple(value * unit for value in values))


EVEN = "the polymer hydrolyses evenly (acid escapes: small particles) and the drug is dissolved in it; perfect sink"
DIFFUSION = "C of fick_sphere with D t = int_0^t D0 exp(alpha [1 - exp(-kd s)]) ds, alpha = growth_exponent"
EROSION = "E = 1 - exp{-[(t - ton)/te]^beta} after ton = ln(Mw0/Mwc)/kd, beta = erosion_shape"

LAWS = (
    Law(
        "plga_diffusion",
        "Polyester sphere: burst, then diffusion that quickens",
        f"F = FB [1 - exp(-kb t)] + (100 - FB) C, {DIFFUSION}",
        (RADIUS, GROWTH),
        (SHARE_IN_BURST, BURST_RATE, DIFFUSIVITY, HYDROLYSIS),
        _diffusion,
        f"{EVEN}; the release is over before the polymer dissolves; D0 and kd tell themselves apart only if the curve "
        "bends upwards: fix kd where the molar mass was measured",
        f"{FAISANT_2002}; {PITT_1981}",
    ),
    Law(
        "plga_erosion",
        "Polyester sphere: burst, then erosion",
        f"F = FB [1 - exp(-kb t)] + (100 - FB) E, {EROSION}",
        (INITIAL_MASS, CRITICAL_MASS, EROSION_SHAPE),
        (SHARE_IN_BURST, BURST_RATE, HYDROLYSIS, EROSION_TIME),
        _erosion,
        f"{EVEN}; nothing diffuses out of the intact polymer",
        f"{PITT_1981}; Weibull form of the mass loss",
    ),
    Law(
        "plga_diffusion_erosion",
        "Polyester sphere: burst, diffusion that quickens, and erosion",
        f"F = FB [1 - exp(-kb t)] + (100 - FB) [phi C + (1 - phi) E], {DIFFUSION}; {EROSION}",
        (RADIUS, GROWTH, INITIAL_MASS, CRITICAL_MASS, EROSION_SHAPE, BURST_PACE),
        (SHARE_IN_BURST, DIFFUSIVITY, HYDROLYSIS, DIFFUSING, EROSION_TIME),
        _both,
        f"{EVEN}; five parameters ask for well over ten readings: fix kd where the molar mass was measured",
        f"{FAISANT_2002}; {PITT_1981}; Weibull form of the mass loss",
    ),
)
