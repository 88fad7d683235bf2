"""What living cells secrete at the site: how much, and what of it a gel around them holds."""

import numpy as np

from formulate.estimate import Group, estimate
from formulate.inputs import Input
from formulate.layer import Layer
from formulate.own_numbers import drawn
from formulate.release.gel import depot_radius
from formulate.release.secretion import held_secretion
from formulate.residence import Residence
from formulate.sampling import Array, Draws
from formulate.secretes import DIFFUSIVITY, HALF_LIFE, RATES, Secretes
from materials.errors import Fault, FileError

DAY = 86400.0
NOTE = (
    "what cells secrete is your rate times the cells that live, in culture and at the site alike; the gel is taken as "
    "a whole sphere with cells spread evenly. How long the substance stays at the site once it is out of the gel is "
    "not in these numbers: give it as a payload for that"
)


def secretion_numbers(residence: Residence, draws: Draws) -> tuple[tuple[Group, ...], tuple[Input, ...]]:
    """Give what the cells of a residence secrete, a group for each substance, and the numbers it adds to the inputs.

    Raises
    ------
    FileError
        The cells lie in a gel, and it is not told how the substance moves there.
    """
    index, layer = next(
        (place, item) for place, item in enumerate(residence.formulation.layer) if item.id == residence.loading.layer
    )
    groups: list[Group] = []
    added: list[Input] = []
    for place, item in enumerate(layer.secretes):
        group, inputs = _one(residence, layer, item, draws, f"layer.{index}.secretes.{place}")
        groups.append(group)
        added += inputs
    return tuple(groups), tuple(added)


def _one(
    residence: Residence, layer: Layer, item: Secretes, draws: Draws, field: str
) -> tuple[Group, tuple[Input, ...]]:
    key = f"{layer.id}.{item.name}"
    note = f"of {item.name}{f', {item.source}' if item.source else ''}"
    rate = drawn(f"{key}.rate", RATES[item.is_counted], item.numbers("rate"), draws, f"secretion {note}")
    added = [rate]
    time, horizon = residence.time, float(residence.time[-1])
    wanted = min(residence.formulation.target.seconds, horizon)
    until = int(np.searchsorted(time, wanted * (1 + 1e-12), side="right")) - 1
    per_cell = rate.draws[:, None]
    inside = residence.whole * residence.in_depot * per_cell
    outside = residence.whole * (residence.left - residence.in_depot) * per_cell
    outside_sum = _sum(time, outside)
    unit, days = ("1" if item.is_counted else "ng"), f"{time[until] / DAY:.3g} d"
    held = None
    if residence.in_depot.any():
        if item.diffusivity_in_gel is None:
            need = 'need how it moves in the gel, such as "40 um^2/s"'
            raise FileError([Fault("formulation", f"{field}.diffusivity_in_gel", f"is missing; {need}")])
        moves = drawn(f"{key}.diffusivity_in_gel", DIFFUSIVITY,
                      item.numbers("diffusivity_in_gel"), draws, f"diffusivity in the gel {note}")  # fmt: skip
        added.append(moves)
        decay = np.zeros(1)
        if item.half_life_in_gel is not None:
            lives = drawn(f"{key}.half_life_in_gel", HALF_LIFE, item.numbers("half_life_in_gel"), draws,
                          f"half-life in the gel {note}")  # fmt: skip
            added.append(lives)
            decay = np.log(2.0) / lives.draws
        radius = np.broadcast_to(depot_radius(residence.volume), moves.draws.shape)
        held = held_secretion(time, np.maximum(inside, 0.0), moves.draws, radius, decay)
    rests = (*residence.inputs, *added)
    secreted = outside_sum + (0.0 if held is None else held.secreted)
    numbers = [
        estimate("secreted", f"secreted at the site in {days}", unit, secreted[:, until], rests),
        estimate("secretion_peak", "secreted in a day, at most", unit, (inside + outside).max(axis=1) * DAY, rests),
        estimate("secretion_at_end", f"secreted in a day, after {days}", unit,
                 (inside + outside)[:, until] * DAY, rests),
    ]  # fmt: skip
    if held is not None:
        most = held.held[:, : until + 1].max(axis=1)
        numbers += [
            estimate("held_peak", "held by the gel, at most", unit, most, rests),
            estimate("held_at_end", f"held by the gel after {days}", unit, held.held[:, until], rests),
            estimate(
                "outside_gel", f"secreted by cells that left the gel, in {days}", unit, outside_sum[:, until], rests
            ),
            estimate("released", f"let out of the gel in {days}", unit, held.released[:, until], rests),
        ]
        if item.half_life_in_gel is not None:
            numbers.append(estimate("lost_in_gel", f"degraded in the gel in {days}", unit, held.lost[:, until], rests))
        dense = ("1/mL", "held_density") if item.is_counted else ("ng/mL", "held_concentration")
        numbers.append(estimate(dense[1], "mean level in the gel, at most", dense[0], most / residence.volume, rests))
    return Group(f"secreted: {item.name}", tuple(numbers)), tuple(added)


def _sum(time: Array, rate: Array) -> Array:
    """Give the cumulative sum of a rate, (draws, times), steady within a step at its mean."""
    came = 0.5 * (rate[:, 1:] + rate[:, :-1]) * np.diff(time)
    return np.concatenate([np.zeros((len(rate), 1)), np.cumsum(came, axis=1)], axis=1)
