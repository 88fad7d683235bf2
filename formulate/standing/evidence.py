"""What stands behind a carrier at a site: the studies of it and of its kin, each paper once, and what they bear."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from formulate.standing.asked import Asked
from formulate.standing.rules import PLACES, Rules
from materials.catalog import Catalog
from materials.kinship import TIES, Tie, ties
from materials.schema import Aim, Conflict, Study

STAGE_WORDS = {"not-stated": "stage not stated", "in-vitro": "in vitro", "small-animal": "small animal",
               "large-animal": "large animal", "case-report": "case report"}  # fmt: skip
PLACE_WORDS = {
    "same-site-and-payload": "same site and payload",
    "same-site-akin-payload": "same site, akin payload",
    "same-site": "same site, other payload",
    "elsewhere-same-payload": "elsewhere, same payload",
    "elsewhere": "elsewhere",
}
TIE_WORDS = {
    "same": "the carrier itself",
    "variant": "a kind of it",
    "part": "a nest or part of it",
    "class": "one of its class",
}


@dataclass(frozen=True)
class LinkedStudy:
    """A study that bears on what is asked, and how much."""

    id: str
    name: str
    source: str
    stage: str
    direction: str
    outcome: str
    tie: Tie
    through: str  # the carrier of the study by which it is tied
    place: str
    weight: float  # stage x tie x place x direction, what it bears; of a negative study, what it counts against

    @property
    def told(self) -> str:
        """The study in one line."""
        stage, place = STAGE_WORDS.get(self.stage, self.stage), PLACE_WORDS[self.place]
        return f"{stage}, {self.direction}, {place}, {TIE_WORDS[self.tie]} ({self.through}): {self.outcome}"


@dataclass(frozen=True)
class Support:
    """The evidence for a carrier at a site: a score of 0 to 1, or None with the reason, and all it rests on."""

    score: float | None
    word: str
    told: tuple[str, ...]
    sources: tuple[str, ...]
    studies: tuple[LinkedStudy, ...] = ()  # the weightiest first
    conflicts: tuple[str, ...] = ()

    @property
    def best_stages(self) -> dict[str, str]:
        """The best stage by closeness of the carrier and the place, the closest first."""
        found: dict[str, str] = {}
        for item in sorted(self.studies, key=lambda one: (TIES.index(one.tie), PLACES.index(one.place))):
            key = f"{TIE_WORDS[item.tie]}, {PLACE_WORDS[item.place]}"
            if key not in found or _rank(item.stage) < _rank(found[key]):
                found[key] = item.stage
        return found

    @property
    def directions(self) -> dict[str, int]:
        """How many studies point where."""
        return dict(Counter(item.direction for item in self.studies))


def support(catalog: Catalog, asked: Asked, rules: Rules, aim: Aim | None = None) -> Support:
    """Give the evidence for what is asked; of one aim that of the studies that read it out, by what they found for it.

    Each paper counts once, however many entries or reviews tell of it. The score is the weight of the best supporting
    study, less a share of the weight of the best negative one; see the table of rules.
    """
    linked = _once(study for study in _linked(catalog, asked, rules, aim))
    conflicts = _conflicts(catalog, asked, linked)
    told_conflicts = tuple(f"{item.title}: {item.handling}" for item in conflicts)
    if not linked:
        read = f" read out {aim} and" if aim else ""
        reason = f"no study in the catalog{read} is of {' in '.join(asked.carriers)}, of a kind of it or of its class"
        return Support(None, "not known", (reason,), (), (), told_conflicts)
    best = max((item.weight for item in linked if item.direction != "negative"), default=0.0)
    worst = max((item.weight for item in linked if item.direction == "negative"), default=0.0)
    score = best - rules.against["share"] * min(best, worst)
    sources = tuple(dict.fromkeys(item.source for item in linked if item.source))
    return Support(score, _word(score, best, worst, rules), _told(linked), sources, linked, told_conflicts)


def _word(score: float, best: float, worst: float, rules: Rules) -> str:
    if worst > best:
        return "disputed" if best else "against"
    return next(word for word, least in sorted(rules.word.items(), key=lambda item: -item[1]) if score >= least)


def _told(linked: Sequence[LinkedStudy]) -> tuple[str, ...]:
    counts = Counter(item.direction for item in linked)
    told = ", ".join(f"{count} {direction.replace('-', ' ')}" for direction, count in sorted(counts.items()))
    number = "1 study" if len(linked) == 1 else f"{len(linked)} studies"
    return (f"{number}: {told}", *(item.told for item in linked))


def _linked(catalog: Catalog, asked: Asked, rules: Rules, aim: Aim | None) -> Iterator[LinkedStudy]:
    sites = _sites(catalog, asked.site)
    own_drug = any(catalog.carriers[name].is_own_drug for name in asked.carriers if name in catalog.carriers)
    used = {name for study in catalog.studies.values() for name in study.carriers}
    tie_of = ties(catalog, asked.carriers, used)
    for study in catalog.studies.values():
        tied = [(TIES.index(tie_of[name]), name) for name in study.carriers if name in tie_of]
        direction = study.found_for(aim) if aim else study.direction
        if not tied or direction is None:
            continue
        closest, through = min(tied)
        how = TIES[closest]
        place = _place(catalog, asked, study, sites, is_same=own_drug and how in ("same", "variant"))
        bears = rules.direction["positive" if direction == "negative" else direction]
        weight = rules.stage[study.stage] * rules.tie[how] * rules.place[place] * bears
        yield LinkedStudy(
            study.id, study.name, study.source, study.stage, direction, study.outcome, how, through, place, weight
        )


def _sites(catalog: Catalog, site: str) -> frozenset[str]:
    """Give a site with what lies in it and what it lies in."""
    if not site:
        return frozenset()
    found = set(catalog.within(site))
    while site := catalog.sites[site].parent:
        found.add(site)
    return frozenset(found)


def _place(catalog: Catalog, asked: Asked, study: Study, sites: frozenset[str], *, is_same: bool) -> str:
    here = not asked.site or bool(sites.intersection(study.sites))
    same = is_same or not asked.payloads or bool(set(asked.payloads).intersection(study.payloads))
    if here and same:
        return "same-site-and-payload"
    if here:
        akin = any(_are_akin(catalog, own, other) for own in asked.payloads for other in study.payloads)
        return "same-site-akin-payload" if akin else "same-site"
    return "elsewhere-same-payload" if same else "elsewhere"


def _are_akin(catalog: Catalog, own: str, other: str) -> bool:
    mine, its = catalog.payloads.get(own), catalog.payloads.get(other)
    if mine is None or its is None:  # one that the user described in a file
        return False
    if own == its.parent or other == mine.parent:
        return True
    return mine.payload_class == its.payload_class != "unspecified"


def _once(linked: Iterable[LinkedStudy]) -> tuple[LinkedStudy, ...]:
    """Give each paper once, where it weighs most; the weightiest first."""
    found: dict[str, LinkedStudy] = {}
    for item in sorted(linked, key=lambda one: (-one.weight, one.id)):
        found.setdefault(item.source or item.id, item)
    return tuple(found.values())


def _conflicts(catalog: Catalog, asked: Asked, linked: Sequence[LinkedStudy]) -> tuple[Conflict, ...]:
    """Give the conflicts about what was found, not those about a number: these stand with the number."""
    about = {*asked.carriers, *(item.id for item in linked if item.tie in ("same", "variant"))}
    return tuple(
        item
        for item in catalog.conflicts.values()
        if item.conflict_class not in ("between-sources", "unit-or-wording") and about.intersection(item.entries)
    )


def _rank(stage: str) -> int:
    order = ("trial", "cohort", "case-report", "large-animal", "small-animal", "in-vitro", "concept", "not-stated")
    return order.index(stage) if stage in order else len(order)
