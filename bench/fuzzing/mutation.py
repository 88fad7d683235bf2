"""A new input made of one before: its bytes are changed, or what stands in them.

A table is read, some of its values are taken out, doubled, renamed or replaced by such as harm, and it is written
again: so what lies behind the parser is reached too.
"""

import datetime
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import tomli
import tomli_w

MOST_BYTES = 60_000

# values that once broke some reader, and such as nobody would write
HARMFUL: tuple[Any, ...] = (
    "", " ", "0", "-1", "1", "nan", "inf", "1e308", "1e-320", "1e999999", "9" * 400, "5", "5 mg", "-5 mg", "0 um",
    "1e300 um", "1e-300 um", "40 um (30 to 55)", "40 um (", "1,5 mg", "5 mg/mL", "5 %", "10 percent_w_w", "1 umol/L",
    "28 d", "1 year", "m**999", "5 m**9**9**9", "50 kg/mol", "37 degC", "7.4", "knee", "disc", "dasatinib", "bmp-2",
    "liposome", "plga-microsphere", "hyaluronic-acid-hydrogel", "free-drug-solution", "osteoarthritis", "question",
    "formulation", "target", "intra-articular", "\x00", "a\nb", "\x1b[31m", "\u202e", "\u00e9" * 30, "\u6c34", "../..",
    "/",
    "a" * 3000, "[", "{", "%", "=1+1", "user", "assumed", 0, 1, -1, 2, 3, 16, 64, 2**31, 2**63 - 1, -(2**63), 10**30,
    0.0, -0.0, 0.5, 1e308, -1e308, 5e-324, float("inf"), float("nan"), True, False, datetime.date(2020, 2, 29),
    datetime.time(1, 2), datetime.datetime(1, 1, 1, tzinfo=datetime.UTC), [], {}, [[]], [{}], {"": 0}, ["dasatinib"],
    [1, "a", {}], {"typical": "40 um", "low": "50 um"}, {"typical": []},
)  # fmt: skip


@dataclass(frozen=True)
class Reader:
    """What is fuzzed: a function that reads bytes, what it starts from, and how its content is taken apart."""

    read: Callable[[bytes], object]
    seeds: Callable[[], Iterable[bytes]]
    form: str = ""  # "toml", "json", "xlsx" or "lines"; nothing where bytes alone are changed
    words: tuple[str, ...] = ()  # that the mutator puts in
    accepts: tuple[type[Exception], ...] = ()  # refusals besides FormulateError


def mutated(
    data: bytes, chance: random.Random, reader: Reader, change: Callable[[bytes], bytes] | None = None
) -> bytes:
    """Give a new input made of one before, by its content or by its bytes; these are changed by `change` if given."""
    if reader.form and chance.random() < 0.5:
        try:
            made = _CHANGED[reader.form](data, chance, reader)
            if len(made) <= MOST_BYTES:
                return made
        except Exception:
            pass  # what cannot be taken apart is changed byte by byte
    if change and chance.random() < 0.8:
        return change(data)
    place = chance.randrange(len(data) + 1)
    word = _word(chance, reader).encode("utf-8", "replace")
    return (data[:place] + word + data[place + chance.choice((0, 1, len(word))) :])[:MOST_BYTES]


def _changed_toml(data: bytes, chance: random.Random, reader: Reader) -> bytes:
    content = tomli.loads(data.decode("utf-8-sig"))
    _change(content, chance, reader)
    return tomli_w.dumps(content).encode()


def _changed_json(data: bytes, chance: random.Random, reader: Reader) -> bytes:
    content = json.loads(data)
    _change(content, chance, reader)
    return json.dumps(content, default=str).encode()


def _changed_lines(data: bytes, chance: random.Random, reader: Reader) -> bytes:
    """Change a cell, a row or the order of rows of a table."""
    lines = data.decode("utf-8", "replace").split("\n")
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(lines))
        cells = lines[at].split(",")
        match chance.randrange(6):
            case 0:
                lines.insert(at, chance.choice(lines))
            case 1 if len(lines) > 1:
                del lines[at]
            case 2:
                cells.insert(chance.randrange(len(cells) + 1), _word(chance, reader))
                lines[at] = ",".join(cells)
            case 3:
                lines = ["\t".join(line.split(",")) for line in lines]
            case _:
                cells[chance.randrange(len(cells))] = _word(chance, reader)
                lines[at] = ",".join(cells)
    return "\n".join(lines).encode("utf-8", "replace")


def _changed_xlsx(data: bytes, chance: random.Random, reader: Reader) -> bytes:
    """Change one part of a workbook, byte by byte or word by word, and pack it again."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = {part.filename: packed.read(part) for part in packed.infolist()}
    name = chance.choice(sorted(parts))
    part = bytearray(parts[name])
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(part) + 1)
        if chance.random() < 0.5:
            part[at : at + chance.choice((0, 1, 4, 20))] = _word(chance, reader).encode("utf-8", "replace")
        elif part:
            part[at % len(part)] = chance.randrange(256)
    if chance.random() < 0.1:
        del parts[name]
    else:
        parts[name] = bytes(part)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for each, content in parts.items():
            packed.writestr(each, content)
    return out.getvalue()


_CHANGED: Mapping[str, Callable[[bytes, random.Random, Reader], bytes]] = {
    "toml": _changed_toml, "json": _changed_json, "lines": _changed_lines, "xlsx": _changed_xlsx,
}  # fmt: skip


def _word(chance: random.Random, reader: Reader) -> str:
    return str(chance.choice((*reader.words, *HARMFUL)))


def _change(content: Any, chance: random.Random, reader: Reader) -> None:
    """Change some places of nested tables."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        held, key = chance.choice(list(_places(content)))
        match chance.randrange(7):
            case 0:
                del held[key]
            case 1 if isinstance(held, dict):
                held[chance.choice((*reader.words, str(key) + "x", "typical", "id"))] = held[key]
            case 1:
                held.append(held[key])
            case 2 if isinstance(held[key], dict):
                held[key][chance.choice(reader.words or ("id",))] = chance.choice((*reader.words, *HARMFUL))
            case 3:
                held[key] = [held[key]] if chance.random() < 0.5 else {str(key): held[key]}
            case 4 if isinstance(held[key], str) and held[key]:
                at = chance.randrange(len(held[key]))
                held[key] = (
                    held[key][:at] + chance.choice("0159.eE-+ ,/()*%\u00b5") + held[key][at + chance.randrange(2) :]
                )
            case 4 if isinstance(held[key], int | float):
                held[key] = held[key] * chance.choice((-1, 10, 0.1, 1e6, 1e-9, 1e12))
            case _:
                held[key] = chance.choice((*reader.words, *HARMFUL))
        if not any(True for _ in _places(content)):
            return


def _places(content: Any) -> Iterator[tuple[Any, Any]]:
    for key, item in list(content.items() if isinstance(content, dict) else enumerate(content)):
        yield content, key
        if isinstance(item, dict | list):
            yield from _places(item)
