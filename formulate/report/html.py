"""A report as one HTML page that stands alone: no script, no file or address to load."""

import functools
from typing import TYPE_CHECKING

from formulate.pipeline import Prediction
from formulate.report.captions import CAPTIONS
from formulate.report.content import report_content
from formulate.report.scores import alone
from formulate.rows import Comparison

if TYPE_CHECKING:
    from jinja2 import Template

    from formulate.difference import Differences
    from formulate.report.page import Document


def comparison_html(
    comparison: Comparison,
    *,
    title: str | None = None,
    date: str | None = None,
    differences: "Differences | None" = None,
) -> str:
    """Give the report of a comparison as an HTML page; the same comparison gives the same bytes.

    Of formulation files, `differences` adds what differs between them.
    """
    from markupsafe import Markup

    from formulate.report.canvas import inline_svg
    from formulate.report.differences import differences_section
    from formulate.report.figures import drawable, figure_svg

    content = report_content(comparison, title=title, date=date)
    names = drawable(comparison)
    figures = [
        {"svg": Markup(inline_svg(figure_svg(name, comparison), CAPTIONS[name])), "caption": CAPTIONS[name]}
        for name in names
    ]  # safe: matplotlib escapes every text it writes
    sections = [differences_section(differences)] if differences else []
    return template("report.html.j2").render(**content, figures=figures, sections=sections)


def prediction_html(prediction: Prediction, *, title: str | None = None, date: str | None = None) -> str:
    """Give the report of one prediction as an HTML page; the same prediction gives the same bytes."""
    return comparison_html(alone(prediction), title=title, date=date)


def document_html(document: "Document") -> str:
    """Give a document as one HTML page that stands alone; the same document gives the same bytes."""
    return template("page.html.j2").render(document=document)


@functools.cache
def template(name: str) -> "Template":
    """Give a template of the reports; every text it is given is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("formulate.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
