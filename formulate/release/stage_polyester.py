"""Release from particles of a polyester that degrades, by mechanism."""

from dataclasses import replace
from functools import partial

import numpy as np

from formulate.case import Case
from formulate.release import degradation
from formulate.release.stage_autocatalysis import (
    REFERENCE_DIAMETER,
    acid_told,
    asks_for_autocatalysis,
    autocatalytic_polyester,
)
from formulate.release.stage_nest import NEEDED, hydrolysis_rate, out_of_particles
from formulate.release.stage_triggers import own_time
from formulate.release.stage_width import coat_number, over_sizes
from formulate.results import Loading, Release
from formulate.sampling import Array


def polyester_degradation(case: Case, loading: Loading) -> Release:
    """Burst, diffusion out of a sphere whose polymer degrades, and erosion."""
    if asks_for_autocatalysis(case):
        return autocatalytic_polyester(case, loading)
    carrier = case.inner
    read = partial(carrier.read, needed_for=NEEDED)
    at_reference = case.payload.read("diffusion_coefficient_plga", NEEDED)
    exponent = read("diffusion_diameter_exponent")
    in_water = case.payload.read("diffusion_coefficient_water", NEEDED)
    rate, start = hydrolysis_rate(carrier), read("molecular_weight")
    # how one laboratory's release runs against another's, at the same formulation
    time = own_time(case, carrier) * read("between_study_time_factor")
    critical = read("critical_molecular_weight")
    erosion_time, shape = read("erosion_time"), read("erosion_shape")
    of_any_size = partial(
        degradation.polyester_released,
        time,
        largest_diffusivity=in_water,
        hydrolysis_rate=rate,
        growth_exponent=read("diffusion_growth_exponent"),
        initial_molar_mass=start,
        critical_molar_mass=critical,
        burst_fraction=read("burst_fraction"),
        burst_rate=read("burst_rate_constant"),
        diffusion_share=read("diffusion_share"),
        erosion_time=erosion_time,
        erosion_shape=shape,
    )

    def of_one_size(diameter: Array) -> Array:
        # the effective coefficient falls with size, because t50 does not grow with the square of the diameter
        initial = np.minimum(at_reference * (diameter / REFERENCE_DIAMETER) ** exponent, in_water)
        coat = coat_number(carrier, diameter / 2, initial)
        return of_any_size(radius=diameter / 2, initial_diffusivity=initial, boundary_number=coat)

    released = over_sizes(case, of_one_size)
    onset = degradation.erosion_onset(start, critical, rate)
    substance = 1.0 - degradation.eroded(time, onset, erosion_time, shape)
    result = out_of_particles(case, released, substance)
    return replace(result, warnings=(*result.warnings, *acid_told(case, read("diameter"), rate)))
