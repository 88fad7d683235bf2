"""How formulations stand, as plain records for JSON."""

from collections.abc import Sequence

from formulate.standing import Standing
from formulate.standing.against import HeadToHead
from formulate.standing.asked import Asked
from formulate.standing.evidence import LinkedStudy, Support
from formulate.standing.grades import Grade
from materials.sources import references


def standings_record(
    asked: Sequence[Asked], found: Sequence[Standing], said: Sequence[HeadToHead] = ()
) -> dict[str, object]:
    """Give how things asked for stand, what is said of them against each other, and the references in words."""
    standings = [
        {
            "carriers": list(item.carriers),
            "label": item.title,
            "site": item.site or None,
            "payloads": list(item.payloads),
            "evidence": support_record(one.evidence),
            **{name: grade_record(getattr(one, name)) for name in ("cost", "difficulty", "risk")},
        }
        for item, one in zip(asked, found, strict=True)
    ]
    return {
        "standings": standings,
        "head_to_head": [comparison_record(item, asked) for item in said],
        "references": references_of(found, said),
    }


def support_record(found: Support) -> dict[str, object]:
    """Give the evidence as a record; the score is null where no study is linked, and `told` gives the reason."""
    return {
        "score": found.score,
        "unit": "1",
        "word": found.word,
        "told": list(found.told[:1]),
        "sources": list(found.sources),
        "best_stages": found.best_stages,
        "directions": found.directions,
        "studies": [study_record(study) for study in found.studies],
        "conflicts": list(found.conflicts),
    }


def study_record(study: LinkedStudy) -> dict[str, object]:
    """Give a linked study as a record."""
    return {
        "id": study.id,
        "name": study.name,
        "source": study.source or None,
        "stage": study.stage,
        "direction": study.direction,
        "tie": study.tie,
        "through": study.through,
        "place": study.place,
        "weight": study.weight,
        "outcome": study.outcome,
    }


def grade_record(found: Grade) -> dict[str, object]:
    """Give a grade as a record; the score is null where no source grades it, and `told` gives the reason."""
    return {
        "score": found.score,
        "unit": "1",
        "word": found.word,
        "told": list(found.told),
        "sources": list(found.sources),
        "evidence": found.evidence or None,
    }


def references_of(found: Sequence[Standing], said: Sequence[HeadToHead] = ()) -> dict[str, str]:
    """Give every source that these rest on in words, by its key; the words of a user are left out."""
    parts = [part for one in found for part in (one.evidence, one.cost, one.difficulty, one.risk)]
    keys = {key for part in (*parts, *said) for key in part.sources}
    known = references()
    return {key: known[key].text for key in sorted(keys) if key in known}


def comparison_record(found: HeadToHead, asked: Sequence[Asked]) -> dict[str, object]:
    """Give a finding on things compared, with the titles of those it applies to."""
    return {
        "applies_to": [asked[place].title for place in found.formulations],
        "against": [asked[place].title for place in found.against],
        "subject": found.subject,
        "other": found.other,
        "told": found.told,
        "topic": found.topic or None,
        "sources": list(found.sources),
        "evidence": found.evidence,
        "mark": found.mark or None,
    }
