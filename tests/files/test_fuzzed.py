"""Every reader, whatever it is given: it reads or refuses in short lines, soon.

Mutated seeds of `bench.fuzzing`, other ones with every run; and what its coverage-guided runs have found, in which the
expected outcome is a refusal, by the rule of the house for what a user can cause.
"""

import random
from contextlib import suppress
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.fuzzing.mutation import Reader, mutated
from bench.fuzzing.readers import READERS
from bench.fuzzing.running import fault
from materials.errors import FormulateError, UnitError
from materials.units import si_factor


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Give what makes a reader with its seeds, each once: some write files before they read any."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("fuzzed")
        for kind in ("CONFIG", "STATE"):
            patch.setenv(f"XDG_{kind}_HOME", str(folder / kind.lower()))

        @cache
        def make(name: str) -> tuple[Reader, tuple[bytes, ...]]:
            scratch = folder / name
            scratch.mkdir()
            reader = READERS[name](scratch)
            return reader, tuple(reader.seeds())

        yield make


@pytest.mark.parametrize("name", READERS)
def test_a_seed_is_read(name, made):
    reader, seeds = made(name)
    for seed in seeds:  # a question is no target, but a seed of both
        with suppress(FormulateError, *reader.accepts):
            reader.read(seed)
            return
    pytest.fail("all refused: what is made of them would not come far")


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=12)
@given(number=st.integers(0, 2**32))
def test_whatever_it_is_given_is_read_or_refused(name, number, made):
    reader, seeds = made(name)
    chance = random.Random(number)
    data = chance.choice(seeds)
    for _ in range(chance.randint(1, 4)):
        data = mutated(data, chance, reader)
    found = fault(reader, data)
    assert found is None, "\n".join((*found, repr(data)))


FOUND = {  # the reader, and what it once was no match for
    "a kind that is a table": ("form", b"kind = { question = 1 }\n"),
    "a second row of names without the time": (
        "release",
        b"time (m.in),concentration (ug/mL),sample (mL)\n"
        b"time (mNA),concentration (ug/mL),stime (h)ample (mL)\n[{}],NA0.5,1",
    ),
    "a tower of powers as the unit of a ratio": ("quantity", b"1 10**10**10**10**10/m"),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found_is_refused(name, made):
    reader, _ = made(FOUND[name][0])
    assert fault(reader, FOUND[name][1]) is None
    with pytest.raises((FormulateError, *reader.accepts)):
        reader.read(FOUND[name][1])


def test_a_blank_row_of_a_sweep_is_of_no_sweep(made):
    reader, (header, *_) = made("sweep")
    with pytest.raises(FormulateError, match="made from something else"):
        reader.read(header + b"\n")


@pytest.mark.parametrize("unit", ["1/(m", "m*(s", "s**m", "()", "m**(s"])
def test_a_unit_that_pint_gives_up_on_is_refused(unit):
    with pytest.raises(UnitError, match="unit"):
        si_factor(unit)
