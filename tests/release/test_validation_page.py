"""The page of scores shows the file of scores, and the file itself makes sense."""

from pathlib import Path

import pytest

from bench.release_tables import SETS, coverage_plot, markdown, read, write

DOCS = Path(__file__).parents[2] / "docs"
SCORES = read(DOCS / "validation-release.csv")


def test_the_page_shows_the_tables_of_the_file():
    assert markdown(SCORES) in (DOCS / "validation.md").read_text(encoding="utf-8")


def test_the_picture_is_drawn_from_the_file():
    assert coverage_plot(SCORES) == (DOCS / "images" / "validation-coverage.svg").read_text(encoding="utf-8")


def test_writing_and_reading_gives_the_same_scores(tmp_path):
    write(SCORES, tmp_path / "scores.csv")
    assert read(tmp_path / "scores.csv") == SCORES


@pytest.mark.parametrize("source", SETS)
def test_wider_bands_hold_more_and_points_help(source):
    for found in SCORES[source].values():
        held = [value for name, value in found.items() if name.startswith("held")]
        assert held == sorted(held)
    errors = {way: found["profile"] for way, found in SCORES[source].items()}
    first = "after 2 h" if source == "liposomes" else "after 3 d"
    assert errors[first] < errors["a priori"] < errors["mean curve"]
