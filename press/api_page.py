"""The page of the Python API: the functions of `formulate`, what they give, and the catalog; from their docstrings."""

import formulate

# what the functions give and take, by the module that holds it
RESULTS = (
    "formulate.formulation.Formulation",
    "formulate.formulation.Question",
    "formulate.designs.target_file.TargetFile",
    "formulate.pipeline.Prediction",
    "formulate.comparison.Comparison",
    "formulate.estimate.Estimate",
)
CATALOG = (
    "materials.catalog.load",
    "materials.catalog.use",
    "materials.catalog.Catalog",
    "materials.search.find",
    "materials.tables.frame",
    "materials.units.parse",
    "materials.sources.reference",
    "materials.values.Value",
)
_LEAD = """# Python API

What the command line does, Python does too: every command calls one of these functions. Numbers inside results are in
SI units; arrays over draws and times have the shape `(draws, times)`. A mistake in what you give is raised as
`materials.errors.FormulateError`, one line for each fault.

Functions that start from a file take what `formulate.read` gives, or what `formulate.new_formulation`,
`formulate.new_question` and `formulate.new_target` make from values, without a file. The equations alone are called
by `formulate.calculate`: see [calculators](calculators.md).
"""


def api_page() -> str:
    """Give the page, in Markdown with the directives of Sphinx."""
    functions = [_directive("autofunction", f"formulate.{name}") for name in sorted(formulate.__all__)]
    results = [_directive("autoclass", name) for name in RESULTS]
    catalog = [
        _directive("autoclass" if name.rpartition(".")[2][0].isupper() else "autofunction", name) for name in CATALOG
    ]
    return "\n\n".join(
        [_LEAD, "## Functions", *functions, "## What they take and give", *results, "## The catalog", *catalog, ""]
    )


def _directive(kind: str, name: str) -> str:
    members = "\n   :members:" if kind == "autoclass" else ""
    return f"```{{eval-rst}}\n.. {kind}:: {name}{members}\n```"
