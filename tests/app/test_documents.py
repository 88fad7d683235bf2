"""Documents: how they change and are undone, how files are read and written, and what is asked on the way."""

import asyncio
from pathlib import Path

import pytest

from materials.errors import FileError
from tui.app import filing
from tui.app.documents import loses_comments, read_document, write_document
from tui.app.paths import typed_path
from tui.app.session import MOST_UNDONE, Document, Found, Session, changed, found
from tui.app.state import State
from tui.app.widgets.dialogs import PathBox

QUESTION = '# mine\n\nkind = "question"\nname = "a"\n'


class Desk:
    """What opening and saving need of the app; answers what it is asked from a list."""

    def __init__(self, folder: Path, *answers: object) -> None:
        self.session, self.state, self.slot = Session(), State(folder=str(folder)), "question"
        self.answers, self.asked, self.told, self.has_left = list(answers), [], [], False

    async def push_screen_wait(self, box):
        self.asked.append(box)
        return self.answers.pop(0)

    def notify(self, message, **named):
        self.told.append(message)

    def open_document(self, document):
        self.session.open(document)

    def remember_file(self, path):
        self.state = self.state.with_recent(path)

    def exit(self):
        self.has_left = True


def changed_desk(folder: Path, *answers: object, text: str = QUESTION) -> tuple[Desk, Document, Path]:
    """Give a desk where a file is open and its name was changed to "b"."""
    path = folder / "question.toml"
    path.write_text(text, "utf-8")
    desk = Desk(folder, *answers)
    asyncio.run(filing.open_file(desk, path))
    document = desk.session.document("question")
    desk.session.change("question", changed(document.value, "name", "b"))
    return desk, document, path


def test_documents_undo_letter_by_letter_or_field_by_field():
    document = Document("target", {"a": 1})
    for value in ({"a": 2}, {"a": 3}):
        document.change(value, join="a")
    document.change({"a": 3, "b": 1}, join="b")
    assert document.undo()
    assert document.value == {"a": 3}
    assert document.undo()
    assert document.value == {"a": 1}
    assert not document.undo()
    assert not document.is_changed


def test_undo_goes_back_so_far_and_a_change_after_it_is_not_joined_to_one_before():
    document = Document("target", {"a": 0})
    for value in range(1, MOST_UNDONE + 10):
        document.change({"a": value})
    assert sum(document.undo() for _ in range(2 * MOST_UNDONE)) == MOST_UNDONE
    assert document.value == {"a": 9}
    assert document.redo()
    assert document.value == {"a": 10}
    document.change({"a": 99})
    assert not document.redo()  # what was undone is gone once something else is done
    document.change({"a": 99})  # the same is no change
    assert document.undo()
    assert document.value == {"a": 10}
    document.change({"a": 11}, join="a")
    document.undo()
    document.change({"a": 12}, join="a")  # what was undone is not its beginning
    document.change({"a": 13}, join="")
    document.undo()
    assert document.value == {"a": 12}
    document.undo()
    assert document.value == {"a": 10}


def test_a_place_is_set_added_taken_out_and_found_and_the_old_value_stays():
    old = {"layer": [{"id": "a", "x": 1}, {"id": "b"}]}
    assert changed(old, "layer.1.id", "c")["layer"] == [{"id": "a", "x": 1}, {"id": "c"}]
    assert changed(old, "layer.0", None)["layer"] == [{"id": "b"}]
    assert changed(old, "layer.2", {"id": "c"})["layer"][2] == {"id": "c"}
    assert changed(old, "layer.1", {"id": "c"})["layer"] == [{"id": "a", "x": 1}, {"id": "c"}]
    assert changed(old, "layer.0.x", None)["layer"][0] == {"id": "a"}
    assert changed(old, "regimen.site", "knee")["regimen"] == {"site": "knee"}
    assert changed(old, "gone", None) == old
    assert old == {"layer": [{"id": "a", "x": 1}, {"id": "b"}]}
    assert [found(old, place) for place in ("layer.1.id", "layer.2.id", "layer.x", "layer.0.id.y", "none")] == [
        "b", None, None, None, None,
    ]  # fmt: skip


def test_the_session_tells_of_each_change_and_of_what_is_not_saved():
    told: list[str] = []
    session = Session(told.append)
    document, table = Document("target", {"name": "t"}), Document("data", {"table": "a.csv"})
    assert not session.undo("target")
    assert told == []
    session.open(document)
    session.change("target", {"name": "u"})
    assert (document.title, session.unsaved, session.latest) == ("u *", [document], "target")
    session.open(table)
    session.change("data", {"table": "a.csv", "dose": "1 mg"})
    assert session.latest == "data"
    assert session.unsaved == [document]  # options of reading are kept in no file
    session.change("target", {"name": "v"})
    assert session.latest == "target"
    assert session.undo("target")
    assert session.redo("target")
    assert not session.redo("target")
    session.saved("target", Path("folder/t.toml"))
    assert (session.unsaved, document.title) == ([], "t.toml")
    result = Found("fit", {}, b"", {})
    session.keep("fit", result)
    assert session.results == {"fit": result}
    assert told == ["target", "target", "data", "data", "target", "target", "target", "target", "result:fit"]
    assert Document("target", {}).name == "new target"


def test_the_comments_of_a_file_are_kept_or_asked_about(tmp_path):
    path = tmp_path / "target.toml"
    path.write_text('# mine\n\nkind = "target"\nname = "a"\n', "utf-8")
    document = read_document(path)
    document.change(changed(document.value, "name", "b"))
    assert not loses_comments(document)
    assert write_document(document, path) == '# mine\n\nkind = "target"\nname = "b"\n'
    path.write_text('kind = "target"\n# why\nname = "a"\n', "utf-8")
    document = read_document(path)
    assert not loses_comments(document)  # unchanged, it is written as it was read
    document.change(changed(document.value, "name", "b"))
    assert loses_comments(document)
    path.write_text('kind = "target"\nname = "a # of it"\n', "utf-8")
    document = read_document(path)
    document.change(changed(document.value, "name", "b"))
    assert not loses_comments(document)  # the sign within quotes begins none
    write_document(document, path)
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_no_file_of_ours_is_refused_with_what_it_needs(tmp_path):
    for name, text, said in (
        ("a.toml", 'kind = "recipe"\n', r"a.toml:1: kind: 'recipe' is unknown; need kind = \"formulation\", "),
        ("b.toml", 'name = "a"\n', "b.toml.*: kind: is missing; need kind"),
        ("own.toml", '[[carrier]]\nid = "my-gel"\n', "own.toml.* these are entries of a catalog; .* --catalog FILE"),
        ("c.toml", "kind = [\n", "c.toml"),
        ("d.toml", "kind = 3\n", "d.toml:1: kind: '?3'? is unknown"),
    ):
        (tmp_path / name).write_text(text, "utf-8")
        with pytest.raises(FileError, match=said):
            read_document(tmp_path / name)
    desk = Desk(tmp_path)
    asyncio.run(filing.open_file(desk, tmp_path / "a.toml"))
    assert "'recipe' is unknown" in desk.told[0]
    assert (desk.session.documents, desk.state.recent) == ({}, ())
    for name in ("gone.toml", "gone.csv", "gone.XLSX"):
        with pytest.raises(FileError, match=name):
            read_document(tmp_path / name)
    table = tmp_path / "a.CSV"
    table.write_text("time,released\n", "utf-8")
    document = read_document(table)
    assert (document.slot, document.value, document.path) == ("data", {"table": str(table)}, table)


@pytest.mark.parametrize(
    ("answer", "name", "kept"), [("Save", "c", "b"), ("Discard", "c", "a"), ("Cancel", "b", "a"), (None, "b", "a")]
)
def test_a_file_takes_the_place_of_unsaved_changes_once_that_is_answered(tmp_path, answer, name, kept):
    desk, _, path = changed_desk(tmp_path, answer)
    other = tmp_path / "other.toml"
    other.write_text('kind = "question"\nname = "c"\n', "utf-8")
    asyncio.run(filing.open_file(desk, other))
    assert desk.asked[0].question == "question.toml has changes that are not saved."
    assert desk.session.document("question").value["name"] == name
    assert read_document(path).value["name"] == kept
    assert desk.state.recent[0] == str(other if name == "c" else path)
    assert desk.state.folder == str(tmp_path)


def test_another_kind_of_file_asks_nothing_and_a_made_one_is_not_saved_yet(tmp_path):
    desk, document, _ = changed_desk(tmp_path, "Cancel", "Discard")
    target = tmp_path / "target.toml"
    target.write_text('kind = "target"\n', "utf-8")
    asyncio.run(filing.open_file(desk, target))
    assert desk.asked == []
    assert desk.session.document("target").path == target
    assert not asyncio.run(filing.open_made(desk, "question", {"kind": "question"}))
    assert desk.session.document("question") is document
    assert asyncio.run(filing.open_made(desk, "question", {"kind": "question"}))
    assert desk.session.document("question").is_changed
    asyncio.run(filing.open_example(desk, "dasatinib-microspheres-in-gel.toml"))
    assert desk.session.document("formulation").path is None  # an example is never written over
    asyncio.run(filing.open_example(desk, "release-microspheres.csv"))
    assert desk.session.document("data").path.name == "release-microspheres.csv"


@pytest.mark.parametrize(
    ("answers", "has_left", "name"),
    [(["Save"], True, "b"), (["Discard"], True, "a"), (["Cancel"], False, "a"), ([None], False, "a")],
)
def test_leaving_asks_about_what_is_not_saved(tmp_path, answers, has_left, name):
    desk, _, path = changed_desk(tmp_path, *answers)
    asyncio.run(filing.leave(desk))
    assert desk.asked[0].question == "Not saved: question.toml."
    assert desk.has_left is has_left
    assert read_document(path).value["name"] == name


def test_leaving_asks_nothing_where_all_is_saved_and_stays_where_saving_was_given_up(tmp_path):
    desk = Desk(tmp_path)
    asyncio.run(filing.leave(desk))
    assert desk.has_left
    desk = Desk(tmp_path, "Save", None)  # a name is asked for, and not given
    desk.session.open(Document("question", {"kind": "question"}, saved={}))
    asyncio.run(filing.leave(desk))
    assert not desk.has_left
    assert desk.asked[1].file_name == "new-question.toml"
    assert desk.asked[1].saving


def test_saving_asks_for_a_name_or_about_comments_and_tells_where(tmp_path):
    desk, document, path = changed_desk(tmp_path, tmp_path / "named.toml")
    asyncio.run(filing.save(desk))
    assert desk.told == [str(path)]
    assert path.read_text("utf-8") == QUESTION.replace('"a"', '"b"')
    assert not document.is_changed
    asyncio.run(filing.save(desk, anew=True))
    assert (document.path, desk.asked[0].file_name) == (tmp_path / "named.toml", "question.toml")
    assert desk.state.recent == (str(tmp_path / "named.toml"), str(path))

    within = QUESTION + "# why\n"
    for answers, name, kept in ((["Cancel"], "a", True), (["Save"], "b", False),
                                (["Save as", tmp_path / "c.toml"], "a", True)):  # fmt: skip
        desk, document, path = changed_desk(tmp_path, *answers, text=within)
        asyncio.run(filing.save(desk))
        assert "comments" in desk.asked[0].question
        assert read_document(path).value["name"] == name
        assert ("# why" in path.read_text("utf-8")) is kept
        assert document.is_changed is (answers == ["Cancel"])
    assert read_document(tmp_path / "c.toml").value["name"] == "b"


def test_what_another_program_wrote_meanwhile_is_not_replaced_unasked(tmp_path):
    for answers, name in ((["Cancel"], "theirs"), (["Save as", tmp_path / "c.toml"], "theirs"), (["Save"], "b")):
        desk, document, path = changed_desk(tmp_path, *answers, text=QUESTION.replace("\n", "\r\n"))
        path.write_text(QUESTION.replace('"a"', '"theirs"'), "utf-8")
        asyncio.run(filing.save(desk))
        assert "Another program changed question.toml" in desk.asked[0].question
        assert read_document(path).value["name"] == name
        assert document.is_changed is (answers == ["Cancel"])
    asyncio.run(filing.save(desk))  # ours now
    path.unlink()
    asyncio.run(filing.save(desk))  # gone, and nothing is lost by writing it anew
    assert path.exists()
    assert len(desk.asked) == 1


def test_what_cannot_be_written_is_told_and_stays_unsaved(tmp_path):
    desk, document, path = changed_desk(tmp_path)
    document.path = tmp_path / "no-folder" / "question.toml"
    asyncio.run(filing.save(desk))
    assert "no-folder" in desk.told[0]
    assert document.is_changed
    assert path.read_text("utf-8") == QUESTION
    desk.slot = None
    asyncio.run(filing.save(desk))
    desk.slot = "data"
    desk.session.open(Document("data", {"table": "a.csv"}))
    asyncio.run(filing.save(desk))
    assert desk.told[1:] == ["Nothing here is kept in a file of yours."] * 2


def test_recent_files_that_are_gone_are_not_offered(tmp_path):
    desk = Desk(tmp_path, None)
    asyncio.run(filing.open_recent(desk))
    assert desk.told == ["No file was opened yet."]
    desk, _, path = changed_desk(tmp_path, None)
    desk.state = desk.state.with_recent(tmp_path / "gone.toml")
    asyncio.run(filing.open_recent(desk))
    assert desk.asked[0].lines == ((str(path), f"question.toml  {tmp_path}"),)
    assert filing.start_folder(desk) == tmp_path
    desk.state = State(folder=str(tmp_path / "gone"))
    assert filing.start_folder(desk) == Path.cwd()
    assert filing.start_folder(Desk(tmp_path)) == tmp_path
    desk.state = State(folder="x" * 5000, recent=("y" * 5000,))  # the system refuses to look at such a name
    asyncio.run(filing.open_recent(desk))
    assert filing.start_folder(desk) == Path.cwd()


@pytest.mark.parametrize("name", ["~nobody-of-this-name/a.toml", "x" * 5000])
def test_a_name_that_the_system_does_not_take_is_told_in_the_box(name, tmp_path):
    box = PathBox("Open", folder=tmp_path, endings=(".toml",))
    assert box.problem_of(typed_path(tmp_path, name))


def test_weights_that_are_no_numbers_stop_no_screen(drive, until, screen_text, tmp_path):
    path = tmp_path / "question.toml"
    path.write_text('kind = "question"\n[weights]\ncover = "many"\ncost = nan\nrisk = { a = 1 }\n', "utf-8")

    async def steps(pilot):
        await until(pilot, lambda: "cost: low" in screen_text(pilot.app), 20.0)
        assert not [notice for notice in pilot.app._notifications if "unexpected" in notice.message]

    drive(steps, size=(160, 48), file=path)
