"""How Sphinx builds the site. Everything it shows is in the built folder: no font, script or picture from elsewhere."""

import re
from typing import TYPE_CHECKING, Any

from formulate.version import program_version

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "Formulate"
release = program_version()
html_title = f"Formulate {release}"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_heading_anchors = 4  # links name a heading as the pages on a repository's site do
myst_enable_extensions = ["attrs_inline"]
highlight_language = "none"  # equations in plain letters; blocks of a language name it
html_theme = "furo"
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
autodoc_typehints = "description"
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
napoleon_google_docstring = False
napoleon_use_ivar = True
nitpicky = False  # the types of numpy, pandas and pydantic are not ours to link
myst_ref_domains = ["std"]  # where a link may lead: not to the words of other programming languages


def setup(app: "Sphinx") -> None:
    """Show tables as they are; let catalog pages, which no table of contents names, share one drawing of it."""
    from pygments.lexers.special import TextLexer

    app.add_lexer("csv", TextLexer)
    drawn: dict[str, str] = {}

    def shared(app: "Sphinx", page: str, template: str, context: dict[str, Any], doctree: object) -> None:
        if re.fullmatch(r"the-catalog/[a-z]+/.*", page):  # all as deep, so that the same relative links hold
            draw = context["toctree"]

            def toctree(**how: Any) -> str:
                key = repr(sorted(how.items()))
                if key not in drawn:
                    drawn[key] = draw(**how)
                return drawn[key]

            context["toctree"] = toctree

    app.connect("html-page-context", shared, priority=400)
