"""One figure of a formulation or a question by itself: as SVG, PNG or PDF, and what it shows as CSV."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from formulate.comparison import compare
from formulate.exposure import Exposed, expose
from formulate.formulation import Formulation, Question
from formulate.pipeline import predict
from formulate.report import figure_data as data
from formulate.report.canvas import encode
from formulate.report.captions import CAPTIONS
from formulate.report.exposure_page import CAPTIONS as OF_EXPOSURE
from formulate.report.exposure_page import exposure_figure, has_figure
from formulate.report.figures import FIGURES, drawable
from formulate.report.nest_figure import nest_caption, nest_figure
from formulate.report.reported import Reported
from formulate.report.scores import alone
from formulate.report.sensitivity_page import TORNADO, tornado
from formulate.rows import Comparison
from formulate.sensitivity.analysis import Drivers, sensitivity
from materials.errors import FormulateError, shorten

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from formulate.report.page import Document, Picture

DOTS = 160  # an inch, of a PNG
ENDINGS = (".svg", ".png", ".pdf", ".csv")
OF_FORMULATIONS = ("release", "concentration", "compartments", "retention", "depth", "sensitivity", "nest")
OF_QUESTIONS = ("ranking", "pareto", "concentration", "release")
WHICH = tuple(dict.fromkeys((*OF_FORMULATIONS, *OF_QUESTIONS)))
_OF_EXPOSURE = {"compartments": "concentration", "retention": "amounts", "depth": "depth"}
EXPLAINED = ("cover", "drug_half_life", "release_t50")  # the first that can be explained is drawn
_TABLES: dict[str, Callable[[Comparison], "pd.DataFrame"]] = {
    "ranking": data.ranking_frame,
    "concentration": data.concentration_frame,
    "release": data.release_frame,
    "pareto": data.pareto_frame,
}

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Drawn:
    """A figure that is drawn, and a table that is laid out, when it is asked for."""

    name: str
    caption: str
    figure: Callable[[], "Figure"]
    to_frame: Callable[[], "pd.DataFrame"]  # what it shows, units in the headers

    def to_bytes(self, suffix: str, dots_per_inch: int = DOTS) -> bytes:
        """Give it as the bytes of a file: svg, png, pdf, or what it shows as csv; the same bytes every time."""
        if suffix.lower().lstrip(".") == "csv":
            return self.to_frame().to_csv(index=False, lineterminator="\n").encode("utf-8")
        return encode(self.figure(), self.name, suffix, dots_per_inch)


def draw(file: Formulation | Question, which: str = "", of: str = "", progress: Progress | None = None) -> Drawn:
    """Compute what one figure shows.

    Parameters
    ----------
    file : Formulation or Question
        What is drawn; its own draws and seed are used.
    which : str
        One of `OF_FORMULATIONS` or `OF_QUESTIONS`; the first of them if left out.
    of : str
        For the sensitivity the number that is explained, such as ``drug_half_life``; for retention and depth what is
        followed, where there are several. The first if left out.
    progress : callable, optional
        Called with what is computed next; raise from it to cancel.

    Raises
    ------
    FormulateError
        There is no such figure of this file; or what it shows cannot be computed.
    """
    known = OF_QUESTIONS if isinstance(file, Question) else OF_FORMULATIONS
    name = which or known[0]
    if name not in known:
        kind = "question" if isinstance(file, Question) else "formulation"
        raise _none(f"{shorten(name)!r}: a {kind} has no such figure", known)
    if of and name not in (*_OF_EXPOSURE, "sensitivity"):
        raise FormulateError(f"of {shorten(of)!r}: {name} shows all there is; need it left out")
    if isinstance(file, Question):
        return of_comparison(compare(file, progress), name)
    if name == "nest":
        return Drawn(name, nest_caption(file), lambda: nest_figure(file), lambda: data.nest_frame(file))
    if name in _OF_EXPOSURE:
        return _of_exposure(expose(file, every=bool(of)), name, of)
    if not file.payload:
        raise _none(f"{name}: the carrier is itself the drug, and nothing is released", ("retention", "nest"))
    if name == "sensitivity":
        return _of_sensitivity(file, of, progress)
    return of_comparison(alone(predict(file)), name)


def of_comparison(comparison: Comparison, name: str) -> Drawn:
    """Give one of the figures of a comparison, or of one prediction.

    Raises
    ------
    FormulateError
        Nothing that was computed can be drawn so.
    """
    able = drawable(comparison)
    if name not in able:
        raise _none(f"{name}: nothing here has one", able)
    return Drawn(name, CAPTIONS[name], lambda: FIGURES[name](comparison), lambda: _TABLES[name](comparison))


def of_reported(made: Reported) -> dict[str, Drawn]:
    """Give all figures of what was computed for a report, by their names; nothing is computed anew."""
    found = made.found
    if isinstance(found, Comparison):
        return {name: of_comparison(found, name) for name in drawable(found)}
    file = found.formulation
    drawn = {"nest": Drawn("nest", nest_caption(file), lambda: nest_figure(file), lambda: data.nest_frame(file))}
    if found.prediction is not None:
        itself = alone(found.prediction)
        drawn |= {
            name: of_comparison(itself, name) for name in ("release", "concentration") if name in drawable(itself)
        }
    for item in found.exposed:
        of = f" of {item.what}" if len(found.exposed) > 1 else ""
        able = [name for name, shown in _OF_EXPOSURE.items() if has_figure(item, shown)]
        drawn |= {f"{name}{of}": _of_exposure([item], name, "") for name in able}
    for name, drivers in found.drivers.drivers.items() if found.drivers else ():
        if not drivers.reason:
            drawn[f"sensitivity of {name}"] = of_drivers(drivers)
    if made.among is not None:
        drawn |= {
            name: of_comparison(made.among, name) for name in ("ranking", "pareto") if name in drawable(made.among)
        }
    return drawn


def of_pictures(document: "Document") -> dict[str, Drawn]:
    """Give the figures of a document by their names, each with what it shows where the document holds that too."""

    def frame_of(picture: "Picture") -> "pd.DataFrame":
        if picture.data is None:
            raise FormulateError(f"{picture.name}: its numbers are not kept; need .svg, .png or .pdf")
        return picture.data

    return {
        item.name: Drawn(item.name, item.caption, partial(_figure_of, item), partial(frame_of, item))
        for item in document.pictures
    }


def _figure_of(picture: "Picture") -> "Figure":
    return picture.figure


def _of_exposure(found: Sequence[Exposed], name: str, of: str) -> Drawn:
    item = next((item for item in found if of in ("", item.what)), None)
    if item is None:
        raise _none(f"of {shorten(of)!r}: nothing such is followed", [item.what for item in found])
    shown = _OF_EXPOSURE[name]
    if not has_figure(item, shown):
        able = [other for other, kind in _OF_EXPOSURE.items() if has_figure(item, kind)]
        raise _none(f"{name}: {item.what} has none", able)
    return Drawn(
        name,
        OF_EXPOSURE[shown],
        lambda: exposure_figure(item, shown),
        lambda: data.exposure_frame_of(item, shown),
    )


def _of_sensitivity(file: Formulation, of: str, progress: Progress | None) -> Drawn:
    found = sensitivity(file, (of,) if of else EXPLAINED, progress=progress)
    drivers = next((item for item in found.drivers.values() if not item.reason), None)
    if drivers is None:
        why = next(iter(found.drivers.values())).reason
        raise FormulateError(f"sensitivity: there is nothing to draw: {why}")
    return of_drivers(drivers)


def of_drivers(drivers: Drivers) -> Drawn:
    """Give the bars of one number that can be explained."""
    return Drawn(
        "sensitivity",
        f"{drivers.estimate.label}: {TORNADO}",
        lambda: tornado(drivers),
        lambda: data.tornado_frame(drivers),
    )


def _none(problem: str, able: Sequence[str]) -> FormulateError:
    need = (
        "nothing could be computed"
        if not able
        else f"need {' or '.join(filter(None, (', '.join(able[:-1]), able[-1])))}"
    )
    return FormulateError(f"{problem}; {need}")
