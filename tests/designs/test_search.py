"""Designing backwards: against spaces whose answer is known, and the honesty of what is told."""

import copy
import math
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from scipy.stats import binomtest

from formulate import examples
from formulate.designs import explore as exploring
from formulate.designs import search as searching
from formulate.designs import shortfall as lacking
from formulate.designs.diverse import distances, unlike
from formulate.designs.explore import Looked, explore, look_closer, standing
from formulate.designs.outcome import Held, Outcome, evaluate, limits_of
from formulate.designs.search import Proposal, design
from formulate.designs.shortfall import relaxed
from formulate.designs.space import Space
from formulate.designs.target_file import TargetFile, build_target
from formulate.designs.work import Answer, Here, Job
from formulate.pipeline import predict
from formulate.sampling import Draws
from materials.errors import DomainError, FormulateError

DROPS = {  # as much fits a dose as the volume dissolves: dose <= solubility x volume
    "name": "Drops",
    "payload": [{"id": "dasatinib", "dose": "1 mg", "set": {"aqueous_solubility": "1 mg/mL"}}],
    "carriers": ["free-drug-solution"],
    "regimen": {"site": "knee"},
    "target": {"unbound_above": "1 pmol/L", "duration": "1 h", "probability": 0.9},
    "limits": {"volume": "2 mL"},
    "choice": [{"name": "dose", "low": "0.5 mg", "high": "8 mg"}],
    "calculation": {"draws": 16},
}
SPHERES = {
    "payload": [{"id": "triamcinolone-acetonide", "dose": "20 mg"}],
    "carriers": ["plga-microsphere", "free-drug-suspension"],
    "regimen": {"site": "knee"},
    "target": {"unbound_above": "10 nmol/L", "duration": "14 d", "probability": 0.8},
    "limits": {"volume": "3 mL"},
    "choice": [
        {"name": "dose", "low": "5 mg", "high": "40 mg"},
        {"of": "plga-microsphere", "name": "diameter", "low": "10 um", "high": "80 um"},
        {"of": "plga-microsphere", "name": "drug_loading", "low": "5 percent_w_w", "high": "25 percent_w_w"},
    ],
    "calculation": {"draws": 64, "seed": 7},
}  # fmt: skip


def made(content: dict[str, object], **changed: object) -> TargetFile:
    return build_target({**copy.deepcopy(content), **changed}, "target")


def dose(low: str, high: str) -> list[dict[str, object]]:
    return [{"name": "dose", "low": low, "high": high}]


# A stand-in for the pipeline: probability and margin as a function of the point of the unit cube.
Law = Callable[[np.ndarray, Draws, int], float]


@pytest.fixture
def law(monkeypatch: pytest.MonkeyPatch) -> Callable[[Law], None]:
    def use(probability: Law) -> None:
        def stand_in(space: Space, points: np.ndarray, first: int = 0, draws: Draws | None = None) -> Iterator[Outcome]:
            for number, point in enumerate(points, start=first):
                share = probability(point, draws or Draws(), number)
                held = {"cover": Held(share, 1.0, None), "volume": Held(1.0, share, None)}
                yield Outcome(number, space.settings(point), share, share - space.target.probability, held)

        for module in (exploring, searching, lacking):
            monkeypatch.setattr(module, "evaluate", stand_in)

    return use


def peak(place: np.ndarray, width: float) -> Law:
    return lambda point, draws, number: float(np.exp(-(((point - place) / width) ** 2).sum()))


def test_the_region_that_meets_it_ends_where_the_drug_no_longer_dissolves():
    found = design(made(DROPS), 16, fresh_draws=16)
    doses = np.array([outcome.settings[0].value for outcome in found.outcomes])
    meets = np.array([outcome.probability for outcome in found.outcomes])
    assert set(meets[doses <= 2.0]) == {1.0}
    assert set(meets[doses > 2.0]) == {0.0}
    assert found.is_met
    assert len(found.proposals) == 3
    assert len({item.outcome.settings for item in found.proposals}) == 3
    assert all(item.probability == 1.0 for item in found.proposals)
    assert found.meeting == int((doses <= 2.0).sum())


def test_what_is_met_everywhere_is_met_surely_and_nothing_is_missing():
    found = design(made(DROPS, choice=dose("0.1 mg", "1 mg")), 8, fresh_draws=16)
    assert {outcome.probability for outcome in found.outcomes} == {1.0}
    assert found.shortfall is None
    low, high = found.proposals[0].interval
    assert high == pytest.approx(1.0)
    assert low == pytest.approx(16 / (16 + 1.96**2), rel=1e-3)  # Wilson, none failed


def test_a_contradiction_names_the_limit_and_what_it_would_have_to_be():
    found = design(made(DROPS, choice=dose("3 mg", "8 mg")), 16, fresh_draws=16)
    assert not found.is_met
    assert found.proposals[0].probability == 0.0
    missing = found.shortfall
    assert missing is not None
    assert missing.binding == ("volume",)
    volume = missing.need("volume")
    assert 3.0 <= volume.needed <= 3.0 * 1.05  # the smallest dose at 1 mg/mL
    assert (volume.without, volume.alone, volume.probability) == (1.0, 0.0, 1.0)
    assert missing.need("level").needed is None  # a lower level would not help
    met = design(relaxed(found.target, "volume", volume.needed, "mL"), 16, fresh_draws=16)
    assert met.is_met


def test_a_level_out_of_reach_binds_itself_and_what_could_be_held_is_held():
    target = made(DROPS, choice=dose("0.5 mg", "2 mg"),
                  target={"unbound_above": "1 umol/L", "duration": "12 h", "probability": 0.75})  # fmt: skip
    found = design(target, 8, fresh_draws=64)
    missing = found.shortfall
    assert missing.binding == ("cover",)
    assert missing.need("cover").alone < 0.75
    for name, asked in (("level", 1000.0), ("duration", 0.5), ("cover", 90.0)):
        need = missing.need(name)
        assert need.asked == pytest.approx(asked)
        assert 0.0 < need.needed < asked
        space = Space(relaxed(target, name, need.needed, need.unit))
        cover = predict(space.formulation(need.settings), Draws(64, 8)).assessment.estimates["cover"].draws
        held = cover >= (need.needed / 100 if name == "cover" else 0.9) * (1 - 1e-9)
        assert held.mean() == pytest.approx(need.probability)  # held indeed, when it is asked for
        assert need.probability >= 0.75


@pytest.mark.parametrize("limit", ["volume", "plasma_below"])
def test_a_wider_limit_never_lowers_the_best_probability(limit):
    bounds = {"volume": ("0.6 mL", "3 mL"), "plasma_below": ("0.01 nmol/L", "30 nmol/L")}[limit]
    best = []
    for bound in bounds:
        space = Space(made(DROPS, choice=dose("1 mg", "4 mg"), limits={"volume": "4 mL", limit: bound}))
        best.append(max(outcome.probability for outcome in evaluate(space, space.points(4))))
    assert best[1] > best[0]


def test_the_closer_look_climbs_and_loses_nothing(law):
    space = Space(made(SPHERES, carriers=["plga-microsphere"]))
    place = np.array([0.31, 0.77, 0.52])
    law(peak(place, 0.15))
    looked = explore(space, 256, Draws(64, 7))
    swept = max(outcome.probability for outcome in looked.outcomes[: looked.swept])
    best = looked.outcomes[looked.order[0]].probability
    assert swept < 0.9
    assert best > 0.95
    assert np.abs(looked.points[looked.order[0]] - place).max() < 0.05
    assert len(looked.outcomes) <= 2 * 256


def test_the_closer_look_climbs_by_margin_where_nothing_is_met(law):
    space = Space(made(SPHERES, carriers=["plga-microsphere"]))
    law(lambda point, draws, number: 0.0)
    looked = Looked(space, Draws(64, 7))
    looked.look(space.points(32), "sweep")
    look_closer(looked, [(0, lambda outcome: (-abs(outcome.settings[0].value - 11.0),), np.inf)], 10)
    assert min(abs(outcome.settings[0].value - 11.0) for outcome in looked.outcomes) < 0.2


def test_the_same_seed_gives_the_same_designs_and_another_seed_others(law):
    law(peak(np.array([0.2, 0.3, 0.7, 0.4]), 0.5))
    first, again = (explore(Space(made(SPHERES)), 64, Draws(64, 7)) for _ in range(2))
    other = explore(Space(made(SPHERES, calculation={"draws": 64, "seed": 8})), 64, Draws(64, 8))
    assert [one.settings for one in first.outcomes] == [one.settings for one in again.outcomes]
    assert len({one.settings for one in (*first.outcomes, *other.outcomes)}) > 1.8 * len(first.outcomes)


def test_a_design_is_computed_once_and_few_of_them_all(law):
    law(lambda point, draws, number: 0.5)
    choices = [{"name": "dose", "options": ["1 mg", "2 mg", "4 mg"]}, {"name": "injections", "options": [1, 2]}]
    target = made(DROPS, choice=choices, regimen={"site": "knee", "injections": 2, "interval": "7 d"})
    looked = explore(Space(target), 64, Draws(16, 7))
    assert len(looked.outcomes) == 6 == len({outcome.settings for outcome in looked.outcomes})
    assert looked.is_all
    settings = [outcome.settings for outcome in explore(Space(made(SPHERES)), 64, Draws(64, 7)).outcomes]
    assert len(settings) == len(set(settings))


def test_a_probability_is_not_that_of_the_best_of_many(law):
    def lucky(point: np.ndarray, draws: Draws, number: int) -> float:
        luck = np.random.default_rng([draws.seed, number]).normal(0.0, 0.05)
        return float(np.clip(0.84 + luck, 0.0, 1.0))

    law(lucky)
    found = design(made(SPHERES), 128, fresh_draws=1024)
    searched = [item.searched.probability for item in found.proposals]
    assert searched[0] > 0.9  # the luckiest of some hundred
    assert np.mean([item.probability for item in found.proposals]) < 0.9
    expected = [lucky(np.empty(0), Draws(1024, 8), item.outcome.index) for item in found.proposals]
    assert [item.probability for item in found.proposals] == expected  # the draws of the next seed


def test_designs_that_do_not_hold_on_fresh_draws_are_not_given(law):
    law(lambda point, draws, number: 0.9 if draws.seed == 7 else 0.5)
    found = design(made(SPHERES), 32, fresh_draws=64)
    assert not found.is_met
    assert found.meeting > 0
    assert found.proposals[0].probability == 0.5


def test_the_designs_given_are_unlike_and_of_another_class_where_one_holds(law):
    law(lambda point, draws, number: 0.95)
    found = design(made(SPHERES), 32, fresh_draws=64)
    first, second, third = (item.outcome.settings for item in found.proposals)
    carriers = {settings[0].value for settings in (first, second, third)}
    assert carriers == {"plga-microsphere", "free-drug-suspension"}
    assert found.looked.apart([item.outcome.index for item in found.proposals]) > 0.3


def test_distances_are_the_mean_over_the_choices_that_both_have():
    space = Space(made(SPHERES))
    points = np.array([[0.1, 0.0, 0.0, 0.0], [0.3, 0.5, 1.0, 0.5], [0.9, 0.5, 0.7, 0.1]])
    outcomes = [Outcome(i, space.settings(point), 0.5, 0.0) for i, point in enumerate(points)]
    apart = distances(space, points, outcomes)
    assert apart[0, 1] == pytest.approx((0.0 + 0.5 + 1.0 + 0.5) / 4)  # the carrier is the same
    assert apart[0, 2] == pytest.approx((1.0 + 0.5) / 2)  # another carrier; the suspension has no diameter
    assert np.array_equal(apart, apart.T)
    assert unlike(space, points, outcomes, 2) == [0, 2]


def test_designs_that_cannot_be_computed_are_left_out_or_refused(law, monkeypatch):
    def refused(space: Space, points: np.ndarray, first: int = 0, draws: Draws | None = None) -> Iterator[Outcome]:
        for number, point in enumerate(points, start=first):
            yield Outcome(number, space.settings(point), reason="no diffusivity")

    monkeypatch.setattr(exploring, "evaluate", refused)
    with pytest.raises(FormulateError, match=r"none of the 32 designs .*no diffusivity"):
        design(made(SPHERES), 32)
    assert standing(Outcome(0, (), reason="x")) < standing(Outcome(0, (), 0.0, -100.0))


@pytest.mark.parametrize(("met", "draws"), [(0, 20), (15, 148), (81, 263), (1024, 1024)])
def test_the_interval_is_that_of_wilson(met, draws):
    outcome = Outcome(0, (), met / draws, 0.0)
    found = Proposal(outcome, outcome, None, draws).interval
    expected = binomtest(met, draws).proportion_ci(0.95, method="wilson")
    assert found == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_a_choice_that_does_best_at_the_end_of_its_range_is_told(law):
    law(lambda point, draws, number: float(0.5 * point[2] + 0.2 * (1.0 - abs(point[1] - 0.5))))
    found = design(made(SPHERES, carriers=["plga-microsphere"]), 128, fresh_draws=64)
    assert [(end.axis.key[1], end.is_upper, end.value) for end in found.ends] == [
        ("drug_loading", True, "25 percent_w_w")
    ]


def test_the_choices_that_matter_come_first(law):
    law(lambda point, draws, number: float(0.1 + 0.8 * point[2]))
    found = design(made(SPHERES), 256, fresh_draws=64)
    place, share = found.telling[0]
    assert (place, found.space.axes[place].key[1]) == (2, "diameter")
    assert share > 0.9
    assert all(math.isfinite(share) and share < 0.1 for _, share in found.telling[1:])
    assert [share for _, share in design(made(SPHERES), 32, fresh_draws=64).telling] == [None] * 4


@pytest.mark.parametrize(
    ("name", "value", "unit", "read"),
    [
        ("cover", 64.2, "percent", lambda target: target.limits.cover == "64.2 percent"),
        ("volume", 4.0, "mL", lambda target: target.limits.volume == "4 mL"),
        ("plasma_below", 25.0, "nmol/L", lambda target: target.limits.plasma_below == "25 nmol/L"),
        ("level", 2.5, "nmol/L", lambda target: target.target.unbound_above == "2.5 nmol/L"),
        ("duration", 9.0, "d", lambda target: target.target.duration == "9 d"),
        ("excipients", 90.0, "mg", lambda target: target.limits.excipients == {"": "90 mg"}),
    ],
)
def test_a_relaxed_target_differs_in_that_one_thing(name, value, unit, read):
    target = made(SPHERES)
    found = relaxed(target, name, value, unit)
    assert read(found)
    assert found.choice == target.choice
    assert found.horizon == pytest.approx(target.horizon)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"calculation": {"draws": 16, "horizon": "30 min"}}, "calculation.horizon: '30 min'"),
        ({"target": {"duration": "1 h"}, "payload": [
            {"id": "alendronate", "dose": "1 mg", "set": {"aqueous_solubility": "1 mg/mL"}},
        ]}, "target.unbound_above: is missing, and alendronate"),
    ],
)  # fmt: skip
def test_a_target_without_a_level_or_an_end_is_refused_not_called_out_of_reach(changed, told):
    with pytest.raises(FormulateError, match=told):
        design(made(DROPS, **changed), 8)


def test_a_volume_that_is_given_counts_however_little_the_dose_needs():
    choices = [{"name": "volume", "low": "1 mL", "high": "4 mL"}]
    space = Space(made(DROPS, choice=choices))
    for outcome in evaluate(space, space.points(8)):
        assert outcome.limits["volume"].chance == (1.0 if outcome.settings[0].value <= 2.0 else 0.0)


def test_the_file_of_the_page_is_a_target():
    page = (Path(__file__).parents[2] / "docs" / "design.md").read_text("utf-8")
    content = tomllib.loads(page.split("```toml\n")[1].split("```")[0])
    assert len(Space(build_target(content, "docs")).axes) == 5
    assert [limit.name for limit in limits_of(build_target(content, "docs"))] == [
        "cover", "volume", "injections", "plasma_below", "peak_below", "excipients",
    ]  # fmt: skip


@pytest.mark.parametrize("name", [name for name in examples.names() if name.endswith("-design.toml")])
def test_shipped_targets_can_be_computed(name):
    content = tomllib.loads(examples.text(name))
    space = Space(build_target({**content, "calculation": {"draws": 16}}, name))
    outcome = next(evaluate(space, space.points(1)))
    assert not outcome.reason


class Two(Here):
    """Stands for two processes, as far as lots and their end go; processes themselves have tests of their own."""

    jobs: ClassVar[list[Job]] = []
    ends: ClassVar[list[object]] = []

    def __init__(self, count: int) -> None:
        self.count = count
        self.ahead = 2 * count

    def submit(self, job: Job) -> Answer:
        self.jobs.append(job)
        return super().submit(job)

    def __exit__(self, *how: object) -> None:
        self.ends.append(how[0])


def test_two_processes_share_the_search_and_find_the_same(monkeypatch):
    monkeypatch.setattr(searching, "Processes", Two)
    target, told = made(DROPS), []
    here = design(target, 16, fresh_draws=16)
    assert not Two.jobs
    beside = design(target, 16, told.append, fresh_draws=16, processes=2)
    assert beside.outcomes == here.outcomes
    assert np.array_equal(beside.points, here.points)
    assert (beside.proposals, beside.shortfall, beside.ends) == (here.proposals, here.shortfall, here.ends)
    assert [(job.first, len(job.points)) for job in Two.jobs[:2]] == [(0, 8), (8, 8)]
    assert sum(len(job.points) for job in Two.jobs) == len(beside.outcomes) > 16
    assert beside.looked.workers is None

    def stop(line: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        design(target, 16, stop, fresh_draws=16, processes=2)
    assert Two.ends == [None, KeyboardInterrupt]
    with pytest.raises(DomainError, match="processes"):
        design(target, 16, processes=0)
