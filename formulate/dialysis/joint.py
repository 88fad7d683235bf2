"""A release law and the bag it is seen through as one model, whose curve holds the carrier's run and the control's."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from formulate.curves.model import Floats, Model, Parameter
from formulate.dialysis.compartments import received, receiver_share
from formulate.fitting.fit import fit
from formulate.fitting.results import Fit, Points
from materials.errors import DomainError

BAG = "kbag"
RECOVERY = "recovery"
STEP = 1e-4  # of the logarithm of the bag rate, for its central difference
FASTER = (1.0, 1.6, 3.0, 8.0, 30.0, 300.0)  # than what the receiver shows: releases to start a search from
SLOWER_BAG = (1.0, 0.6)
SMALLEST = 1e-290  # of a parameter on a log scale: what is smaller has lost its digits
LARGEST = 1e200  # sum of squares to start from


@dataclass(frozen=True, eq=False)
class Bench:
    """What is known of a dialysis experiment beside its readings."""

    volume_ratio: float = 0.0  # V_d/V_r
    unbound_fraction: float = 1.0
    sampled_share: float = 0.0  # of the receiver, at each reading
    added_back: bool = True
    carrier_samples: tuple[float, ...] = ()
    control_samples: tuple[float, ...] = ()
    recovery: bool = False  # whether the control's plateau is fitted

    def carrier(self, time: Floats, release: Any, bag_rate: Any) -> Floats:
        """Give what the receiver of the carrier shows, percent."""
        return self._shown(time, release, bag_rate, self.unbound_fraction, self.carrier_samples)

    def control(self, time: Floats, bag_rate: Any) -> Floats:
        """Give what the receiver of the free drug shows, percent of a dose that is found in full."""
        if self.sampled_share:
            return self._shown(time, lambda s: np.full(s.shape, 100.0), bag_rate, 1.0, self.control_samples)
        return np.asarray(-100.0 * float(receiver_share(self.volume_ratio)) * np.expm1(-bag_rate * time))

    def _shown(
        self, time: Floats, release: Any, bag_rate: Any, unbound_fraction: float, samples: tuple[float, ...]
    ) -> Floats:
        """Give what a receiver shows; NaN for a rate that is none, as a search may try."""
        rate = np.asarray(bag_rate, dtype=np.float64)
        known = np.isfinite(rate) & (rate >= 0.0)
        with np.errstate(all="ignore"):  # far beyond the readings some laws leave the range of numbers
            shown = received(
                time,
                release,
                np.where(known, rate, 1.0),
                volume_ratio=self.volume_ratio,
                unbound_fraction=unbound_fraction,
                sampled_at=samples,
                sampled_share=self.sampled_share,
                added_back=self.added_back,
            )
        return shown if known.all() else np.where(known, shown, np.nan)


IMMEDIATE = Model(
    "immediate",
    "all at once",
    "F = 100",
    (),
    lambda t: np.full(np.shape(t), 100.0),
    lambda t: np.zeros((0, *np.shape(t))),
    rescaled=lambda c: (),
)
IMMEDIATE_PART = Model(
    "immediate_fmax",
    "part at once",
    "F = Fmax",
    (Parameter("Fmax", "percent released", "%", "linear", 0.0),),
    lambda t, plateau: plateau + np.zeros(np.shape(t)),
    lambda t, plateau: np.ones((1, *np.broadcast_shapes(np.shape(t), np.shape(plateau)))),
    rescaled=lambda c, plateau: (plateau,),
)


def joint_points(carrier: Points, control: Points) -> Points:
    """Put the readings of both runs on one axis: those of the control stand at their times below zero."""
    return Points(
        np.concatenate([carrier.time, -control.time]),
        np.concatenate([carrier.released, control.released]),
        np.concatenate([carrier.weight, control.weight]),
        np.concatenate([carrier.unit, control.unit + 1 + carrier.unit.max(initial=0)]),
        carrier.weighting,
        carrier.time_unit,
        (*carrier.left_out, *control.left_out),
    )


def joint_model(law: Model, bench: Bench, last: float, near: tuple[float, ...], bag: float) -> Model:
    """Make a model of a law and the bag together.

    Parameters
    ----------
    law : Model
        Release into the bag.
    bench : Bench
        Volumes, binding, sampling.
    last : float
        Last time of the carrier's run; the domains of the law's parameters go by it [time].
    near : tuple of float
        Parameters of the law that describe what the receiver shows, to start from.
    bag : float
        The rate the control shows, to start from [1/time].

    Returns
    -------
    Model
        Parameters those of the law, then `kbag` [1/time], then `recovery` [%] where it is fitted. Times below zero are
        those of the control.

    Notes
    -----
    ``F(t) = A_r(t; law, kbag)`` for the carrier, ``F(-t) = A_r(t; all at once, kbag)`` for the control: kbag is
    ``k_m (1 + V_d/V_r)``. It is the control that says which of two rates is the carrier's.
    """
    count = len(law.parameters)
    low, high = (tuple(_in_unit(law, last, end)) for end in ("low", "high"))
    own = tuple(
        replace(parameter, low=lowest, high=highest)
        for parameter, lowest, highest in zip(law.parameters, low, high, strict=True)
    )
    parameters = [*own, Parameter(BAG, "rate a free drug leaves the bag with", "1/{t}", "log", 0.0)]
    if bench.recovery:
        parameters.append(Parameter(RECOVERY, "percent of the free drug that is found", "%", "linear", 0.0))

    def curve(t: Floats, *given: Any) -> Floats:
        time, is_control = np.asarray(t, dtype=np.float64), np.signbit(t)
        bag_rate, full = given[count], (given[count + 1] / 100.0 if bench.recovery else 1.0)
        result = np.empty(np.broadcast_shapes(time.shape, *(np.shape(value) for value in given)))
        if not is_control.all():
            carrier = bench.carrier(time[~is_control], lambda s: law.curve(s, *given[:count]), bag_rate)
            result[..., ~is_control] = carrier
        result[..., is_control] = full * bench.control(-time[is_control], bag_rate)
        return result

    def gradient(t: Floats, *given: Any) -> Floats:
        time, is_control = np.asarray(t, dtype=np.float64), np.signbit(t)
        bag_rate, full = given[count], (given[count + 1] / 100.0 if bench.recovery else 1.0)
        result = np.zeros((len(parameters), *np.broadcast_shapes(time.shape, *(np.shape(value) for value in given))))

        up, down = bag_rate * np.exp(STEP), bag_rate * np.exp(-STEP)

        def rows(s: Floats) -> Floats:
            """Give the slopes of the law, and twice the law itself, for a bag a little faster and slower."""
            curve_of_law = np.asarray(law.curve(s, *given[:count]))
            shape = np.broadcast_shapes(curve_of_law.shape, np.shape(bag_rate))
            found = np.empty((count + 2, *shape))
            found[count:] = curve_of_law
            if count:  # a slope may be infinite at single times, whose area is none
                slopes = np.asarray(law.gradient(s, *given[:count]), dtype=np.float64)
                found[:count] = np.nan_to_num(slopes, nan=0.0, posinf=0.0, neginf=0.0)
            return found

        # as wide as the widest parameter: some may be held while others are searched together
        lead = np.broadcast_shapes((1,), *(np.shape(value) for value in given))
        rates = np.stack([np.broadcast_to(rate, lead) for rate in (*[bag_rate] * count, up, down)])
        carrier = bench.carrier(time[~is_control], rows, rates)
        result[:count][..., ~is_control] = carrier[:count]
        result[count][..., ~is_control] = (carrier[count] - carrier[count + 1]) / (up - down)
        free = [full * bench.control(-time[is_control], rate) for rate in (up, down)]
        result[count][..., is_control] = (free[0] - free[1]) / (up - down)
        if bench.recovery:
            result[count + 1][..., is_control] = bench.control(-time[is_control], bag_rate) / 100.0
        return result

    def starts(t: Floats, released: Floats) -> Floats:
        rows = []
        tail = (100.0,) if bench.recovery else ()
        for speed in FASTER if law.rescaled is not None and count else FASTER[:1]:
            values = near if speed == 1.0 or law.rescaled is None else law.rescaled(speed, *near)
            rows += [(*map(float, values), bag * slower, *tail) for slower in SLOWER_BAG]
        table = np.array(rows)
        table = np.clip(table, [*low, *[0.0] * (1 + len(tail))], [*high, *[np.inf] * (1 + len(tail))])
        logarithmic = [parameter.coordinate == "log" for parameter in parameters]
        usable = np.isfinite(table).all(axis=1) & (table[:, logarithmic] > SMALLEST).all(axis=1)
        with np.errstate(all="ignore"):
            squares = ((curve(t, *table.T[:, :, None]) - released) ** 2).sum(axis=1)
        usable &= squares < LARGEST
        if not usable.any():
            need = "at least 1 whose curve is a number at every reading"
            raise DomainError(f"starts of {law.name}", 0, "", need, "leave this law out, or take another unit of time")
        return np.asarray(table[usable])

    return Model(
        f"{law.id} in a bag",
        f"{law.name} in a bag",
        f"receiver of a bag with {law.equation}",
        tuple(parameters),
        curve,
        gradient,
        starts=starts,
        group="formula",  # its times may be below zero
        monotone=law.monotone,
        constants={"volume_ratio": bench.volume_ratio, "unbound_fraction": bench.unbound_fraction},
        assumes="both sides of the membrane well stirred, nothing held by it",
    )


def joint_fit(law: Model, readings: Points, both: Points, bench: Bench, bag: Fit, level: float) -> Fit:
    """Fit a law and the bag to both runs, from what the law makes of the receiver and the control of the bag.

    Raises
    ------
    DomainError
        There are fewer readings than parameters.
    """
    last = float(readings.time.max())
    near: tuple[float, ...] = ()
    if law.parameters:
        apparent = replace(readings, released=readings.released / float(receiver_share(bench.volume_ratio)))
        near = tuple(fit(apparent, law, level=level).values.tolist())
    return fit(both, joint_model(law, bench, last, near, float(bag.values[0])), level=level)


def _in_unit(law: Model, last: float, end: str) -> Floats:
    """Give the ends of domains, which count time in units of the last, in the unit of the data."""
    ends = np.array([getattr(parameter, end) for parameter in law.parameters], dtype=np.float64)
    if law.rescaled is None or not ends.size:
        return ends
    finite = np.isfinite(ends) & (ends != 0.0)
    with np.errstate(all="ignore"):
        moved = np.array(law.rescaled(1.0 / last, *np.where(finite, ends, 1.0)), dtype=np.float64)
    return np.where(finite & np.isfinite(moved), moved, ends)


def release_of(joint: Fit, law: Model, carrier: Points, degrees_of_freedom: int) -> Fit:
    """Give the law alone from its fit with the bag, with its part of the covariance and that part's own freedom.

    Its points are the readings moved to the bag side: the fitted release and what the reading differs from the fitted
    receiver, so that the residuals are those of the joint fit.
    """
    count = len(law.parameters)
    values = joint.values[:count]
    residuals = carrier.released - joint.curve(carrier.time)
    moved = np.asarray(law.curve(carrier.time, *values)) + residuals
    return replace(
        joint,
        model=law,
        points=replace(carrier, released=moved),
        parameters=joint.parameters[:count],
        covariance=joint.covariance[:count, :count],
        criteria=replace(joint.criteria, degrees_of_freedom=degrees_of_freedom),
        bounds={},
    )
