"""The page of scores shows the files of scores, and the files themselves make sense."""

import pytest

from bench.page import DOCS, fill
from bench.release_tables import SETS, read, write
from bench.validation_page import IMAGES, PAGE, pictures, tables

SCORES = read(DOCS / "validation-release.csv")
GAINS = read(DOCS / "validation-release-gains.csv")
OTHERS = read(DOCS / "validation-loading.csv") | read(DOCS / "validation-retention.csv")


def test_the_page_shows_the_tables_of_the_files():
    page = PAGE.read_text(encoding="utf-8")
    assert fill(page, tables()) == page


def test_the_pictures_are_drawn_from_the_files():
    for name, picture in pictures().items():
        assert picture == (IMAGES / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("scores", [SCORES, GAINS, OTHERS], ids=["release", "gains", "others"])
def test_writing_and_reading_gives_the_same_scores(tmp_path, scores):
    write(scores, tmp_path / "scores.csv")
    assert read(tmp_path / "scores.csv") == scores


def test_wider_bands_hold_more():
    for ways in (SCORES | GAINS | OTHERS).values():
        for found in ways.values():
            held = [value for name, value in sorted(found.items()) if name.startswith("held")]
            assert held == sorted(held)


@pytest.mark.parametrize("source", SETS)
def test_points_help(source):
    errors = {way: found["profile"] for way, found in SCORES[source].items()}
    first = "after 2 h" if source == "liposomes" else "after 3 d"
    assert errors[first] < errors["a priori"] < errors["mean curve"]


@pytest.mark.parametrize("source", SETS)
def test_both_scripts_score_the_same_prediction_alike(source):
    # the same folds, draws and formulations, by two scripts
    assert GAINS[source]["all features"] == SCORES[source]["a priori"]
    later = GAINS[source]
    assert later["later points, all points until then"]["profile"] < later["later points, nothing measured"]["profile"]
