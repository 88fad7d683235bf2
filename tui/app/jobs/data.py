"""What the screen of release data has computed beside the app."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from formulate.form.parts import Form
from tui.app.jobs.latest import latest, with_files
from tui.app.worker import tell

if TYPE_CHECKING:
    from formulate.fitting.analysis import Analysis


def describe(content: Mapping[str, Any]) -> tuple[Form, dict[str, Any]]:
    """Give the options of a table of release, with what is wrong, and what was read of it."""
    from formulate.form.measured import measured_form

    return measured_form(content)


def fit(content: Mapping[str, Any]) -> dict[str, Any]:
    """Give the models fitted to a table of release."""
    from formulate.form.fitted import shown_fit

    return shown_fit(analysis(content))


def compare(content: Mapping[str, Any]) -> dict[str, Any]:
    """Give two profiles compared."""
    from formulate.form.alike import compared_measured, shown_similarity

    return shown_similarity(*compared_measured(content))


def with_law(
    content: Mapping[str, Any], profile: str, model: str, formulation: Mapping[str, Any], layer: str
) -> dict[str, Any]:
    """Give a formulation's content that releases by a fitted law."""
    from formulate.form.measured_in import with_measured_law

    found = analysis(content)
    return with_measured_law(formulation, found.profile(profile).model(model).fit, found.data, layer)


def with_points(content: Mapping[str, Any], profile: str, formulation: Mapping[str, Any]) -> dict[str, Any]:
    """Give a formulation's content with the readings of a profile as first points of its release."""
    from formulate.form.measured import read_measured
    from formulate.form.measured_in import with_measured_points

    data = read_measured(content)
    return with_measured_points(formulation, data, data.profile(profile))


def analysis(content: Mapping[str, Any]) -> "Analysis":
    """Give the fit of a table of release; the last one is kept, so that its laws need not be fitted anew."""
    from formulate.form.fitted import fitted_measured

    return latest("fit", with_files(content), lambda: fitted_measured(content, _told))


def _told(done: int, of: int) -> None:
    tell(f"fit {done} of {of}", done / of)
