"""Schedules as a page: which one is named, and what stands in the way of the others."""

import tomli

from formulate import examples
from formulate.dosing import Dosing, Schedule
from formulate.estimate import Estimate
from formulate.formulation import Formulation, build
from formulate.report.dosing import dosing_document, dosing_results, fewest_sentence

DAY = 86400.0


def found(*volumes: float | None, largest: float | None = 10e-6) -> Dosing:
    """Give schedules of one injection and more that need so many mL each; none holds where nothing is given."""
    content = tomli.loads(examples.text("triamcinolone-microspheres.toml"))
    formulation: Formulation = build(Formulation, content, "test")
    schedules = tuple(
        Schedule(count, None if count == 1 else 28 * DAY / count, volume and 20e-6, 0.8 if volume else 0.4,
                 "" if volume else "gone before the next",
                 Estimate("needed_volume", "volume", "mL", volume, volume, volume) if volume else None)
        for count, volume in enumerate(volumes, start=1)
    )  # fmt: skip
    return Dosing(formulation, 1e-6, "4 nmol/L", schedules, largest, ("each injection can infect",))


def test_the_fewest_that_the_site_can_take_are_named():
    assert fewest_sentence(found(None, 5.0)) == "Fewest: 2 x 20 mg every 14 d."
    both = fewest_sentence(found(30.0, 12.0, 5.0))
    assert both == "Fewest: 1 x 20 mg, more than the site takes at once; the fewest that fit: 3 x 20 mg every 9.33 d."
    assert fewest_sentence(found(30.0)).endswith("no schedule that was tried fits.")
    assert fewest_sentence(found(30.0, largest=None)) == "Fewest: 1 x 20 mg."  # nobody says what the site takes
    assert fewest_sentence(found(None)).startswith("No schedule that was tried holds the level")
    told = dosing_results(found(30.0, 5.0))
    assert (told["fewest_injections"], told["fewest_injections_that_fit"]) == (1, 2)


def test_each_schedule_points_at_its_limits():
    document = dosing_document(found(None, 12.0, 5.0), date="2 January 2026")
    table, notes = document.sections[0].blocks[1:]
    assert [str(row[-1]) for row in table.rows] == ["[1]", "[2]", "[3]"]
    assert [row[1].values for row in table.rows] == [(None,), (14.0,), (28.0 / 3.0,)]
    assert notes.texts[0] == "[1] gone before the next"
    assert notes.texts[1].endswith("the site takes 10 mL: too much")
    assert [section.title for section in document.filled] == ["Schedules", "What each injection costs"]
