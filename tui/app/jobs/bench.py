"""What is asked without a file, answered beside the app in the words of the command line."""

from collections.abc import Mapping
from typing import Any

from formulate.form.parts import Section

Given = Mapping[str, str]


def equations() -> list[tuple[str, str]]:
    """Give the equations to pick from."""
    from formulate.form.bench import equations

    return [(item.value, item.label) for item in equations()]


def equation_form(identifier: str) -> Section:
    """Give the fields of an equation."""
    from formulate.form.bench import equation_form

    return equation_form(identifier)[0]


def equation(identifier: str, given: Given, width: int) -> str:
    """Give what an equation comes to; while an input is missing, what cannot be read, and what it takes and gives."""
    from formulate.form.bench import calculated, equation_form, unreadable
    from tui.show_calculation import calculation_text, description_text, fitting_units

    done = calculated(identifier, given)
    if done is None:
        faults = [f"✗ {fault}" for fault in unreadable(identifier, given)]
        return "\n".join([*faults, *([""] if faults else []), description_text(equation_form(identifier)[1], width)])
    return calculation_text(done, fitting_units(done), width)


def expected_form(formulation: Mapping[str, Any] | None) -> Section:
    """Give the fields of the loading to expect."""
    from formulate.form.bench import expected_form

    return expected_form(formulation)


def expected(given: Given, width: int) -> str:
    """Give the loading to expect."""
    from formulate.form.bench import expected_loading
    from tui.show_loading import expected_text

    found = expected_loading(given)
    return "Choose a carrier." if found is None else expected_text(found, width)


def fate_form() -> Section:
    """Give the fields of the fate of an agent."""
    from formulate.form.bench import fate_form

    return fate_form()


def fate(given: Given, width: int) -> str:
    """Give what becomes of an agent."""
    from formulate.fate.report import fate_text
    from formulate.form.bench import fate_of

    found = fate_of(given)
    return "Tell the agent or its kind; the site and the species say more." if found is None else fate_text(found)
