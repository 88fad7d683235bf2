"""Make the release tables among the shipped examples: invented, so that they belong to nobody.

python -m bench.make_example_data
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).parents[1] / "formulate" / "examples"
Floats = NDArray[np.float64]


def measured(curve: Floats, units: int, between: float, noise: float, seed: int) -> Floats:
    """Give readings of several units: each has its own extent (relative SD), each reading its error (points)."""
    generator = np.random.default_rng(seed)
    extent = 1.0 + between * generator.standard_normal((units, 1))
    found = curve * extent + noise * generator.standard_normal((units, curve.size))
    found[:, curve == 0.0] = 0.0
    return np.asarray(np.round(np.maximum(found, 0.0), 1))


def weibull(time: Floats, scale: float, shape: float, most: float = 100.0) -> Floats:
    """Give a Weibull curve [%]."""
    return np.asarray(most * (1.0 - np.exp(-((time / scale) ** shape))))


def write(name: str, first: str, head: list[str], time: Floats, readings: Floats) -> None:
    """Write a wide table: time, then one column for each unit."""
    rows = [",".join(f"{value:g}" for value in (moment, *row)) for moment, row in zip(time, readings.T, strict=True)]
    (FOLDER / name).write_text("\n".join([f"# {first}", ",".join(head), *rows]) + "\n", encoding="utf-8", newline="\n")


def main() -> None:
    """Write all of them."""
    days = np.array([0.0, 0.25, 1, 2, 4, 7, 10, 14, 18, 21, 28, 35])
    biphasic = 16.0 * (1.0 - np.exp(-days / 0.4)) + weibull(days, 16.0, 2.1, 78.0)
    units = [f"unit {number} (%)" for number in (1, 2, 3)]
    write(
        "release-microspheres.csv",
        "Invented data: release from PLGA microspheres, three vials, in per cent of the dose; fit it",
        ["time (d)", *units],
        days,
        measured(biphasic, 3, 0.03, 1.2, seed=11),
    )
    minutes = np.array([5.0, 10, 15, 20, 30, 45, 60])
    vessels = [f"vessel {number} (%)" for number in range(1, 13)]
    for name, scale, shape, seed in (("reference", 17.0, 1.05, 21), ("test", 20.0, 1.0, 22)):
        write(
            f"dissolution-{name}.csv",
            f"Invented data: dissolution of the {name} product, twelve vessels; compare reference with test",
            ["time (min)", *vessels],
            minutes,
            measured(weibull(minutes, scale, shape, 99.0), 12, 0.02, 1.5, seed),
        )
    hours = np.array([0.0, 0.5, 1, 2, 3, 4, 6, 8, 12, 24, 36, 48])
    carrier, bag = 0.09, 0.42  # 1/h: out of the liposomes, through the bag (volumes 1 and 50 mL)
    share = 50.0 / 51.0
    inside = (bag * np.exp(-carrier * hours) - carrier * np.exp(-bag * hours)) / (bag - carrier)
    bags = [f"bag {number} (%)" for number in (1, 2, 3)]
    for name, curve, seed, what in (
        ("dialysis-liposomes", 100.0 * share * (1.0 - inside), 31, "liposomes in a dialysis bag, seen in the receiver"),
        (
            "dialysis-free-drug",
            100.0 * share * (1.0 - np.exp(-bag * hours)),
            32,
            "free drug in the same bag: the control",
        ),
    ):
        write(f"{name}.csv", f"Invented data: {what}", ["time (h)", *bags], hours, measured(curve, 3, 0.015, 1.0, seed))


if __name__ == "__main__":
    main()
