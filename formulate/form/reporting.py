"""The report on what is open in a session, whatever it is: what is computed for it, and what it then says."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from formulate.form.asking import ASKING
from formulate.form.wanted import Kind, Wanted
from formulate.limits import LONGEST_TITLE
from materials.errors import FormulateError

if TYPE_CHECKING:
    from formulate.designs.search import Design
    from formulate.experiment.data import Profile
    from formulate.fitting.analysis import Analysis
    from formulate.report.drawn import Drawn
    from formulate.report.page import Document
    from formulate.report.reported import Reported
    from formulate.similarity.results import Similarity

Progress = Callable[[str], None]
FITS = "fit-fits"  # the figure of a fit that shows readings and curves


class Computed(ABC):
    """What was computed for a report; the same result gives every text and file of it."""

    @abstractmethod
    def document(self, wanted: Wanted) -> "Document":
        """Give the whole report as a document in English, no section left out."""

    @abstractmethod
    def to_json(self, wanted: Wanted) -> str:
        """Give all that was computed as JSON; nothing is left out of it."""

    def figures(self, document: "Document") -> "Mapping[str, Drawn]":
        """Give the figures that can be had by themselves, by name."""
        from formulate.report.drawn import of_pictures

        return of_pictures(document)


@dataclass(frozen=True, eq=False)
class OfFile(Computed):
    """Of a formulation or a question."""

    made: "Reported"

    def document(self, wanted: Wanted) -> "Document":
        """Give the whole report, or one page of it."""
        made = self._as(wanted)
        return made.summary() if wanted.one_page else made.document()

    def to_json(self, wanted: Wanted) -> str:
        """Give what `formulate.rerun` computes again."""
        return self._as(wanted).to_json()

    def figures(self, document: "Document") -> "Mapping[str, Drawn]":
        """Give the figures with what they show, as they are drawn of the file by itself."""
        from formulate.report.drawn import of_reported

        return of_reported(self.made)

    def _as(self, wanted: Wanted) -> "Reported":
        among = self.made.among if wanted.among else None
        return replace(self.made, title=wanted.title, date=wanted.date, among=among)


@dataclass(frozen=True, eq=False)
class OfFit(Computed):
    """Of release data with the models fitted to them."""

    content: Mapping[str, Any]
    analysis: "Analysis"

    def document(self, wanted: Wanted) -> "Document":
        """Give data, models in order, the best of them, and what speaks against it."""
        from formulate.report.fit_page import fit_document

        return titled(fit_document(self.analysis, date=wanted.date), wanted)

    def to_json(self, wanted: Wanted) -> str:
        """Give the analysis as `formulate fit` writes it."""
        return _envelope("fit", self.analysis.results(), self.analysis.seed, self.content,
                         [*self.analysis.data.warnings])  # fmt: skip

    def figures(self, document: "Document") -> "Mapping[str, Drawn]":
        """Give the figures; what the curves show comes with the first of them."""
        from formulate.report.fit_page import curves_frame

        drawn = dict(super().figures(document))
        if FITS in drawn:
            drawn[FITS] = replace(drawn[FITS], to_frame=lambda: curves_frame(self.analysis))
        return drawn


@dataclass(frozen=True, eq=False)
class OfPair(Computed):
    """Of two release profiles compared."""

    content: Mapping[str, Any]
    found: "Similarity"
    profiles: "tuple[Profile, Profile]"

    def document(self, wanted: Wanted) -> "Document":
        """Give the verdicts and what they rest on."""
        from formulate.report.similarity_page import similarity_document

        return titled(similarity_document(self.found, self.profiles, date=wanted.date), wanted)

    def to_json(self, wanted: Wanted) -> str:
        """Give the comparison as `formulate similarity` writes it."""
        seed = next((item.seed for item in (self.found.bootstrap, self.found.maximum) if item), None)
        return _envelope("similarity", self.found.results(), seed, self.content, [*self.found.warnings])


@dataclass(frozen=True, eq=False)
class OfDesign(Computed):
    """Of a target with the designs that meet it."""

    content: Mapping[str, Any]
    design: "Design"

    def document(self, wanted: Wanted) -> "Document":
        """Give the designs, what stands in the way, and how this was found."""
        from formulate.report.design_page import design_document

        return design_document(self.design, wanted.title or self.design.target.name or "Design", wanted.date)

    def to_json(self, wanted: Wanted) -> str:
        """Give the designs as `formulate design` writes them."""
        from formulate.recorded import recorded
        from formulate.report.design_page import design_results
        from formulate.report.envelope import dumps, envelope

        target = self.design.target
        asked = {**recorded(target), "designs": self.design.asked}
        return dumps(envelope("design", design_results(self.design), seed=target.calculation.seed, inputs=asked))


def computed(
    kind: Kind,
    content: Mapping[str, Any],
    progress: Progress | None = None,
    designs: int = 0,
    asked: Mapping[str, str] = MappingProxyType({}),
) -> Computed:
    """Compute all that a report on a content says.

    Parameters
    ----------
    kind : str
        What the content is: a formulation, a question, a target (``design``), or a table of release with its options
        (``fit`` and ``similarity``). Or what is asked of a formulation: ``plan``, ``schedules``, ``drivers``,
        ``recipe``; or of a table of release and one of free drug: ``dialysis``.
    content : Mapping
        The tables of the file, or of a table of release its path and its options.
    progress : callable, optional
        Called with what is computed next; raise from it to cancel.
    designs : int
        Designs of the sweep for a target; as many as usual where 0.
    asked : Mapping
        What is asked of it, as texts: see `formulate.form.asking.asked_fields`.

    Raises
    ------
    FormulateError
        What is missing or faulty.
    """
    if kind == "fit":
        from formulate.form.fitted import fitted_measured

        return OfFit(content, fitted_measured(content, _counted(progress)))
    if kind == "similarity":
        from formulate.form.alike import compared_measured

        return OfPair(content, *compared_measured(content))
    if kind == "design":
        from formulate.designs.search import DESIGNS, design
        from formulate.designs.sweep import with_calculation
        from formulate.designs.target_file import build_target

        target = with_calculation(build_target(dict(content), "target"))
        return OfDesign(content, design(target, designs or DESIGNS, progress))
    if kind in ASKING:
        from formulate.form.further import computed_further

        return computed_further(kind, content, asked, progress)
    from formulate.formulation import Formulation, Question, build
    from formulate.report.reported import reported

    file = build(Formulation if kind == "formulation" else Question, dict(content), kind)
    return OfFile(reported(file, progress=progress))


def with_ranking(found: OfFile, progress: Progress | None = None) -> OfFile:
    """Give the same of a formulation, ranked among the carriers of the catalog."""
    from formulate.formulation import Formulation
    from formulate.report.whole.ranked import stand_among

    file = found.made.file
    if found.made.among is not None or not isinstance(file, Formulation):
        return found
    return OfFile(replace(found.made, among=stand_among(file, progress)))


@dataclass(frozen=True, eq=False)
class Report:
    """A report as it is wanted."""

    found: Computed
    wanted: Wanted

    @cached_property
    def whole(self) -> "Document":
        """All sections, in English."""
        for name, text in (("title", self.wanted.title), ("date", self.wanted.date)):
            if len(text) > LONGEST_TITLE:
                raise FormulateError(f"{name}: longer than {LONGEST_TITLE} characters; need a shorter one")
        return self.found.document(self.wanted)

    @cached_property
    def told(self) -> "Document":
        """All sections, in the language that is wanted."""
        from formulate.report.write import in_language

        return in_language(self.whole, self.wanted.language, self.wanted.font)

    def document(self, left_out: frozenset[str]) -> "Document":
        """Give the document without the sections of some English titles."""
        from formulate.report.chosen import without_sections

        places = [place for place, section in enumerate(self.whole.filled) if section.title in left_out]
        return without_sections(self.told, places)

    @property
    def figures(self) -> "Mapping[str, Drawn]":
        """The figures that can be had by themselves, by name."""
        return self.found.figures(self.told)


def titled(document: "Document", wanted: Wanted) -> "Document":
    """Give a document under the title that is wanted, or its own."""
    return replace(document, title=wanted.title) if wanted.title else document


def _counted(progress: Progress | None) -> Callable[[int, int], None] | None:
    return None if progress is None else lambda done, of: progress(f"fit {done} of {of}")


def _envelope(
    command: str, results: Mapping[str, object], seed: int | None, inputs: Mapping[str, Any], warnings: list[str]
) -> str:
    from formulate.report.envelope import FITTED_DIGITS, dumps, envelope

    return dumps(envelope(command, dict(results), seed=seed, inputs=dict(inputs), warnings=warnings), FITTED_DIGITS)
