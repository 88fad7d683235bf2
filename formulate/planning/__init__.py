"""A plan of the studies of a formulation: what to measure, in whom, when, against what, and what sources warn of.

Nothing in it is computed. Everything told stands in the catalog or in the lists beside this module, with its source;
the code selects what fits the formulation and lays it out.
"""

from dataclasses import dataclass
from typing import Protocol

from formulate.formulation import Formulation
from formulate.planning.aims import AimFound, Readout, aims_of, readouts, remarks
from formulate.planning.arms import Arm, arms
from formulate.planning.cells import CellPlan, cell_plan
from formulate.planning.quality import Prompt, quality, safety
from formulate.planning.subject import Subject, subject_for, subject_of
from formulate.planning.times import TimePoint, Tried, time_points, tried
from formulate.planning.told import Disputed, Told, disputes, patients, warnings
from formulate.standing import parts_of, shipped_rules, support
from materials import catalog

__all__ = ["Plan", "Subject", "plan", "plan_for", "subject_for", "subject_of"]


class Cited(Protocol):
    """What says who says it."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Keys of the bibliography."""


@dataclass(frozen=True)
class Plan:
    """What to measure of a formulation, in whom, when, against what, and what to heed."""

    subject: Subject
    aims: tuple[AimFound, ...]
    readouts: tuple[Readout, ...]
    remarks: tuple[tuple[str, str], ...]  # what to mind with models and groups, and who says so
    tried: tuple[Tried, ...]  # how such carriers were studied at the site, the weightiest first
    times: tuple[TimePoint, ...]
    arms: tuple[Arm, ...]
    warnings: tuple[Told, ...]
    patients: tuple[Told, ...]
    quality: tuple[Prompt, ...]
    safety: tuple[Prompt, ...]
    cells: CellPlan | None
    disputed: tuple[Disputed, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """Every key of the bibliography that it rests on, once."""
        cells = self.cells
        named = (self.readouts, self.tried, self.times, self.arms, self.warnings, self.patients, self.quality,
                 self.safety, self.disputed)  # fmt: skip
        parts: list[Cited] = [part for group in named for part in group]
        keys = [key for part in parts for key in part.sources]
        keys += [key for found in self.aims for key in found.support.sources]
        keys += [source for _, source in self.remarks]
        if cells:
            in_topics = [told for topic in cells.topics for told in topic.told]
            of_cells: list[Cited] = [*cells.advice, *cells.disputed, *in_topics]
            keys += [key for part in of_cells for key in part.sources]
        return tuple(sorted(set(filter(None, keys))))


def plan(formulation: Formulation, patient: str = "") -> Plan:
    """Give the plan of a formulation; no number of it is read but its doses.

    Parameters
    ----------
    formulation : Formulation
        Its carriers, payloads, doses, site and route are read.
    patient : str
        Whose cells suit this kind of patient: young, elderly, systemic-disease or blood-disease; all where left out.

    Raises
    ------
    UnknownIdError
        The kind of patient is none of these.

    Examples
    --------
    >>> found = plan_for(subject_for("free-drug-suspension", "knee", "triamcinolone-acetonide"))
    >>> {item.aim: item.support.word for item in found.aims if item.aim in ("structure", "pain")}
    {'structure': 'against', 'pain': 'weak'}
    """
    return plan_for(subject_of(formulation), patient)


def plan_for(subject: Subject, patient: str = "") -> Plan:
    """Give the plan of what is asked for; see `plan`."""
    rules = shipped_rules()
    linked = support(catalog.load(), subject.asked, rules).studies
    near = {item.id for item in linked if item.tie in ("same", "variant")}
    return Plan(
        subject=subject,
        aims=aims_of(subject.asked, rules),
        readouts=readouts(subject.site),
        remarks=tuple(remarks(subject.site)),
        tried=tried(linked),
        times=time_points(subject.site),
        arms=tuple(arms(subject)),
        warnings=tuple(warnings(subject)),
        patients=tuple(patients(subject)),
        quality=tuple(quality(subject)),
        safety=tuple(safety(subject)),
        cells=cell_plan(subject, patient),
        disputed=disputes({*parts_of(subject.asked), *near}),
    )
