"""Finds calculators by what they are about: their ids, titles, docstrings, and the words of papers for them."""

import difflib
import re

from formulate.equations.registry import Calculator, calculators
from materials.errors import UnknownIdError

_MOST = 12  # of those whose documentation alone speaks of it
_FEWEST_LETTERS = 3  # of a part of a word
_LONGEST = 80  # letters of what is asked
_LIKE_AN_ID = 0.9  # of its letters
# what is short for words in ids and titles
_SHORT_FOR = {
    "ee": "encapsulation efficiency",
    "dl": "drug loading",
    "lc": "drug loading",
    "cv": "coefficient variation",
    "tg": "glass transition",
    "ev": "extracellular vesicle",
    "evs": "extracellular vesicle",
    "red": "relative energy difference",
    "logp": "partition",
    "log p": "partition",
}
# topics of papers -> words of ids, or a whole group; several readings with a bar between them
TOPICS = {
    "auc": "area curve",
    "autocatalysis": "autocatalysis",
    "cmc": "micellised concentration|@micelles",
    "crank": "released from sphere|released from slab|released from cylinder",
    "dialysis": "dialysis",
    "doxil": "drug vesicle|molecules vesicle|drug lipid|ammonium sulfate|remote",
    "doxorubicin": "ammonium sulfate|remote|drug lipid",
    "exosome": "@extracellular vesicles",
    "flory rehner": "molar mass crosslinks|swollen volume",
    "half life": "half life|leakage|degraded",
    "hplc": "assayed|product",
    "hydrogel": "@gels",
    "ich": "residual|exposure",
    "liposomal": "@vesicles|leakage|vesicle rate|vesicle released|equilibrium",
    "liposome": "@vesicles|leakage|vesicle rate|vesicle released|equilibrium",
    "mdt": "mean dissolution",
    "microsphere": "@particles and numbers|@polymer particles",
    "nanoparticle": "@particles and numbers|@polymer particles",
    "needle": "d99|diluent|carrier concentration",
    "nernst": "donnan|accumulation",
    "peg": "grafting|brush|grafted|coverage|flory radius",
    "pegylation": "grafting|brush|grafted|coverage|flory radius",
    "plga": "@polymer particles|polyester|hydrolysis|erosion",
    "poisson": "occupancy|share at least|share exactly|copies loaded share",
    "purity": "particles protein|free protein",
    "q3c": "residual|exposure|drying",
    "rpm": "speed",
    "sampling": "released amount",
    "stirring": "speed",
    "supernatant": "drug recovery|free drug",
    "t50": "half life|leakage",
    "zeta": "donnan",
}


def calculator(name: str) -> Calculator:
    """Give a calculator by its id, hyphens or underscores alike; an UnknownIdError names what may be meant."""
    known = calculators()
    wanted = name.strip().casefold().replace("_", "-")
    if wanted not in known:
        raise UnknownIdError("calculator", name, _suggested(wanted))
    return known[wanted]


def find(words: str) -> tuple[Calculator, ...]:
    """Give the calculators about some words, those that say it in id, title or group before the others.

    >>> [item.id for item in find("freundlich")]
    ['adsorb-freundlich']
    """
    wanted = _normal(words[:_LONGEST])
    if all(len(word) == 1 for word in wanted):
        return ()
    known = calculators().values()
    said = " ".join(wanted)
    readings = [reading for reading in TOPICS.get(said, "").split("|") if reading]
    found = [item for reading in readings for item in known if _is_about(item, reading)]
    named = _normal(_SHORT_FOR.get(said, said))
    found += [item for item in known if _in(named, _normal(f"{item.id} {item.group} {item.title}"))]
    if not found and len("".join(wanted)) >= _FEWEST_LETTERS:
        found = [item for item in known if _in(wanted, _normal(item.text))][:_MOST]
    return tuple(dict.fromkeys(found))


def is_misspelt(name: str) -> bool:
    """Tell whether a name is nearly the id of a calculator, so that it is no search."""
    wanted = name.strip().casefold().replace("_", "-")[:_LONGEST]
    return bool(difflib.get_close_matches(wanted, calculators(), 1, _LIKE_AN_ID))


def _suggested(wanted: str) -> list[str]:
    near = difflib.get_close_matches(wanted[:_LONGEST], calculators(), 3)
    found = [] if is_misspelt(wanted) else [item.id for item in find(wanted)]
    return list(dict.fromkeys([*found, *near]))[:5] or ["none; `formulate calculate` lists them all"]


def _is_about(item: Calculator, reading: str) -> bool:
    return item.group == reading[1:] if reading.startswith("@") else _in(_normal(reading), _normal(item.id))


def _in(wanted: list[str], words: list[str]) -> bool:
    """Tell whether each wanted word begins one of the words, or is one where it is short."""
    return all(
        any(word == part or (len(part) >= _FEWEST_LETTERS and word.startswith(part)) for word in words)
        for part in wanted
    )


def _normal(text: str) -> list[str]:
    """Give the words of a text, without the s of the plural."""
    words = re.findall(r"[a-z0-9]+", text.casefold())
    return [word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word for word in words]
