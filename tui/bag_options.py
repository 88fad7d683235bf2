"""Options of the view through a dialysis bag: what its receiver would show of a predicted release."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from materials.errors import shorten
from tui.options import option_number
from tui.refusal import Refusal

if TYPE_CHECKING:
    from formulate.through_bag import Bag

Command = TypeVar("Command", bound=Callable[..., Any])
MOST_READINGS = 200
CONCEIVABLE = 1e-9, 1e9  # of a time, rate or volume in the unit that is told
_NAMES = ("half_time", "rate", "donor", "receiver", "at", "sample", "not_replaced")
_OPTIONS = (
    click.option("--dialysis-half-time", metavar="TIME",
                 help='Show what the receiver of a dialysis bag would read, which free drug leaves so: "2 h".'),
    click.option("--dialysis-rate", metavar="RATE", help='The same by its membrane, P S/V_d: "0.35 1/h".'),
    click.option("--dialysis-donor", metavar="VOLUME",
                 help='In the bag: "1 mL", with --dialysis-receiver; a sink if both are left out.'),
    click.option("--dialysis-receiver", metavar="VOLUME", help='Around the bag: "50 mL".'),
    click.option("--dialysis-at", metavar="TIMES", help='When it is read, with commas: "1 h, 4 h, 1 d, 7 d".'),
    click.option("--dialysis-sample", metavar="VOLUME", help='Taken of the receiver each time: "1 mL".'),
    click.option("--dialysis-not-replaced", is_flag=True, help="Samples are not replaced by fresh medium."),
)  # fmt: skip


def bag_options(command: Command) -> Command:
    """Give a command the options of a dialysis bag."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def bag_of(asked: dict[str, Any]) -> "Bag | None":
    """Take the bag out of what a command was asked; None where none was."""
    given = {name: asked.pop(f"dialysis_{name}") for name in _NAMES}
    told = [name.replace("_", "-") for name, value in given.items() if value not in (None, False)]
    half_time, rate = given["half_time"], given["rate"]
    if half_time is None and rate is None:
        if told:
            need = "--dialysis-half-time, that of free drug, or --dialysis-rate"
            raise Refusal(f"--dialysis-{told[0]}: there is no bag; need {need}")
        return None
    if half_time is not None and rate is not None:
        raise Refusal("--dialysis-half-time and --dialysis-rate: both tell how fast the bag is; need one of the two")
    volumes = {name: given[name] for name in ("donor", "receiver")}
    if len(one := [name for name, text in volumes.items() if text is not None]) == 1:
        other = "receiver" if one[0] == "donor" else "donor"
        raise Refusal(f"--dialysis-{one[0]}: one volume alone; need --dialysis-{other} with it")
    ratio, sample = 0.0, 0.0
    if volumes["donor"] is not None:
        donor, receiver = (_positive(f"--dialysis-{name}", text, "mL") for name, text in volumes.items())
        ratio = donor / receiver
    times = _times(given["at"])
    if given["sample"] is not None:
        if volumes["receiver"] is None:
            raise Refusal("--dialysis-sample: need --dialysis-donor and --dialysis-receiver with it")
        if not times:
            raise Refusal("--dialysis-sample: need --dialysis-at with it, the times at which it is taken")
        sample = _positive("--dialysis-sample", given["sample"], "mL") / receiver
    elif given["not_replaced"]:
        raise Refusal("--dialysis-not-replaced: no sample is taken; need --dialysis-sample with it")
    free = _free_rate(half_time, rate, ratio)
    from formulate.through_bag import Bag

    if not sample * (len(times) if given["not_replaced"] else 1) < 1.0:
        raise Refusal(
            f"--dialysis-sample: {shorten(given['sample'])!r}; need less than the receiver, in all where it is not "
            "replaced"
        )
    return Bag(free, ratio, times, sample, not given["not_replaced"])


def _free_rate(half_time: str | None, rate: str | None, ratio: float) -> float:
    import math

    if half_time is not None:
        return math.log(2.0) / _positive("--dialysis-half-time", half_time, "h")
    assert rate is not None
    return _positive("--dialysis-rate", rate, "1/h") * (1.0 + ratio)


def _times(text: str | None) -> tuple[float, ...]:
    if text is None:
        return ()
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise Refusal(f'--dialysis-at: {shorten(text)!r}: no time; need one or more with commas, such as "1 h, 4 h"')
    if len(parts) > MOST_READINGS:
        raise Refusal(f"--dialysis-at: {len(parts)} times; need at most {MOST_READINGS}")
    return tuple(sorted({_positive("--dialysis-at", part, "h") for part in parts}))


def _positive(option: str, text: str, unit: str) -> float:
    from materials.units import to_si

    found = option_number(option, text, unit)
    if not found > 0.0:
        raise Refusal(f"{option}: {shorten(text)!r}; need more than 0")
    least, most = CONCEIVABLE
    if not to_si(least, unit) <= found <= to_si(most, unit):
        raise Refusal(f"{option}: {shorten(text)!r}: beyond what is conceivable; need {least:g} to {most:g} {unit}")
    return found
