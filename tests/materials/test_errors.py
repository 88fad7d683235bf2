"""Errors hold their data, survive a process boundary, and stay on one line whatever they are given."""

import pickle

import pytest

from materials.catalog import load
from materials.errors import (
    CatalogError,
    DomainError,
    Fault,
    FileError,
    FormulateError,
    MissingValueError,
    UnitError,
    UnknownIdError,
    near,
    nearest,
    shorten,
)

HOSTILE = "a\nb\r\n\x1b[31m\u2028\u202e\x00\tc" + "z" * 10_000
ERRORS = [
    UnitError("1,5 mg", "decimal comma", "a number with a unit such as mg"),
    DomainError("loading", 5.0, "kg/m**3", "> solubility (10)", "a fully dissolved drug follows first_order"),
    UnknownIdError("carrier", "plga", ["plga-nanoparticle", "plga-microsphere"]),
    MissingValueError("dasatinib", "crystal_density", "crystals", "set it in the formulation"),
    CatalogError("knee.toml: knee: broken"),
    FileError([Fault("a.toml", "payload.dose", "no unit", 3), Fault("a.toml", "", "not TOML")]),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_errors_pickle(error):
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_every_error_is_one_that_a_user_can_cause(error):
    assert isinstance(error, FormulateError)


def test_messages_say_what_was_given_and_what_is_needed():
    assert str(ERRORS[0]) == "'1,5 mg': decimal comma; need a number with a unit such as mg"
    assert str(ERRORS[1]) == (
        "loading = 5 kg/m**3; need > solubility (10) (a fully dissolved drug follows first_order)"
    )
    assert str(ERRORS[3]) == "dasatinib has no crystal_density, which crystals needs; set it in the formulation"
    assert str(DomainError("exponent", 2.0, "", "< 1")) == "exponent = 2; need < 1"


def test_a_file_error_lists_each_fault_on_its_own_line():
    assert str(ERRORS[5]).splitlines() == ["a.toml:3: payload.dose: no unit", "a.toml: not TOML"]


@pytest.mark.parametrize(
    "error", [UnitError(HOSTILE, "no unit", "mg"), UnknownIdError("carrier", HOSTILE, ["knee"])], ids=["unit", "id"]
)
def test_hostile_text_stays_on_one_short_printable_line(error):
    message = str(error)
    assert len(message.splitlines()) == 1
    assert message.isprintable()
    assert len(message) < 200


@pytest.mark.parametrize("text", ["", " ", "\n", HOSTILE, "é" * 500, "\ud800", "a" * 60, "a" * 61, 5, None])
def test_shorten_keeps_to_its_limit(text):
    short = shorten(text)
    assert len(short) <= 60
    assert short == "" or short.isprintable()


def test_nearest_gives_three_best_first():
    known = ["plga-nanoparticle", "pegylated-liposome", "plga-microsphere", "knee"]
    assert nearest("plga-nanoparticles", known)[0] == "plga-nanoparticle"
    assert nearest("LIPOSOME", known)[0] == "pegylated-liposome"
    assert len(nearest("x", known)) == 3
    assert nearest("x", []) == []


def test_an_id_like_no_other_is_refused_without_a_suggestion():
    for given in ("xyzzy", "zzz", "42"):
        with pytest.raises(UnknownIdError, match="nearest: none"):
            load().entry(given)
        with pytest.raises(UnknownIdError, match=r"nearest: none; `formulate catalog sites` lists them all"):
            load().site(given)
    assert near("gel", ["fibrin-gel", "mettl3-gene", "bmsc-cells"]) == ["fibrin-gel"]  # no letters alike, but a word


@pytest.mark.parametrize(
    ("look_up", "given", "first"),
    [
        ("carrier", "plga-nanoparticles", "plga-nanoparticle"),
        ("carrier", "PLGA-Microsphere", "plga-microsphere"),
        ("payload", "dasatanib", "dasatinib"),
        ("site", "kneee", "knee"),
        ("property", "burst_fractions", "burst_fraction"),
    ],
)
def test_an_unknown_id_names_the_nearest_and_never_answers(look_up, given, first):
    with pytest.raises(UnknownIdError) as caught:
        getattr(load(), look_up)(given)
    assert caught.value.nearest[0] == first
    assert f"nearest: {first}" in str(caught.value)


@pytest.mark.parametrize("given", ["", HOSTILE, "../../etc/passwd", "knee\n"])
def test_a_hostile_id_is_refused_in_one_line(given):
    with pytest.raises(UnknownIdError) as caught:
        load().site(given)
    assert len(str(caught.value).splitlines()) == 1
