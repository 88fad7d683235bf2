"""Cost, difficulty and risk: what is said of a carrier, of what it is a kind of, and of its parts."""

from dataclasses import replace

import pytest

from formulate.standing import Asked, Rules, asked_for, read_rules, shipped_rules, standing_of
from formulate.standing.grades import grade
from formulate.standing.rules import rules_text
from materials.catalog import Catalog, shipped
from materials.errors import FormulateError, UnknownIdError
from materials.values import Statement

RULES = shipped_rules()


def said(kind: str, degree: str = "", text: str = "told", **more: str) -> Statement:
    content = {"kind": kind, "degree": degree, "text": text, "evidence": "primary", "source": "kraus2018"}
    return Statement.model_validate({**content, **more})


def with_statements(**statements: tuple[Statement, ...]) -> Catalog:
    """Give the catalog with these statements on these carriers, and none on any other."""
    carriers = {
        name: entry.model_copy(update={"statement": statements.get(name.replace("-", "_"), ())})
        for name, entry in shipped().carriers.items()
    }
    return replace(shipped(), carriers=carriers)


def test_what_is_not_said_is_not_graded():
    told = grade(with_statements(), ["liposome"], [], "cost", RULES)
    assert (told.score, told.word, told.evidence) == (None, "not known", "")
    assert told.told == ("no source in the catalog states a cost of liposome",)


def test_what_is_said_without_a_degree_is_told_but_not_graded():
    told = grade(with_statements(liposome=(said("cost"),)), ["liposome"], [], "cost", RULES)
    assert (told.score, told.word) == (None, "not graded")
    assert "told" in told.told[0]
    assert told.sources == ("kraus2018",)


def test_of_several_statements_the_worst_counts():
    known = with_statements(liposome=(said("risk", "low"), said("risk", "high"), said("risk", "moderate")))
    told = grade(known, ["liposome"], [], "risk", RULES)
    assert told.word == "high"
    assert told.score == RULES.degree["high"] < RULES.degree["moderate"] < RULES.degree["low"]


def test_a_kind_takes_over_what_is_said_of_the_thing_until_something_is_said_of_itself():
    assert shipped().carriers["pegylated-liposome"].parent == "liposome"
    of_thing = with_statements(liposome=(said("cost", "high"),))
    assert grade(of_thing, ["pegylated-liposome"], [], "cost", RULES).word == "high"
    of_both = with_statements(liposome=(said("cost", "high"),), pegylated_liposome=(said("cost", "low"),))
    assert grade(of_both, ["pegylated-liposome"], [], "cost", RULES).word == "low"
    assert grade(of_both, ["liposome"], [], "cost", RULES).word == "high"


def test_a_nest_is_as_bad_as_its_worst_part_and_names_what_is_not_known():
    known = with_statements(plga_microsphere=(said("difficulty", "high"),))
    parts = ["plga-microsphere-in-hyaluronic-acid-hydrogel", "plga-microsphere", "hyaluronic-acid-hydrogel"]
    told = grade(known, parts, [], "difficulty", RULES)
    assert told.word == "high"
    assert [line for line in told.told if line.startswith("no source")] == [
        "no source in the catalog states how hard it is to prepare or give hyaluronic-acid-hydrogel"
    ]


def test_the_way_of_making_counts_where_it_was_chosen():
    plain = standing_of(asked_for("plga-microsphere"))
    chips = standing_of(replace(asked_for("plga-microsphere"), methods=("microfluidics",)))
    assert (plain.cost.word, chips.cost.word) == ("moderate", "high")  # the reviews call that product expensive


def test_the_price_and_the_effort_are_kept_apart():
    # one review calls cell products economical, others tell of harvest and culture: both stand
    told = standing_of(asked_for("bmsc-concentrate-autograft"))
    assert told.difficulty.word == "high"
    assert not set(told.cost.told) & set(told.difficulty.told)


def test_an_evidence_level_is_told_where_something_is_graded():
    for carrier in shipped().carriers:
        told = standing_of(asked_for(carrier))
        for part in (told.cost, told.difficulty, told.risk):
            assert bool(part.evidence) == (part.score is not None), carrier


def test_the_carriers_asked_about_most_have_a_grade():
    wanted = ("plga-microsphere", "liposome", "hyaluronic-acid-hydrogel", "free-drug-suspension", "exosome-generic")
    for carrier in (*wanted, "bmsc-cells"):
        told = standing_of(asked_for(carrier))
        assert None not in (told.cost.score, told.difficulty.score, told.risk.score), carrier
    assert standing_of(asked_for("polymeric-micelle")).difficulty.score is not None
    assert standing_of(asked_for("ceria-nanoparticle")).risk.score is not None
    # harder to make and dearer than the drug alone
    free, vesicles = (standing_of(asked_for(name)) for name in ("free-drug-solution", "exosome-bmsc"))
    assert (free.cost.score or 0) > (vesicles.cost.score or 0)
    assert (free.difficulty.score or 0) > (vesicles.difficulty.score or 0)


@pytest.mark.parametrize("kind", ["for", "against", "fact", "comparison", "caution"])
def test_only_a_cost_a_difficulty_or_a_risk_has_a_degree(kind):
    with pytest.raises(ValueError, match="need cost, difficulty or risk"):
        said(kind, "low")


@pytest.mark.parametrize(
    "asked", [("no-such",), ("plga-microsphere", "no-such"), ("plga-microsphere", "knee", "no-such")]
)
def test_an_unknown_name_is_refused(asked):
    with pytest.raises(UnknownIdError, match="'no-such'; nearest: "):
        asked_for(*asked)


def test_a_listed_name_is_taken_for_the_id():
    assert asked_for("plga-microsphere-in-hydrogel", "knee-joint", "TA") == Asked(
        ("plga-microsphere-in-hyaluronic-acid-hydrogel",),
        "knee",
        ("triamcinolone-acetonide",),
        label=shipped().carrier("plga-microsphere-in-hydrogel").name,
    )


def own(tmp_path, text: str) -> Rules:
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return read_rules(path)


def test_rules_of_ones_own_lie_over_ours(tmp_path):
    rules = own(tmp_path, "[stage]\ntrial = 0.5\n")
    assert rules.stage["trial"] == 0.5
    assert rules.stage["cohort"] == RULES.stage["cohort"]
    asked = asked_for("plga-microsphere", "knee", "triamcinolone-acetonide")
    assert standing_of(asked, rules).evidence.score == pytest.approx(0.5)
    assert own(tmp_path, rules_text(rules)) == rules
    assert own(tmp_path, rules_text(RULES)) == RULES


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[stages]\ntrial = 1", ":1: stages: is no table of rules; need stage, tie, place"),
        ("stage = 3", ":1: stage: 3; need a table of concept, in-vitro"),
        ("[stage]\ntrail = 1", "stage.trail: is no rule; nearest: trial"),
        ("[stage]\ntrial = 1.5", ":2: stage.trial: 1.5; need a number of 0 to 1"),
        ("[stage]\ntrial = -0.1", ":2: stage.trial: -0.1; need a number of 0 to 1"),
        ("[stage]\ntrial = nan", ":2: stage.trial: nan; need a number of 0 to 1"),
        ("[stage]\ntrial = true", ":2: stage.trial: True; need a number of 0 to 1"),
        ("[stage]\ntrial = 'much'", ":2: stage.trial: 'much'; need a number of 0 to 1"),
        ("[stage\n", ":1: not TOML"),
        ("a = " + "[" * 2000, "nested too deeply"),
        ("# " + "x" * 200_000, "need a TOML file of at most 100000 bytes"),
    ],
)
def test_rules_that_are_none_are_refused(tmp_path, text, told):
    with pytest.raises(FormulateError) as error:
        own(tmp_path, text)
    assert told in str(error.value)
    assert "rules.toml" in str(error.value)


def test_rules_that_cannot_be_read_are_refused(tmp_path):
    with pytest.raises(FormulateError, match=r"none\.toml: no such file; need a file of rules"):
        read_rules(tmp_path / "none.toml")


def test_rules_that_an_editor_saved_with_a_mark_of_their_encoding_are_read(tmp_path):
    assert own(tmp_path, "\ufeff[stage]\ntrial = 0.5\n").stage["trial"] == 0.5
