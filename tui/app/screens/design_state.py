"""How far a target on its screen is: what is free, what is wrong, and what stays in sight while one types."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from formulate.form.content import rows, table
from formulate.form.parts import Form


def state_text(content: Mapping[str, Any], form: Form, designs: object) -> str:
    """Say how much is free and limited, and whether it can be searched or what is wrong."""
    free, limits = len(rows(content, "choice")), len(table(content, "limits"))
    told = f"{_counted(free, 'choice')} free, {_counted(limits, 'limit')}"
    if form.faults:
        return f"{told}\n✗ {first_fault(form)}"
    return f"{told}\n✓ ready: {designs} designs are looked at first, then the best more closely"


def first_fault(form: Form) -> str:
    """Give the first thing that is wrong, with its place."""
    place, problem = next(iter(form.faults.items()))
    return f"{place}: {problem}" if place else problem


def steady(former: Form | None, form: Form) -> Form:
    """Give a faulty form with the numbers that held before: they stay in sight while one types."""
    if former is None or not form.faults:
        return form
    before = {section.path: section for section in former.sections if section.path[:1] in (("payload",), ("layer",),
                                                                                          ("regimen",))}  # fmt: skip
    sections = []
    for section in form.sections:
        known = before.get(section.path)
        more = known is not None and len(known.fields) > len(section.fields)
        sections.append(replace(section, fields=known.fields) if known is not None and more else section)
    return replace(form, sections=tuple(sections))


def _counted(count: int, name: str) -> str:
    return f"{count} {name}{'' if count == 1 else 's'}"
