"""The form of a table of release: how it is read, how it is fitted, what it is compared with; and what it holds.

Its content is flat: ``table`` is the path, every other key an option in the user's own words, as the fields have them.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from formulate.experiment.asked import asked
from formulate.experiment.data import Profile, ReleaseData
from formulate.experiment.reading import read_release
from formulate.experiment.workbook import is_workbook, sheet_names
from formulate.fitting.written import read_bounds, read_constants, read_level, read_numbers, read_quantity
from formulate.form.content import text
from formulate.form.parts import Choice, Field, Form, Kind, Section
from materials.errors import FormulateError, MissingValueError

Content = Mapping[str, Any]
Shown = dict[str, Any]
READING, FIT, SIMILARITY = "reading", "fit", "similarity"  # the sections
TEXTS = ("sheet", "time_unit", "unit", "dose", "volume", "sample", "decimal", "profiles")  # as `read_release` has them


@dataclass(frozen=True)
class _Option:
    """A field, the argument it becomes, and how its text is read."""

    name: str
    label: str
    read: Callable[[str], Any] = str
    kind: Kind = "text"
    unit: str = ""
    default: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    argument: str = ""  # where it is not the name
    help: str = ""

    def field(self, content: Content, choices: tuple[Choice, ...] = ()) -> Field:
        offered = choices or tuple(Choice(value, label) for value, label in self.choices)
        kind: Kind = "choice" if offered else self.kind
        return Field((self.name,), self.label, kind, text(content, self.name), self.default, self.unit, offered,
                     help=self.help)  # fmt: skip


def _times(typed: str) -> list[float]:
    try:
        return [float(part) for part in typed.split(",") if part.strip()]
    except ValueError:
        raise FormulateError(f"{typed!r}; need times in the unit of the data, with commas between") from None


def _time(typed: str) -> float:
    (time,) = _times(typed)
    return time


def _count(typed: str) -> int:
    if not typed.isdecimal() or int(typed) == 1:
        raise FormulateError(f"{typed!r}; need 0 for none, or 2 and more")
    return int(typed)


def _names(typed: str) -> list[str]:
    return [part.strip() for part in typed.split(",") if part.strip()]


def _models(typed: str) -> str:
    from formulate.fitting.choice import chosen_models

    with suppress(MissingValueError):  # of a physical law: the constants stand in another field
        chosen_models(typed, None, {}, 1.0)
    return typed


def _formula(typed: str) -> str:
    from formulate.curves.formula import formula_model

    formula_model(typed)
    return typed


def _rules(typed: str) -> list[str]:
    from formulate.similarity.rules import rule

    return [rule(name).id for name in _names(typed)]


def _columns(typed: str) -> dict[str, str]:
    found = {}
    for part in filter(str.strip, typed.split(";")):
        header, equals, role = part.rpartition("=")
        if not equals or not header.strip() or not role.strip():
            raise FormulateError(f"{part.strip()!r}; need HEADER = ROLE such as Q3 = ignore")
        found[header.strip()] = role.strip()
    return found


_YES = (("yes", "yes"),)
_READ = (
    _Option("time_unit", "unit of time", lambda typed: asked(time_unit=typed),
            default="of the header", help="Where the header does not say: h, d, min."),
    _Option("unit", "unit of readings", lambda typed: asked(unit=typed),
            default="of the header",
            help="Where the header does not say: percent, fraction, mg, ug/mL."),
    _Option("dose", "dose in a unit", lambda typed: asked(dose=typed),
            help="All the drug in one unit, where readings are a mass or a concentration."),
    _Option("volume", "volume of medium", lambda typed: asked(volume=typed),
            kind="quantity", unit="mL", help="Where readings are concentrations."),
    _Option("sample", "sample taken", kind="quantity", unit="mL",
            help="At each time; readings are then corrected for what samples took."),
    _Option("replaced", "samples replaced", default="yes", choices=(("no", "no"),)),
    _Option("corrected", "readings account for", default="as the kind of reading",
            choices=(("yes", "what samples took"), ("no", "nothing yet"))),
    _Option("sheet", "sheet", default="the first with a table", help="Of a workbook, by name or number."),
    _Option("decimal", "decimals by", default="a point", choices=((",", "a comma"),)),
    _Option("profiles", "columns are", default="by their names",
            choices=(("one", "units of one"), ("each", "profiles"))),
    _Option("columns", "columns hold", _columns,
            help="What a header means, with semicolons between: Q3 = ignore; S = sd."),
)  # fmt: skip
_FIT = (
    _Option("models", "models", default="all", choices=(
        ("all", "all"), ("ddsolver", "those of DDSolver"), ("empirical", "other empirical"),
        ("basic", "six common ones"), ("lag", "with a lag"), ("plateau", "with a plateau"))),
    _Option("only", "only these", _models, argument="models",
            help="Names with commas between, in place of the group: weibull_2, first_order."),
    _Option("formula", "a law of your own", _formula, help="Fmax*(1-exp(-k*t)); fitted besides."),
    _Option("weighting", "weights", default="1",
            choices=(("1", "1"), ("1/y", "1/y"), ("1/y2", "1/y²"), ("1/sd2", "1/SD²"))),
    _Option("replicates", "units", default="pooled",
            choices=(("pooled", "pooled"), ("mean", "their mean"), ("each", "each by itself too"))),
    _Option("criterion", "ranked by", default="AICc",
            choices=tuple((name, name) for name in ("AICc", "AIC", "BIC", "MSC", "R2adj"))),
    _Option("up_to", "only up to", lambda typed: 100.0 * read_quantity("", typed, "percent"),
            help="Only readings of each unit before its first above this share."),
    _Option("start", "only from time", _time, "number", help="In the unit of the data."),
    _Option("until", "only until time", _time, "number", help="In the unit of the data."),
    _Option("leave_out", "without times", _times, help="Times struck from the data, with commas between."),
    _Option("profile", "profile", default="all"),
    _Option("fixed", "held", lambda typed: read_numbers("", [typed]), help="Parameters held: n = 0.5, k = 0.1."),
    _Option("bounds", "kept within", lambda typed: read_bounds([typed], ""), help="Ranges: Tlag = 0:5."),
    _Option("shared", "in common", _names, help="Parameters that all profiles of the file have in common."),
    _Option("constants", "constants", lambda typed: read_constants([typed], ""),
            help="Of physical laws, with units: radius = 25 um."),
    _Option("level", "level", lambda typed: read_level(typed, ""), default="95 %"),
    _Option("intervals", "by likelihood too", bool, default="no", choices=_YES, argument="profile_intervals"),
    _Option("bootstrap", "bootstrap fits", _count, "number", default="0"),
)  # fmt: skip
_SIMILARITY = (
    _Option("reference", "reference", default="the first"),
    _Option("second", "second file", help="The path of a second table; Ctrl+N asks for it."),
    _Option("second_sheet", "its sheet"),
    _Option("test", "test", default="the other"),
    _Option("rules", "rules", _rules, default="all", help="With commas between: ema, fda, who, anvisa, canada, both."),
    _Option("mtad", "tolerable difference", lambda typed: 100.0 * read_quantity("", typed, "percent"), default="10 %",
            help="The largest at every time."),
    _Option("similarity_level", "level of limits", lambda typed: read_level(typed, ""), default="90 %",
            argument="level"),
    _Option("replicates_of_f2", "bootstrap of f2", _count, "number", default="10000", argument="bootstrap"),
)  # fmt: skip
_CHOSEN_HERE = ("reference", "second", "second_sheet", "test")


def read_measured(content: Content, *, second: bool = False) -> ReleaseData:
    """Give the release data of a content; `second`, those of the second table, read in the same way.

    Raises
    ------
    FormulateError
        An option or the file cannot be read.
    """
    given = _reading_of(content)
    if second:
        return read_release(text(content, "second"), **{**given, "sheet": text(content, "second_sheet")})
    return read_release(text(content, "table"), **given)


def _reading_of(content: Content) -> dict[str, Any]:
    corrected = {"yes": True, "no": False}.get(text(content, "corrected"))
    given: dict[str, Any] = {name: text(content, name).strip() for name in TEXTS}
    columns = _columns(text(content, "columns"))
    return {**given, "decimal": given["decimal"] or ".", "replaced": text(content, "replaced") != "no",
            "corrected": corrected, "columns": columns}  # fmt: skip


def fit_arguments(content: Content) -> dict[str, Any]:
    """Give the arguments of `analyse` that a content asks for.

    Raises
    ------
    FormulateError
        A text cannot be read.

    Examples
    --------
    >>> fit_arguments({"table": "a.csv", "only": "weibull_2", "up_to": "60 %"})
    {'models': 'weibull_2', 'up_to': 60.0}
    """
    given = _arguments(content, _FIT)
    if "formula" in given and not {"models", "only"} & content.keys():
        given["models"] = ()  # a law of one's own alone, as on the command line
    return given


def similarity_arguments(content: Content) -> dict[str, Any]:
    """Give the arguments of `similarity` that a content asks for."""
    return _arguments(content, [item for item in _SIMILARITY if item.name not in _CHOSEN_HERE])


def _arguments(content: Content, options: Any) -> dict[str, Any]:
    given = {}
    for item in options:
        typed = text(content, item.name).strip()
        if typed:
            given[item.argument or item.name] = item.read(typed)
    return given


def measured_form(content: Content) -> tuple[Form, Shown]:
    """Give the fields of a table of release with what is wrong, and what was read of it.

    Returns
    -------
    form : Form
        Sections ``reading``, ``fit`` and ``similarity``; a fault that no field has is of its section.
    shown : dict
        ``data`` and ``second``: see `shown_data`; None where the table cannot be read, or there is none.
    """
    faults = dict(_faults(content))
    data = second = None
    try:
        data = read_measured(content)
    except FormulateError as error:
        if not faults.keys() & {item.name for item in _READ}:
            faults[READING] = in_words(str(error))
    if text(content, "second"):
        try:
            second = read_measured(content, second=True)
        except FormulateError as error:
            faults["second"] = in_words(str(error))
    names = tuple(Choice(item.name, item.name) for item in data.profiles) if data else ()
    others = tuple(Choice(item.name, item.name) for item in second.profiles) if second else names
    chosen = {"profile": names, "reference": names, "test": others,
              "sheet": _sheets(text(content, "table")), "second_sheet": _sheets(text(content, "second"))}  # fmt: skip
    sections = tuple(
        Section((part,), title, "", tuple(item.field(content, chosen.get(item.name, ())) for item in options))
        for part, title, options in ((READING, "How it is read", _READ), (FIT, "How it is fitted", _FIT),
                                     (SIMILARITY, "What is compared", _SIMILARITY))
    )  # fmt: skip
    return Form(sections, faults), {
        "data": shown_data(data) if data else None,
        "second": shown_data(second) if second else None,
    }


def in_words(told: str) -> str:
    """Name fields where a text names options of the command line, and arguments of Python beside them.

    >>> in_words("no unit of time; need --time-unit h")
    "no unit of time; need the field 'unit of time' h"
    >>> in_words("--from 0.5 (in Python start=0.5) leaves them out")
    "the field 'only from time' 0.5 leaves them out"
    """
    told = re.sub(r" \(in Python [^)]*\)", "", told)
    for item in sorted((*_READ, *_FIT), key=lambda each: -len(each.name)):
        name = "from" if item.name == "start" else item.name
        for option in (f"--{name.replace('_', '-')}", f"--{name.rstrip('s')}"):
            told = re.sub(rf"{option}\b", f"the field {item.label!r}", told)
    return told


def _sheets(path: str) -> tuple[Choice, ...]:
    """Give the sheets to choose from, where a file is a workbook of several."""
    try:
        data = Path(path).read_bytes() if path else b""
    except OSError:
        return ()
    names = sheet_names(data) if is_workbook(data) else ()
    return tuple(Choice(name, name) for name in names) if len(names) > 1 else ()


def _faults(content: Content) -> Iterator[tuple[str, str]]:
    """Give what is wrong with each text by itself."""
    for item in (*_READ, *_FIT, *_SIMILARITY):
        typed = text(content, item.name).strip()
        if not typed:
            continue
        try:
            item.read(typed)
        except FormulateError as error:
            yield item.name, str(error).removeprefix(": ")


def shown_data(data: ReleaseData) -> Shown:
    """Give what a screen shows of release data.

    Returns
    -------
    dict
        ``title``; ``time_unit``; ``given_as``; ``warnings``; ``profiles``: see `shown_profile`.
    """
    return {
        "title": Path(data.source).name or "release data",
        "time_unit": data.time_unit,
        "given_as": data.given_as,
        "warnings": [in_words(text) for text in data.warnings],
        "profiles": [shown_profile(item) for item in data.profiles],
    }


def shown_profile(profile: Profile, times: float = 1.0) -> Shown:
    """Give a profile as plain data, None where there is no reading.

    Returns
    -------
    dict
        ``name``; ``time`` [unit of the data, times a factor]; ``mean``, ``deviation`` and, of each of ``unit_names``,
        ``released`` [percent]; ``count`` of units at each time.
    """
    deviation = profile.standard_deviation
    return {
        "name": profile.name,
        "time": [float(time) * times for time in profile.time],
        "unit_names": list(profile.unit_names),
        "released": [plain(row) for row in profile.released],
        "mean": plain(profile.mean),
        "deviation": None if deviation is None else plain(deviation),
        "count": [int(number) for number in profile.count],
        "units_behind": profile.units_behind,
    }


def plain(values: Any) -> list[float | None]:
    """Give numbers as a list, None for what is not finite."""
    return [float(value) if math.isfinite(value) else None for value in values]
