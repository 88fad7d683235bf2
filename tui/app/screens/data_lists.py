"""The tables of the screen of release data: readings, models in order, what each method of comparison says."""

from typing import Any

from rich.text import Text

from tui.app.screens.data_words import beware
from tui.app.widgets.badges import verdict
from tui.app.widgets.table import Column, Line

Shown = dict[str, Any]
Listed = tuple[list[Column], list[Line]]
MOST_UNITS = 24  # columns of units


def readings_list(data: Shown) -> Listed:
    """Give a row for each time of each profile: mean, deviation, and every unit."""
    profiles = data["profiles"]
    several = len(profiles) > 1
    most = min(max((len(item["unit_names"]) for item in profiles), default=0), MOST_UNITS)
    columns = [Column("time", f"time [{data['time_unit']}]", None, "right")]
    columns += [Column("profile", "profile")] if several else []
    columns += [Column("mean", "mean [%]", None, "right"), Column("sd", "SD", None, "right")]
    if most > 1:
        names = profiles[0]["unit_names"] if not several else [f"unit {place}" for place in range(1, most + 1)]
        columns += [Column(f"unit-{place}", _unit(names[place]), None, "right") for place in range(most)]
    lines = []
    for index, item in enumerate(profiles):
        for at, time in enumerate(item["time"]):
            deviation = item["deviation"][at] if item["deviation"] else None
            numbers = [item["mean"][at], deviation]
            if most > 1:
                rows = item["released"][:most]
                numbers += [rows[place][at] if place < len(rows) else None for place in range(most)]
            cells = (f"{time:g}", *([item["name"]] if several else []), *map(_number, numbers))
            keys = (time, *([item["name"]] if several else []), *numbers)
            lines.append(Line(f"{index}:{at}", cells, keys))
    return columns, lines


def models_list(fit: Shown, profile: Shown, *, wide: bool) -> Listed:
    """Give the models, best first, with what to beware of; where there is room, with their numbers."""
    columns = [
        Column("place", "", 3, "right"), Column("model", "model", 28 if wide else 24),
        Column("behind", "behind", 7, "right"), Column("weight", "weight", 8, "right"), Column("beware", "beware", 0),
    ]  # fmt: skip
    if wide:
        columns += [Column("value", fit["criterion"], 7, "right"), Column("r2", "R² adj", 8, "right"),
                    Column("p", "p", 2, "right")]  # fmt: skip
    lines = []
    for item in profile["models"]:
        against = item["beware"]
        told = Text(beware(against), "bold" if against and against[0] == "serious" else "", no_wrap=True,
                    overflow="ellipsis")  # fmt: skip
        place = f"{item['place']}" if item["place"] else "–"
        cells: tuple[str | Text, ...] = (place, item["name"], item["behind_text"], item["weight_text"], told)
        weight = None if item["weight"] is None else -item["weight"]
        keys: tuple[Any, ...] = (item["place"], item["name"].casefold(), item["behind"], weight, str(told))
        if wide:
            cells += (item["value_text"], item["r2_adjusted"], f"{item['p']}")
            keys += (item["value"], _backwards(item["r2_adjusted"]), item["p"])
        lines.append(Line(item["id"], cells, keys))
    return columns, lines


def methods_list(found: Shown) -> Listed:
    """Give what each method of comparison says."""
    columns = [Column("method", "method", 28), Column("verdict", "verdict", 14), Column("numbers", "numbers", 0)]
    lines = [
        Line(str(place), (method, verdict(similar, word), says))
        for place, (method, similar, word, says) in enumerate(found["methods"])
    ]
    return columns, lines


def _unit(name: str) -> str:
    return f"unit {name}" if name.isdecimal() else name


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _backwards(shown: str) -> float | None:
    """Give what sorts the highest first."""
    try:
        return -float(shown.replace("−", "-"))
    except ValueError:
        return None
