"""What a user writes: files of formulations, targets and entries, keys, rules, formulas, quantities."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.fuzzing.mutation import Reader
from bench.fuzzing.seeds import CELLS, OWN_GEL, TWO_DRUGS, examples, names, of_file


def formulation(scratch: Path) -> Reader:
    """Formulation and question files, as every command reads them."""
    from formulate.formulation import Formulation, Question, keys_of, read

    stages: tuple[Any, ...] = ("loading", "release", "retention", "comparison")

    def use(path: Path) -> object:
        found = read(path, stages[path.stat().st_size % 4])
        return found.label if isinstance(found, Formulation) else found.payload

    words = names((*keys_of(Formulation).values(), *keys_of(Question).values()))
    return Reader(of_file(scratch / "asked.toml", use), examples, "toml", words)


def plan(scratch: Path) -> Reader:
    """Formulations of which studies are planned, as the plan is written."""
    from formulate.formulation import Formulation, read
    from formulate.planning import plan
    from formulate.report.plan_page import plan_document, plan_results

    def use(path: Path) -> object:
        file = read(path)
        if not isinstance(file, Formulation):
            return file.payload
        found = plan(file)
        plan_results(found)
        return plan_document(found)

    return Reader(of_file(scratch / "planned.toml", use), examples, "toml", formulation(scratch).words)


def exposure(scratch: Path) -> Reader:
    """Formulations with what their cells secrete, and the effect, computed once with typical numbers."""
    from formulate.exposure import expose
    from formulate.formulation import Formulation, read
    from formulate.sampling import TypicalDraw

    def use(path: Path) -> object:
        file = read(path)
        return expose(file, TypicalDraw()) if isinstance(file, Formulation) else file.payload

    def seeds() -> Iterator[bytes]:
        yield CELLS.encode()
        yield TWO_DRUGS.encode()

    return Reader(of_file(scratch / "exposed.toml", use), seeds, "toml", formulation(scratch).words)


def target(scratch: Path) -> Reader:
    """Target files of `design` and `sweep`, and the space of designs they span."""
    from formulate.designs.space import Space
    from formulate.designs.target_file import Choice, Limits, TargetFile, read_target

    def use(path: Path) -> object:
        space = Space(read_target(path))
        return [space.formulation(space.settings(point)) for point in space.points(2)]

    words = names(model.model_fields for model in (TargetFile, Choice, Limits))
    return Reader(of_file(scratch / "target.toml", use), lambda: examples("target"), "toml", words)


def form(scratch: Path) -> Reader:
    """Files as the forms of the app show and save them: faulty ones too."""
    from formulate.form.description import form_of
    from formulate.form.question import question_form
    from formulate.form.target import target_form
    from formulate.form.target_changes import choosable, limitable, removable
    from tui.app.documents import loses_comments, read_document, write_document

    shown: dict[str, Callable[[Any], object]] = {
        "formulation": form_of,
        "question": question_form,
        "target": lambda value: (target_form(value), choosable(value), limitable(value), removable(value)),
    }

    def use(path: Path) -> object:
        document = read_document(path)
        loses_comments(document)
        write_document(document, scratch / "written.toml")
        return shown[document.slot](document.value)

    return Reader(of_file(scratch / "shown.toml", use), examples, "toml", formulation(scratch).words)


def catalog(scratch: Path) -> Reader:
    """Catalog files of the user, laid over ours; entries put in and taken out again."""
    from materials.catalog import KINDS
    from materials.files import parse_toml
    from materials.inheritance import inherit
    from materials.overlay import lay_texts
    from materials.own_entries import with_entry, without_entry
    from materials.store import load_shipped
    from materials.template import template

    shipped = load_shipped()

    def read(data: bytes) -> object:
        text = data.decode("utf-8", "replace")
        rows, _ = parse_toml(Path("own.toml"), text)
        made = inherit(lay_texts(shipped, [(Path("own.toml"), text)]))
        for kind in KINDS:
            for index, row in enumerate(rows.get(kind, [])[:3]):
                with_entry(text, kind, index, {**row, "name": "another"})
                without_entry(text, kind, index)
        return made.version

    def seeds() -> Iterator[bytes]:
        yield OWN_GEL.encode()
        classes = {
            "carrier": "hydrogel",
            "payload": "small-molecule",
            "site": "joint",
            "method": "particle-preparation",
        }
        for kind, of in classes.items():
            yield template(shipped, kind, "my-own", of).encode()

    words = names([KINDS, (
        "property", "statement", "missing", "class", "inherits", "composition", "mechanisms", "modifications", "layers",
        "id", "name", "carrier_class", "physical_form", "diffusion-polymer", "origin", "typical", "low", "high", "unit",
        "evidence", "conditions", "source", "molecular_weight", "diameter", "rationale", "text", "reason",
    )])  # fmt: skip
    return Reader(read, seeds, "toml", words)


def formula(scratch: Path) -> Reader:
    """The user's own formulas: read, derived, computed, started."""
    import numpy as np

    from formulate.curves.formula import formula_model

    t, released = np.array([0.0, 0.5, 1.0, 5.0, 40.0]), np.array([0.0, 10.0, 20.0, 60.0, 95.0])

    def read(data: bytes) -> object:
        model = formula_model(data.decode("utf-8", "replace"))
        values = [0.7] * len(model.names)
        curve, slopes = model.curve(t, *values), model.gradient(t, *values)
        assert curve.shape == t.shape
        assert slopes.shape == (len(values), *t.shape)
        return model.starts(t, released) if len(values) < 6 and model.starts else curve

    seeds = (
        "Fmax*(1 - exp(-k*t))", "100*(1 - exp(-((t - Ti)^beta)/alpha))", "a*[t - {1 + (t)}] × 2 ÷ π − 1.5e1·t",
        "where(t < tb, k*t, k*tb + s*sqrt(abs(t - tb)))", "F = a*min(t, b, 3) + max(t, 1) - Phi(c*t) + erfc(t/a)",
        "a + x**2**b", "M*erfc(a/sqrt(t)) + tanh(b*t)*erf(c*t)", "ln(3 + sin(a*t)) + log10(t + b) + step(t - a)",
    )  # fmt: skip
    words = (
        "exp(", "ln(", "sqrt(", "where(", "min(", "max(", "Phi(", "step(", "abs(", "erf(", "tan(", "asin(", "cosh(",
        "^", "**", "10**10**10", "1e999999", "1e308", "9" * 300, "(" * 9, "-" * 50, "__import__", "t²", "½",
        "\u2167", "<=", ",", "=", "e^",
    )  # fmt: skip
    return Reader(read, lambda: [text.encode() for text in seeds], "", words)


def quantity(scratch: Path) -> Reader:
    """Quantities, units and bands, as files, forms and the command line take them."""
    from formulate.equations.entry import measured
    from formulate.equations.writing import split as split_list
    from formulate.form.override_text import override_of
    from materials.units import parse, si_factor, split, unit_of

    expected = tuple(
        ["mg", "um", "kg/mol", "percent_w_w", "fraction", "degC", "pH", "umol/L", "1/s", "m**2/s", "1", "log10(L/kg)"]
    )

    def read(data: bytes) -> object:
        text = data.decode("utf-8", "replace")
        unit = expected[len(text) % len(expected)]
        uses: tuple[Callable[[], object], ...] = (
            lambda: split(text, unit), lambda: si_factor(text), lambda: unit_of(text), lambda: override_of(text),
            lambda: split_list(text, counted=bool(len(text) % 2)), lambda: measured(text, unit, "x"),
        )  # fmt: skip
        for use in uses:
            with suppress(ValueError):  # every refusal of a text is one
                use()
        return parse(text, unit)

    seeds = (
        "40 um (30 to 55)", "40 um (30 um to 55 um)", "1.2 mg/mL", "10 percent_w_w", "1×10⁻¹² cm2/s",
        "10^-2 g·cm⁻³", "1:8", "600 rpm", "4 kDa", "5e11/mL", "25 % (w/w)", "7.4000", "1;2;3 mg", "1,000,000 1/mL",
        "3 m s**-1", "5 1/(mol*s)",
    )  # fmt: skip
    words = (
        "um", "mg/mL", "**", "^", "1e999999", "1e-999999", "9" * 150, "m**999999999", "10**10**10", "(", ")",
        " to ", "%", "\u00b5", "degC", "delta_degC", "dB", "radian", "½", "⁹⁹", "x10-12", "wt%", ":", "kg", "hour",
        "dimensionless",
    )  # fmt: skip
    return Reader(read, lambda: [text.encode() for text in seeds], "", words)


def keys(scratch: Path) -> Reader:
    """The user's own keys of the app."""
    from tui.app.keys import keys_file, own_keys

    keys_file().parent.mkdir(parents=True, exist_ok=True)
    seeds = [b'"app.save" = "ctrl+w"\n', b'[app]\nsave = "ctrl+w,f9"\nleave = "slash"\n', b'app.save = "f2"\n']
    use = of_file(keys_file(), lambda _: own_keys(lambda: ["app.save", "app.leave"]))
    return Reader(use, lambda: seeds, "toml", ("app", "save", "leave", "ctrl+", "shift+", "f24", "space", "comma", ","))


def rules(scratch: Path) -> Reader:
    """Files of rules by which evidence is graded."""
    from formulate.standing.rules import read_rules, rules_text, shipped_rules

    use = of_file(scratch / "rules.toml", lambda path: rules_text(read_rules(path)))
    words = ("tie", "place", "direction", "against", "word", "degree")
    return Reader(use, lambda: [rules_text(shipped_rules()).encode()], "toml", words)
