"""A folder of files run together: what is run, why, what changed, what is kept."""

import json
import os
import shutil
from pathlib import Path

import pytest

from formulate import examples, project
from formulate.estimate import Estimate
from formulate.formulation import read
from formulate.project import Done, Project, at_rest, open_project, run_project
from formulate.project_fingerprint import Fingerprint
from formulate.project_results import Change, changes, compute, number_from, number_record
from materials import catalog
from materials.errors import FileError

GEL = """\
schema_version = 1
kind = "formulation"
[[payload]]
id = "dasatinib"
dose = "1 mg"
[[layer]]
id = "suspension"
carrier = "free-drug-suspension"
holds = ["dasatinib"]
[regimen]
site = "knee"
[target]
unbound_above = "10 nmol/L"
duration = "7 d"
[calculation]
draws = 16
"""


def write(folder: Path, name: str = "a.toml", old: str = "", new: str = "") -> Path:
    assert old in GEL
    path = folder / name
    path.write_text(GEL.replace(old, new) if old else GEL, "utf-8")
    return path


def run(folder: Path, **asked: object) -> dict[str, Done]:
    return {item.item.name: item for item in run_project(open_project(folder, **asked))}  # type: ignore[arg-type]


def states(done: dict[str, Done]) -> dict[str, str]:
    return {name: item.state for name, item in done.items()}


def test_every_kind_of_file_is_computed_as_far_as_it_can_be(tmp_path):
    shipped = ("triamcinolone-microspheres", "stem-cells-knee", "two-drugs-assayed", "triamcinolone-knee")
    names = (*shipped, "in-the-liver")
    elsewhere = examples.text("two-drugs-assayed.toml").replace('site = "knee"', 'site = "liver"')
    (tmp_path / "in-the-liver.toml").write_text(elsewhere, "utf-8")
    for name in shipped:
        text = examples.text(f"{name}.toml")
        few = text.replace("[[payload]]", 'carriers = ["liposome", "free-drug-solution"]\n[[payload]]', 1)
        (tmp_path / f"{name}.toml").write_text(few if 'kind = "question"' in text else text, "utf-8")
    done = run(tmp_path, draws=16)
    assert [done[f"{name}.toml"].command for name in names] == [
        "predict", "retention", "retention", "compare", "loading",
    ]  # fmt: skip
    assert all(item.numbers and item.state == "run" for item in done.values())
    assert set(done["triamcinolone-knee.toml"].ranked) == {"liposome", "free-drug-solution"}
    assert {subject for subject, _ in done["two-drugs-assayed.toml"].numbers} == {"Dasatinib", "Quercetin"}
    assert "liver can be looked up" in done["in-the-liver.toml"].told
    assert set(states(run(tmp_path, draws=16)).values()) == {"up to date"}


def test_a_result_holds_what_the_command_gives_and_what_it_rests_on(tmp_path):
    write(tmp_path)
    run(tmp_path)
    content = json.loads((tmp_path / "results" / "a.json").read_text("utf-8"))
    assert content["command"] == "predict"
    assert content["seed"] == 7
    assert content["inputs"]["payload"] == [{"id": "dasatinib", "dose": "1 mg"}]
    assert "cover" in content["results"]["estimates"]
    rests_on = content["project"]["rests_on"]
    assert rests_on["catalog"] == catalog.load().version
    assert (rests_on["draws"], rests_on["seed"], rests_on["own_catalog_files"]) == (16, 7, {})


def test_only_what_changed_is_run_again_with_the_reason_and_the_change(tmp_path):
    write(tmp_path)
    write(tmp_path, "b.toml")
    assert states(run(tmp_path)) == {"a.toml": "run", "b.toml": "run"}
    kept = (tmp_path / "results" / "b.json").read_bytes()
    write(tmp_path, "a.toml", '"1 mg"', '"2 mg"')
    done = run(tmp_path)
    assert states(done) == {"a.toml": "run", "b.toml": "up to date"}
    assert done["a.toml"].item.why == ("the file changed: payload.dose 1 mg -> 2 mg",)
    peak = next(change for change in done["a.toml"].changes if change.label.startswith("peak unbound plasma"))
    assert peak.now.median > peak.before.median
    assert (tmp_path / "results" / "b.json").read_bytes() == kept
    told = json.loads((tmp_path / "results" / "a.json").read_text("utf-8"))["project"]["before"]["changes"]
    assert len(told) == len(done["a.toml"].changes)
    assert run(tmp_path)["a.toml"].numbers == done["a.toml"].numbers or states(run(tmp_path))["a.toml"] == "up to date"


def test_other_words_for_the_same_change_no_number(tmp_path):
    write(tmp_path)
    run(tmp_path)
    write(tmp_path, "a.toml", '"1 mg"', '"1000 ug"  # the same')
    done = run(tmp_path)["a.toml"]
    assert done.item.why == ("the file changed: in its words alone",)
    assert done.changes == ()


def test_a_touched_file_is_not_run_again(tmp_path):
    path = write(tmp_path)
    run(tmp_path)
    os.utime(path, (1, 1))
    assert states(run(tmp_path)) == {"a.toml": "up to date"}


def test_an_own_catalog_file_that_changes_is_named(tmp_path):
    write(tmp_path)
    own = tmp_path / "own" / "mine.toml"
    own.parent.mkdir()
    head = '[[payload]]\nid = "dasatinib"\n[[payload.property]]\nname = "aqueous_solubility"\n'
    text = head + 'typical = {}\nunit = "mg/mL"\n'
    own.write_text(text.format("0.01"), "utf-8")
    run(tmp_path)
    catalog.use(own)
    done = run(tmp_path)["a.toml"]
    assert done.item.why == ("the catalog file own/mine.toml is new",)
    assert done.changes
    own.write_text(text.format("0.02"), "utf-8")
    catalog.use(own)
    assert run(tmp_path)["a.toml"].item.why == ("the catalog file own/mine.toml changed",)
    catalog.use()
    assert run(tmp_path)["a.toml"].item.why == ("the catalog file own/mine.toml is gone",)


def test_a_new_program_or_catalog_or_seed_runs_all_again(tmp_path, monkeypatch):
    write(tmp_path)
    run(tmp_path)
    assert run(tmp_path, seed=8)["a.toml"].item.why == ("seed 7 -> 8",)
    run(tmp_path)
    monkeypatch.setattr("formulate.project_fingerprint.program", lambda: "99.0+0")
    (why,) = run(tmp_path)["a.toml"].item.why
    assert why.startswith("the program: ")
    assert why.endswith(" -> 99.0+0")
    assert run(tmp_path, again=True)["a.toml"].item.why == ("asked for again",)


def test_the_fingerprint_tells_of_the_code():
    old = Fingerprint("f", "c", "0.1.0+aa", 16, 7)
    assert list(Fingerprint("f", "c", "0.1.0+bb", 16, 7).changes_since(old)) == ["the program changed"]
    assert list(old.changes_since(old)) == []
    assert Fingerprint.from_dict(json.loads(json.dumps(old.to_dict()))) == old


def test_checking_runs_and_writes_nothing(tmp_path):
    write(tmp_path)
    (item,) = open_project(tmp_path).items
    assert (item.must_run, item.why) == (True, ("no result yet",))
    assert at_rest(item).state == "to run"
    assert [path.name for path in tmp_path.iterdir()] == ["a.toml"]


def test_a_faulty_file_keeps_the_others_from_nothing(tmp_path):
    write(tmp_path)
    write(tmp_path, "bad.toml", '"1 mg"', '"1 apple"')
    write(tmp_path, "b.toml", 'kind = "formulation"', 'kind = "target"')
    (tmp_path / "empty.toml").touch()
    (tmp_path / "broken.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "gone.toml").symlink_to(tmp_path / "nowhere.toml")
    done = run(tmp_path)
    assert {name for name, item in done.items() if item.state == "not run"} == set(done) - {"a.toml"}
    assert all(item.faults for item in done.values() if item.state == "not run")
    assert "bad.toml:5: payload.0.dose" in done["bad.toml"].faults[0]
    assert [path.name for path in (tmp_path / "results").iterdir()] == ["a.json"]


def test_a_file_that_breaks_keeps_its_result_of_before(tmp_path):
    write(tmp_path)
    run(tmp_path)
    kept = (tmp_path / "results" / "a.json").read_bytes()
    write(tmp_path, "a.toml", '"1 mg"', '"1 apple"')
    assert states(run(tmp_path)) == {"a.toml": "not run"}
    assert (tmp_path / "results" / "a.json").read_bytes() == kept


def test_nothing_of_the_users_is_written_over_or_removed(tmp_path):
    write(tmp_path)
    write(tmp_path, "b.toml")
    results = tmp_path / "results"
    results.mkdir()
    (results / "a.json").write_text('{"mine": 1}', "utf-8")
    (results / "notes.txt").write_text("mine", "utf-8")
    done = run(tmp_path)
    assert states(done) == {"a.toml": "not run", "b.toml": "run"}
    assert "is no result of this project" in done["a.toml"].faults[0]
    assert (results / "a.json").read_text("utf-8") == '{"mine": 1}'
    (tmp_path / "b.toml").unlink()
    project = open_project(tmp_path)
    assert project.left_over == (results / "b.json",)
    assert sorted(path.name for path in results.iterdir()) == ["a.json", "b.json", "notes.txt"]


def test_a_result_in_the_form_of_another_version_is_made_anew(tmp_path):
    write(tmp_path)
    run(tmp_path)
    result = tmp_path / "results" / "a.json"
    content = json.loads(result.read_text("utf-8"))
    del content["project"]["numbers"]
    result.write_text(json.dumps(content), "utf-8")
    done = run(tmp_path)["a.toml"]
    assert done.item.why == ("its result is in the form of another version of the program",)
    assert states(run(tmp_path)) == {"a.toml": "up to date"}


@pytest.mark.parametrize(
    ("place", "given"),
    [
        (("project", "rests_on"), 3),
        (("project", "rests_on", "program"), None),
        (("project", "rests_on", "own_catalog_files"), []),
        (("project", "numbers", 0, "median"), "much"),
        (("project", "numbers", 0, "median"), float("nan")),
        (("project", "numbers", 0, "unit"), []),
        (("project", "numbers", 0, "subject"), {}),
        (("project", "ranked"), [1]),
        (("project", "told"), 5),
        (("command",), "zz"),
        (("inputs",), None),
    ],
)
def test_a_result_that_someone_changed_is_made_anew(tmp_path, place, given):
    write(tmp_path)
    run(tmp_path)
    result = tmp_path / "results" / "a.json"
    content = inner = json.loads(result.read_text("utf-8"))
    for part in place[:-1]:
        inner = inner[part]
    inner[place[-1]] = given
    result.write_text(json.dumps(content), "utf-8")
    assert states(run(tmp_path)) == {"a.toml": "run"}
    assert states(run(tmp_path)) == {"a.toml": "up to date"}


def test_a_result_nested_too_deeply_is_someone_elses(tmp_path):
    write(tmp_path)
    run(tmp_path)
    (tmp_path / "results" / "a.json").write_text("[" * 100_000, "utf-8")
    assert states(run(tmp_path)) == {"a.toml": "not run"}


def test_links_names_in_other_scripts_and_twins_but_for_case(tmp_path):
    folder, elsewhere = tmp_path / "проект 微球", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    (folder / "link.toml").symlink_to(write(elsewhere))
    write(folder, "微球λ.toml")
    write(folder, "twin.toml")
    write(folder, "twin.TOML")
    (folder / "folder.toml").mkdir()
    write(folder, ".hidden.toml")
    assert set(states(run(folder)).values()) == {"run"}
    names = {path.name for path in (folder / "results").iterdir()}
    both = (
        {"twin.toml.json", "twin.TOML.json"} if (folder / "twin.TOML").exists() and len(names) == 4 else {"twin.json"}
    )
    assert names == {"link.json", "微球λ.json"} | both
    assert not any(elsewhere.glob("results"))


def test_two_hundred_files(tmp_path, monkeypatch):
    write(tmp_path)
    (one,) = compute([read(tmp_path / "a.toml")])
    monkeypatch.setattr("formulate.project.compute", lambda files, _: [one] * len(files))  # the sums are not the point
    (tmp_path / "a.toml").unlink()
    for number in range(200):
        write(tmp_path, f"{number:03}.toml", '"1 mg"', f'"{number + 1} ug"')
    told: list[str] = []
    project = open_project(tmp_path, progress=told.append)
    assert len(list(run_project(project, told.append))) == 200
    assert told[0] == "checks 1 of 200: 000.toml"
    assert told[-1] == "193 to 200 of 200: 192.toml"
    assert open_project(tmp_path).to_run == ()


def test_stopped_on_the_way_what_is_finished_stays(tmp_path, monkeypatch):
    monkeypatch.setattr("formulate.project.LOT", 1)
    for name in ("a.toml", "b.toml", "c.toml"):
        write(tmp_path, name)

    def stop(text: str) -> None:
        if text.startswith("3 of 3"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(run_project(open_project(tmp_path), stop))
    assert sorted(path.name for path in (tmp_path / "results").iterdir()) == ["a.json", "b.json"]
    assert states(run(tmp_path)) == {"a.toml": "up to date", "b.toml": "up to date", "c.toml": "run"}


def test_stopped_before_any_line_that_writes_no_empty_folder_and_no_half_result_is_left(tmp_path, stopped_at):
    write(tmp_path)
    whole = {"results", "results/a.json"}
    opened = open_project(tmp_path)
    (done,) = compute([item.file for item in opened.items])
    number, outcomes = 1, set()

    def keep() -> None:
        project.check_results_folder(tmp_path)
        project._finished(opened.items[0], done)

    while stopped_at(number, [project], keep):
        there = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")} - {"a.toml"}
        assert there in (set(), whole), number
        if there:
            json.loads((tmp_path / "results" / "a.json").read_text("utf-8"))
            shutil.rmtree(tmp_path / "results")
        outcomes.add(bool(there))
        number += 1
    assert outcomes == {False, True}


def test_stopped_before_the_first_result_no_folder_is_left_but_one_of_theirs_stays(tmp_path, monkeypatch):
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    write(tmp_path)
    monkeypatch.setattr("formulate.project.compute", stop)
    for there in ([], ["results"]):
        for name in there:
            (tmp_path / name).mkdir()
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a.toml", *there]


def test_a_folder_that_cannot_be_made_is_told_and_none_is_left(tmp_path, monkeypatch):
    def read_only(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    write(tmp_path)
    monkeypatch.setattr(Path, "mkdir", read_only)
    assert "cannot be written (Read-only file system)" in refused(tmp_path)
    assert open_project(tmp_path).items[0].must_run  # looking writes nothing


def test_two_at_once_leave_whole_results(tmp_path):
    write(tmp_path)
    write(tmp_path, "b.toml")
    one, other = open_project(tmp_path), open_project(tmp_path)
    between = [item for pair in zip(run_project(one), run_project(other), strict=True) for item in pair]
    assert [item.state for item in between] == ["run"] * 4
    assert open_project(tmp_path).to_run == ()
    assert sorted(path.name for path in (tmp_path / "results").iterdir()) == ["a.json", "b.json"]


def test_together_or_alone_the_results_are_the_same(tmp_path):
    carriers = ("free-drug-suspension", "free-drug-solution", "plga-microsphere", "liposome")
    for number, carrier in enumerate(carriers):
        write(tmp_path, f"{number}.toml", "free-drug-suspension", carrier)
    run(tmp_path)
    together = {path.name: path.read_bytes() for path in (tmp_path / "results").iterdir()}
    for name in together:
        (tmp_path / "results" / name).unlink()
        run(tmp_path)
    assert {path.name: path.read_bytes() for path in (tmp_path / "results").iterdir()} == together


def test_what_a_killed_run_leaves_hinders_nothing(tmp_path):
    write(tmp_path)
    results = tmp_path / "results"
    results.mkdir()
    (results / ".a.json.abc.part").write_text('{"half', "utf-8")
    assert states(run(tmp_path)) == {"a.toml": "run"}


def refused(folder: Path) -> str:
    with pytest.raises(FileError) as caught:
        list(run_project(open_project(folder)))
    return str(caught.value)


def test_a_folder_that_is_none_is_refused(tmp_path):
    assert "no such folder" in refused(tmp_path / "none")
    assert "is a file" in refused(write(tmp_path, "file.toml"))
    (tmp_path / "empty").mkdir()
    assert "holds no .toml file" in refused(tmp_path / "empty")


def test_results_that_cannot_be_written_are_refused_before_anything_is_computed(tmp_path, monkeypatch):
    write(tmp_path)
    (tmp_path / "results").touch()
    assert "results: cannot be written" in refused(tmp_path)
    (tmp_path / "results").unlink()

    monkeypatch.setattr("formulate.project.compute", lambda *_: pytest.fail("computed"))
    with monkeypatch.context() as patch:
        patch.setattr("os.access", lambda place, wanted: place != tmp_path)
        assert "results: cannot be written (not allowed, or read-only)" in refused(tmp_path)
    assert open_project(tmp_path).items[0].must_run  # looking writes nothing


def number(median: float | None, low: float | None, high: float | None) -> Estimate:
    return Estimate("t", "half-life", "d", median, low, high, beyond=60.0 if high is None else None)


@pytest.mark.parametrize(
    ("before", "now", "within"),
    [
        ((8.8, 4.0, 15.0), (12.0, 5.0, 20.0), True),
        ((8.8, 4.0, 15.0), (15.1, 5.0, 20.0), False),
        ((8.8, 4.0, 15.0), (3.9, 1.0, 20.0), False),
        ((8.8, 4.0, None), (50.0, 5.0, None), True),
        ((None, 4.0, None), (8.0, 5.0, 9.0), None),
    ],
)
def test_a_change_is_held_against_the_band_of_before(before, now, within):
    (change,) = changes([("", number(*before))], [("", number(*now))])
    assert change.within is within


def test_numbers_that_come_and_go_are_changes():
    one = number(8.8, 4.0, 15.0)
    assert list(changes([], [("a", one)])) == [Change("a", "half-life", None, one, None)]
    assert list(changes([("a", one)], [])) == [Change("a", "half-life", one, None, None)]


def test_a_number_survives_being_kept():
    for given in (number(8.8, 4.0, None), number(1.23456789, 0.0, 2.0)):
        kept = number_from(json.loads(json.dumps(number_record(("x", given)))))
        assert kept == ("x", given)
        assert list(changes([kept], [("x", given)])) == []


def test_a_project_knows_its_folder(tmp_path):
    write(tmp_path)
    assert isinstance(open_project(tmp_path), Project)
