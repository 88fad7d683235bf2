"""What stands behind a carrier: studies made up for the purpose, so that their weight is known beforehand."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulate.standing import Asked, Support, asked_for, shipped_rules, standing_of
from formulate.standing.evidence import support
from materials.catalog import Catalog, shipped
from materials.schema import Study

RULES = shipped_rules()
HERE = Asked(("plga-microsphere",), "knee", ("dexamethasone",))
# from the weakest to the strongest, as evidence is usually ranked
LADDER = ("concept", "in-vitro", "small-animal", "large-animal", "case-report", "cohort", "trial")


def study(number: int, stage: str = "small-animal", direction: str = "positive", **changed: object) -> Study:
    content = {
        "id": f"study-{number}",
        "name": f"Study {number}",
        "source": f"paper{number}",
        "stage": stage,
        "carriers": ("plga-microsphere",),
        "payloads": ("dexamethasone",),
        "sites": ("knee",),
        "outcome": "told",
        "direction": direction,
    }
    return Study.model_validate({**content, **changed})


def with_studies(*studies: Study) -> Catalog:
    return replace(shipped(), studies={item.id: item for item in studies})


def found(*studies: Study, asked: Asked = HERE) -> Support:
    return support(with_studies(*studies), asked, RULES)


def score(*studies: Study, asked: Asked = HERE) -> float:
    told = found(*studies, asked=asked).score
    assert told is not None
    return told


def test_a_paper_that_two_entries_tell_of_counts_once():
    one = study(1, "trial")
    again = study(2, "in-vitro", source="paper1")
    told = found(one, again)
    assert [item.id for item in told.studies] == ["study-1"]
    assert told.told[0] == "1 study: 1 positive"
    assert told.score == score(one)
    assert len(found(one, study(2, "in-vitro")).studies) == 2
    # those whose paper is not known are told apart
    assert len(found(study(1, source=""), study(2, source="")).studies) == 2


def test_a_paper_that_two_reviews_cite_counts_once():
    entry = shipped().studies["zhang-2020-bone-marrow-exosomes-nonunion"]
    assert len({citation.source for citation in entry.named_in}) == 2
    told = standing_of(asked_for("exosome-bmsc", "bone-defect")).evidence
    assert [item.source for item in told.studies].count(entry.source) == 1


@pytest.mark.parametrize(("lower", "higher"), list(itertools.pairwise(LADDER)))
def test_a_later_stage_weighs_more(lower, higher):
    assert score(study(1, higher)) > score(study(1, lower))


def test_a_trial_beats_any_number_of_dishes():
    dishes = [study(number, "in-vitro") for number in range(2, 30)]
    assert score(study(1, "trial")) > score(*dishes)
    # also where the trial was done elsewhere, with another drug
    elsewhere = study(1, "trial", sites=("heart",), payloads=("paclitaxel",))
    assert score(elsewhere) > score(*dishes)


def test_the_closer_the_study_the_more_it_weighs():
    same = score(study(1))
    other_drug = score(study(1, payloads=("paclitaxel",)))
    akin_drug = score(study(1, payloads=("triamcinolone-acetonide",)))
    elsewhere = score(study(1, sites=("heart",)))
    elsewhere_other = score(study(1, sites=("heart",), payloads=("paclitaxel",)))
    of_class = score(study(1, carriers=("nanofibrous-spongy-microsphere",)))
    assert same > akin_drug > other_drug > elsewhere > elsewhere_other > of_class > 0
    assert score(study(1, sites=("synovium",))) == same  # a part of the knee


def test_a_study_of_a_nest_counts_for_its_layers_and_less_than_for_itself():
    nest = study(1, carriers=("exosome-hmsc-plga-ms-hydrogel",))
    for_layer = found(nest)
    assert for_layer.studies[0].tie == "part"
    for_nest = found(nest, asked=replace(HERE, carriers=("exosome-hmsc-plga-ms-hydrogel",)))
    assert for_nest.studies[0].tie == "same"
    assert 0 < (for_layer.score or 0) < (for_nest.score or 0)
    # the layers named one by one are the nest
    layers = shipped().carriers["exosome-hmsc-plga-ms-hydrogel"].layers
    assert found(nest, asked=replace(HERE, carriers=layers)).studies[0].tie == "same"
    # a nest of particles in a gel is a kind of the nest of these particles in some gel
    dual = study(1, carriers=("plga-microsphere-hydrogel-dual",))
    in_gel = found(dual, asked=replace(HERE, carriers=("plga-microsphere-in-hyaluronic-acid-hydrogel",)))
    assert in_gel.studies[0].tie == "variant"


def test_a_carrier_that_no_study_is_tied_to_says_so():
    told = found(study(1, carriers=("bmsc-cells",)))
    assert told.score is None
    assert told.word == "not known"
    assert told.studies == ()
    assert "no study in the catalog is of plga-microsphere" in told.told[0]


def test_a_negative_study_counts_against():
    for_it, against = study(1, "small-animal"), study(2, "trial", "negative")
    assert score(against) == 0
    assert found(against).word == "against"
    assert score(for_it, against) == pytest.approx(score(for_it) / 2)
    assert found(for_it, against).word == "disputed"
    assert found(for_it, against).directions == {"negative": 1, "positive": 1}


STUDIES = st.lists(
    st.builds(
        lambda stage, direction, carrier, payload, site: (stage, direction, (carrier,), (payload,), (site,)),
        st.sampled_from((*LADDER, "review", "not-stated")),
        st.sampled_from(("positive", "negative", "neutral", "conflicting", "not-stated")),
        st.sampled_from(("plga-microsphere", "plga-microsphere-hydrogel-dual", "small-molecule-mp", "bmsc-cells")),
        st.sampled_from(("dexamethasone", "paclitaxel", "triamcinolone-acetonide")),
        st.sampled_from(("knee", "synovium", "disc")),
    ),
    max_size=6,
)


def made(listed: Sequence[tuple[str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]]) -> list[Study]:
    return [
        study(number, stage, direction, carriers=carriers, payloads=payloads, sites=sites)
        for number, (stage, direction, carriers, payloads, sites) in enumerate(listed, start=1)
    ]


@given(STUDIES, st.randoms(use_true_random=False))
def test_the_order_of_the_studies_does_not_matter(listed, chance: random.Random):
    studies = made(listed)
    shuffled = list(studies)
    chance.shuffle(shuffled)
    assert found(*studies) == found(*shuffled)


@given(STUDIES, st.sampled_from(LADDER))
def test_one_more_supporting_study_never_takes_away_and_one_more_against_never_adds(listed, stage):
    studies = made(listed)
    before = found(*studies).score or 0.0
    assert (found(*studies, study(99, stage)).score or 0.0) >= before
    assert (found(*studies, study(99, stage, "negative")).score or 0.0) <= before + 1e-12
    assert 0 <= before <= 1


@given(STUDIES, st.sampled_from(LADDER[:-1]))
def test_a_supporting_study_that_reaches_a_later_stage_never_takes_away(listed, stage):
    later = LADDER[LADDER.index(stage) + 1]
    rest = made(listed)
    assert score(*rest, study(99, later)) >= score(*rest, study(99, stage))


def test_the_best_stage_is_told_by_closeness():
    told = found(study(1, "in-vitro"), study(2, "trial", sites=("heart",)), study(3, "cohort"))
    assert told.best_stages == {
        "the carrier itself, same site and payload": "cohort",
        "the carrier itself, elsewhere, same payload": "trial",
    }


@pytest.mark.parametrize("site", ["knee", "disc", "spinal-cord", "bone", "bone-defect"])
def test_every_carrier_of_the_catalog_has_a_standing_with_reasons(site):
    for carrier in shipped().carriers:
        told = standing_of(asked_for(carrier, site, "dexamethasone"))
        for part in (told.evidence, told.cost, told.difficulty, told.risk):
            assert part.word, carrier
            assert part.told, carrier
            assert all(line.strip() for line in part.told), carrier
            assert part.score is None or 0 <= part.score <= 1, carrier
        assert (told.evidence.score is None) == (not told.evidence.studies), carrier


def test_every_carrier_that_can_be_computed_is_tied_to_a_study():
    for carrier in shipped().runnable_carriers():
        assert standing_of(asked_for(carrier)).evidence.studies, carrier


def test_what_is_marketed_for_the_knee_stands_on_its_trials():
    # extended-release triamcinolone microspheres: three trials in osteoarthritic knees
    told = standing_of(asked_for("plga-microsphere", "knee", "triamcinolone-acetonide")).evidence
    assert {"conaghan2018", "bodick2015", "kraus2018"} <= set(told.sources)
    assert told.score == 1
    # repeated crystals cost cartilage (McAlindon 2017), so the plain suspension is not as well supported
    crystals = standing_of(asked_for("free-drug-suspension", "knee", "triamcinolone-acetonide")).evidence
    assert "mcalindon2017" in crystals.sources
    assert crystals.word == "disputed"
