"""What a worker keeps: a result is not computed twice, and a file that changed is read anew."""

import pytest

from formulate.form.wanted import Wanted
from tui.app.jobs import data, design, latest, report


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch):
    monkeypatch.setattr(latest, "_latest", {})


def test_a_fit_is_computed_once_for_its_screen_and_its_report_and_again_for_another_file(monkeypatch, tmp_path):
    done: list[str] = []

    def fitted(content, told):
        done.append(content["table"])
        return object()

    monkeypatch.setattr("formulate.form.fitted.fitted_measured", fitted)
    path = tmp_path / "release.csv"
    path.write_text("time (h),released (%)\n1,10\n", "utf-8")
    content = {"table": str(path)}
    found = data.analysis(content)
    assert report._computed(report.Asked("fit", content, Wanted())).analysis is found
    assert done == [str(path)]
    path.write_text("time (h),released (%)\n1,10\n2,20\n", "utf-8")
    assert data.analysis(content) is not found


def test_a_search_is_done_once_for_its_screen_and_its_report(monkeypatch):
    done: list[int] = []

    def look(target, designs, told, fresh):
        done.append(designs)
        return object()

    monkeypatch.setattr("formulate.designs.search.design", look)
    monkeypatch.setattr("formulate.designs.target_file.build_target", lambda content, name: content)
    monkeypatch.setattr("formulate.designs.sweep.with_calculation", lambda target: target)
    content = {"kind": "target"}
    found = design.found(content, 16, 16)
    assert report._computed(report.Asked("design", content, Wanted(), 16)).design is found
    assert design.found(content, 32) is not found
    assert done == [16, 32]
