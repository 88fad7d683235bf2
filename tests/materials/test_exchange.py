"""Tables out and in: what was written is read again as it was, and a wrong table is refused with line and column."""

import csv
import io
import json
import tomllib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from formulate.batch import read_batch
from formulate.fate.table import read_rows
from materials import catalog, cells, exchange, sources, workbooks
from materials.catalog import Catalog
from materials.errors import FileError, FormulateError
from materials.evidence import Evidence
from materials.exchange import export, import_table
from materials.overlay import lay_over
from materials.tables import TABLES, VALUE_COLUMNS, frame, value_rows

pytestmark = pytest.mark.usefixtures("empty_folder")

IDS = ("plga-microsphere", "pla-peg-nanoparticle", "dasatinib")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Catalog:
    """The shipped catalog with the values of few entries, and few references."""
    few = dict(list(sources.references().items())[:3])
    monkeypatch.setattr(sources, "references", lambda: few)
    known = catalog.shipped()
    bare = {"property": (), "statement": (), "missing": (), "inherits": ()}
    kinds = {
        name: {
            key: entry if key in IDS else entry.model_copy(update=bare) for key, entry in getattr(known, name).items()
        }
        for name in ("carriers", "payloads", "sites", "methods")
    }
    return replace(known, conflicts={}, studies={}, **kinds)


def table(text: str, name: str = "own.csv") -> Path:
    Path(name).write_text(text, "utf-8", newline="")
    return Path(name)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write_rows(rows: list[dict[str, str]], name: str = "own.csv") -> Path:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return table(stream.getvalue(), name)


def sheet_of(cells: list[list[object]], name: str = "own.xlsx", title: str = "values") -> Path:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in cells:
        sheet.append(row)
    book.save(name)
    return Path(name)


def laid(known: Catalog, text: str) -> Catalog:
    Path("imported.toml").write_text(text, "utf-8")
    return lay_over(known, [Path("imported.toml")])


# --- out


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_written_as_csv(name, small):
    rows, columns = TABLES[name]
    assert export(small, Path("t.csv"), name) == len(rows(small))
    read = rows_of(Path("t.csv"))
    assert len(read) == len(rows(small))
    assert Path("t.csv").read_text("utf-8").splitlines()[0] == ",".join(columns)
    for ours, theirs in zip(rows(small), read, strict=True):
        assert {key: "" if value is None else str(value) for key, value in ours.items() if key in columns} == theirs


def test_every_table_is_a_sheet_of_a_workbook_that_keeps_numbers_numbers(small):
    count = export(small, Path("t.xlsx"))
    book = load_workbook("t.xlsx", read_only=True)
    assert book.sheetnames == list(TABLES)
    assert count == sum(len(rows(small)) for rows, _ in TABLES.values())
    heads, *cells = book["values"].iter_rows(values_only=True)
    assert heads == VALUE_COLUMNS
    for ours, theirs in zip(value_rows(small), cells, strict=True):
        written = {column: None if ours[column] == "" else ours[column] for column in VALUE_COLUMNS}
        assert written == dict(zip(heads, theirs, strict=True))


def test_json_holds_every_table_and_the_version(small):
    count = export(small, Path("t.json"))
    content = json.loads(Path("t.json").read_text("utf-8"))
    assert content.pop("catalog_version") == small.version
    assert set(content) == set(TABLES)
    assert count == sum(map(len, content.values()))
    assert content["values"] == value_rows(small)
    assert "透明质酸水凝胶" in Path("t.json").read_text("utf-8")


def test_a_table_as_a_frame(small):
    found = frame("values", small)
    assert list(found.columns) == list(VALUE_COLUMNS)
    assert len(found) == len(value_rows(small))


def test_a_text_that_looks_like_a_formula_stays_one(small):
    gel = small.carriers["plga-microsphere"]
    nasty = gel.model_copy(update={"description": '=HYPERLINK("http://x")', "name": "=1+1", "name_zh": "a\x07\x0bb"})
    export(replace(small, carriers={gel.id: nasty}), Path("t.xlsx"))
    sheet = load_workbook("t.xlsx")["entries"]
    row = next(row for row in sheet.iter_rows(min_row=2) if row[1].value == gel.id)
    cells = {head.value: cell for head, cell in zip(sheet[1], row, strict=True)}
    assert (cells["name"].value, cells["name"].data_type) == ("=1+1", "s")
    assert cells["description"].data_type == "s"
    assert cells["name_zh"].value == "ab"  # a workbook cannot hold control characters
    with zipfile.ZipFile("t.xlsx") as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("name", ["t.pdf", "t", "t.csv.gz", ".csv"])
def test_another_ending_is_refused(name, small):
    with pytest.raises(FormulateError, match="need csv, xlsx, json"):
        export(small, Path(name))
    assert not Path(name).exists()


def test_a_format_asked_for_goes_before_the_ending(small):
    export(small, Path("t.csv"))
    assert export(small, Path("t.dat"), ending="csv") == len(value_rows(small))
    assert Path("t.dat").read_bytes() == Path("t.csv").read_bytes()
    with pytest.raises(FormulateError, match="unknown format 'pdf'"):
        export(small, Path("t.csv"), ending="pdf")


def test_an_unknown_table_is_refused(small):
    with pytest.raises(FormulateError, match="unknown table 'cake'; need " + ", ".join(TABLES)):
        export(small, Path("t.csv"), "cake")


def test_a_file_that_cannot_be_written_is_refused_and_nothing_is_left(small, empty_folder):
    Path("t.csv").mkdir()
    for name in ("nowhere/t.csv", "t.csv"):
        with pytest.raises(FileError, match="need a file name"):
            export(small, Path(name))
    assert [path.name for path in empty_folder.iterdir()] == ["t.csv"]


# --- out and in again


def test_the_whole_catalog_written_and_read_says_nothing_new():
    known = catalog.shipped()
    count = export(known, Path("t.csv"))
    read = import_table(known, Path("t.csv"))
    assert (read.new, read.changed, read.unchanged) == (0, 0, count)
    assert read.text == ""


def test_a_workbook_written_and_read_says_nothing_new(small):
    export(small, Path("t.xlsx"))
    read = import_table(small, Path("t.xlsx"))
    assert (read.new, read.changed, read.unchanged) == (0, 0, len(value_rows(small)))


def used(rows: list[dict[str, str]], identifier: str, name: str) -> dict[str, str]:
    """Give the one row of a value that calculations read whatever the circumstances."""
    (found,) = [
        row
        for row in rows
        if (row["id"], row["property"], row["alternative"]) == (identifier, name, "False")
        and not any(row[key] for key in ("species", "state", "payload", "layer", "grade"))
    ]
    return found


def test_an_edited_cell_gives_that_value_alone_marked_theirs(small):
    export(small, Path("t.csv"))
    rows = rows_of(Path("t.csv"))
    row = used(rows, "plga-microsphere", "diameter")
    row["typical"], row["low"], row["high"], row["spread"] = "61.5", "", "", ""
    row["unit"] = "um"
    read = import_table(small, write_rows(rows))
    assert (read.new, read.changed, read.unchanged) == (0, 1, len(rows) - 1)
    (entry,) = tomllib.loads(read.text)["carrier"]
    assert entry["id"] == "plga-microsphere"
    (value,) = entry["property"]
    assert (value["name"], value["typical"], value["unit"]) == ("diameter", 61.5, "um")
    own = laid(small, read.text).carriers["plga-microsphere"]
    best = own.value("diameter")
    assert (best.typical, best.unit, best.evidence) == (61.5, "um", Evidence.USER)
    assert sum(value.evidence is Evidence.USER for value in own.property) == 1
    others = [value for value in own.values("diameter") if value.evidence is not Evidence.USER]
    assert len(others) == len(small.carriers["plga-microsphere"].values("diameter"))


@pytest.mark.parametrize(
    ("column", "new"),
    [("conditions", "at 4 degC"), ("note", "mine"), ("payload", "dasatinib"), ("species", "rat"),
     ("grade", "RG502"), ("basis", "number")],
)  # fmt: skip
def test_an_edit_of_any_telling_column_is_seen(small, column, new):
    export(small, Path("t.csv"))
    rows = rows_of(Path("t.csv"))
    row = used(rows, "plga-microsphere", "diameter")
    assert row[column] != new
    row[column] = new
    read = import_table(small, write_rows(rows))
    assert (read.new, read.changed) == (0, 1)
    assert tomllib.loads(read.text)["carrier"][0]["property"][0][column] == new


def test_an_alternative_chosen_becomes_the_value_in_force(small):
    text = '[[carrier]]\nid = "plga-microsphere"\n[[carrier.property]]\nname = "diameter"\nunit = "um"\n'
    known = laid(small, text + "typical = 33.0\nalternative = true\n")
    export(known, Path("t.csv"))
    rows = rows_of(Path("t.csv"))
    (row,) = [row for row in rows if (row["id"], row["property"], row["typical"]) == (
        "plga-microsphere", "diameter", "33.0")]  # fmt: skip
    assert row["alternative"] == "True"
    row["alternative"] = "no"
    read = import_table(known, write_rows(rows))
    assert (read.new, read.changed) == (0, 1)
    assert laid(known, read.text).carriers["plga-microsphere"].value("diameter").typical == 33.0


def test_what_the_user_laid_over_comes_back_from_a_table(small):
    text = (
        '[[carrier]]\nid = "plga-microsphere"\n'
        '[[carrier.property]]\nname = "diameter"\ntypical = 61.5\nunit = "um"\nnote = "sieved; \\"fine\\", 2 runs"\n'
        '[[carrier.property]]\nname = "burst_fraction"\nlow = 5\nhigh = 15\nspread = "range"\nunit = "percent"\n'
        'payload = "dasatinib"\nevidence = "derived"\n'
        '[[carrier.property]]\nname = "porosity"\nhigh = 40\nspread = "bound"\nunit = "percent"\n'
    )
    text = text.replace('evidence = "derived"\n', 'evidence = "derived"\nnote = "from a\\nfit"\n')
    own = laid(small, text)
    for name in ("t.csv", "t.xlsx"):
        export(own, Path(name))
        assert import_table(own, Path(name)).text == ""
        read = import_table(small, Path(name))  # as a colleague with the shipped catalog reads it
        assert read.new + read.changed == 3
        again = laid(small, read.text)
        assert again.carriers["plga-microsphere"].property == own.carriers["plga-microsphere"].property


NEW = (
    "kind,id,name,name_zh,class,physical_form,property,typical,low,high,unit,payload,note\n"
    "carrier,my-gel,My gel,我的凝胶,hydrogel,bulk-gel,storage_modulus,1200,,,Pa,,\n"
    "carrier,my-gel,,,,,polymer_mass_fraction,,1,3,percent_w_w,,\n"
    'carrier,my-gel,,,,,burst_fraction,10,,,percent,dasatinib,"one, two"\n'
    "payload,my-drug,My drug,,small-molecule,,molar_mass,300,,,g/mol,,\n"
)


@pytest.mark.parametrize(
    "text",
    [NEW, "\ufeff" + NEW, NEW.replace("\n", "\r\n"), NEW.replace("\n", "\r\n").removesuffix("\r\n"),
     NEW.replace("my-gel,My", " my-gel , My"), NEW + ",,,,,,,,,,,,\n\n", NEW.replace("kind,", "KIND, ", 1),
     NEW.replace("typical", "Value", 1).replace(",unit", ",Units", 1), NEW.replace("1200", "1.2e3")],
    ids=["plain", "BOM", "Windows", "no last line end", "blanks", "empty rows", "capitals", "other names", "exponent"],
)  # fmt: skip
def test_new_entries_by_table(small, text):
    read = import_table(small, table(text))
    assert (read.new, read.changed, read.unchanged) == (4, 0, 0)
    known = laid(small, read.text)
    gel = known.carriers["my-gel"]
    assert (gel.name, gel.name_zh, gel.carrier_class, gel.origin) == ("My gel", "我的凝胶", "hydrogel", "user")
    assert gel.value("storage_modulus").typical == 1200.0
    assert gel.value("polymer_mass_fraction").typical == 2.0  # the middle of 1 and 3 percent
    assert gel.value("burst_fraction", payload="dasatinib").note == "one, two"
    assert gel.value("burst_fraction") is None
    assert known.payloads["my-drug"].value("molar_mass").evidence is Evidence.USER


def test_new_entries_by_tabs_and_by_workbook(small):
    cells = list(csv.reader(io.StringIO(NEW)))
    tabs = "\n".join("\t".join(row) for row in cells)
    typed = [[float(cell) if cell.isdigit() else cell or None for cell in row] for row in cells]
    texts = {
        import_table(small, table(NEW)).text,
        import_table(small, table(tabs, "own.tsv")).text,
        import_table(small, sheet_of(typed)).text,
        import_table(small, sheet_of(typed, title="Tabelle1")).text,
        import_table(small, sheet_of([[], *typed, [None, " "]])).text,
    }
    assert len(texts) == 1


def test_a_lone_end_is_a_bound_and_two_are_a_range(small):
    head = "id,property,low,high,unit,spread\nplga-microsphere,diameter,"
    for given, spread in (("10,,um,", "bound"), ("10,20,um,", "range"), ("10,20,um,iqr", "iqr")):
        read = import_table(small, table(head + given + "\n"))
        assert tomllib.loads(read.text)["carrier"][0]["property"][0]["spread"] == spread


# --- what is refused: the table, its line and column, and words

HEAD = "id,property,typical,unit\n"
ROW = "plga-microsphere,diameter,40,um\n"
WRONG = {
    "empty": ("", "own.csv: is empty; need a first row of column names: id, property, unit, typical"),
    "blank lines": ("\n\n\n", "is empty; need a first row"),
    "header only": (HEAD, "own.csv: holds no row; need one row for each value"),
    "empty rows only": (HEAD + ",,,\n , ,,\n", "holds no row"),
    "column unknown": (HEAD.replace("typical", "tipical") + ROW, "own.csv:1: tipical: unknown column; nearest: typ"),
    "column missing": ("id,property,typical\nknee,x,1\n", "own.csv:1: unit: column is missing; need id, proper"),
    "no header": (ROW, "own.csv:1: plga-microsphere: unknown column"),
    "column twice": ("id,property,typical,value,unit\n" + ROW, "own.csv:1: typical: column given twice"),
    "cells too many": (HEAD + ROW + ROW.replace("um", "um,5"), "own.csv:3: 5 cells; need 4"),
    "cell without a column": (HEAD.replace("\n", ",\n") + ROW.replace("um", "um,x"),
                              "own.csv:2: 'x' stands in a column without a name; need one"),
    "decimal comma": (HEAD + ROW.replace("40", '"40,5"'), "own.csv:2: typical: '40,5': a comma; need a number written"),
    "decimal comma, bare": (HEAD + ROW.replace("40", "40,5"), "own.csv:2: 5 cells; need 4"),
    "NaN": (HEAD + ROW.replace("40", "nan"), "own.csv:2: typical: 'nan' is not finite; need a number"),
    "infinite": (HEAD + ROW.replace("40", "-inf"), "own.csv:2: typical: '-inf' is not finite; need a number"),
    "too large for a float": (HEAD + ROW.replace("40", "1e999"), "typical: '1e999' is not finite"),
    "a word": (HEAD + ROW.replace("40", "large"), "own.csv:2: typical: 'large' is not a number"),
    "a number with its unit": (HEAD + ROW.replace("40", "40 um"), "'40 um' is not a number; need a number, its unit"),
    "a date of Excel": (HEAD + ROW.replace("40", "2024-10-05"), "'2024-10-05' is not a number"),
    "no number": (HEAD + ROW.replace("40", ""), "own.csv:2: typical: is empty, as are low and high"),
    "id unknown": (HEAD + ROW.replace("plga-microsphere", "plga-microspere"),
                   "own.csv:2: id: 'plga-microspere' is not in the catalog; give its kind, name and class; nearest: "),
    "id empty": (HEAD + ROW.replace("plga-microsphere", ""), "own.csv:2: id: is empty; need the id of an entry"),
    "property unknown": (HEAD + ROW.replace("diameter", "diametre"),
                         "own.csv:2: property: unknown property 'diametre'; nearest: diameter"),
    "property empty": (HEAD + ROW.replace("diameter", " "), "own.csv:2: property: is empty"),
    "unit empty": (HEAD + ROW.replace("um", ""), "own.csv:2: unit: is empty; need a unit"),
    "unit unknown": (HEAD + ROW.replace("um", "cows"), "own.csv:2: unit: '40.0 cows': unknown unit cows"),
    "unit of a wrong dimension": (HEAD + ROW + ROW.replace("um", "mg").replace("diameter", "density"),
                                  "own.csv:3: unit: '40.0 mg': mg has the wrong dimension"),
    "below zero": (HEAD + ROW.replace("40", "-40"), "own.csv:2: typical: -40 um is below zero"),
    "not conceivable": (HEAD + ROW.replace("40", "4e9"), "own.csv:2: typical: 4e+09 um is beyond what is"),
    "kind unknown": ("kind," + HEAD + "carier," + ROW, "own.csv:2: kind: 'carier'; need carrier, payload, site"),
    "kind of another": ("kind," + HEAD + "payload," + ROW, "id: 'plga-microsphere' is an entry of another kind"),
    "new without class": ("kind,name," + HEAD + "carrier,Gel," + ROW.replace("plga-microsphere", "my-gel"),
                          "own.csv:2: class: is missing; need a class such as hydrogel"),
    "new of an unknown class": (
        "kind,name,class,physical_form," + HEAD + "carrier,Gel,gel,nano," + ROW.replace("plga-microsphere", "my-gel"),
        "own.csv:2: class: unknown carrier class 'gel'; nearest: ",
    ),
    "low above high": (HEAD.replace("typical", "typical,low,high") + ROW.replace("40", "40,50,60"),
                       "own.csv:2: diameter: low 50 exceeds typical 40"),
    "spread unknown": ("spread," + HEAD.replace("l,", "l,low,") + "ci95," + ROW.replace("40", "40,30"),
                       "own.csv:2: spread: 'ci95'; need 'p10_p90'"),
    "evidence unknown": ("evidence," + HEAD + "rumour," + ROW, "own.csv:2: evidence: 'rumour'; need nothing, or user"),
    "alternative a word": ("alternative," + HEAD + "maybe," + ROW, "own.csv:2: alternative: 'maybe'; need true"),
    "payload unknown": ("payload," + HEAD + "dasatinab," + ROW,
                        "own.csv:2: payload: unknown payload 'dasatinab'; nearest: dasatinib"),
    "value twice": (HEAD + ROW + ROW.replace("40", "50"), "own.csv:3: a second value for the same circumstances"),
    "semicolons": ((HEAD + ROW).replace(",", ";"), "own.csv:1: columns are parted by semicolons; need commas"),
    "semicolons and decimal commas": ((HEAD + ROW).replace(",", ";").replace("40", "40,5"), "parted by semicolons"),
    "quote left open": (HEAD + ROW.replace("40", '"40'), "not a table that can be read"),
    "huge cell": (HEAD + ROW.replace("um", "u" * 20_000), "own.csv:2: a cell of more than 10000 characters"),
    "larger cell": (HEAD + ROW.replace("um", "u" * 200_000), "own.csv:2: "),
    "null byte": (HEAD + ROW.replace("um", "u\0m"), "holds a null byte; need a table in UTF-8"),
}  # fmt: skip


def refused(small: Catalog, path: Path) -> list[str]:
    with pytest.raises(FileError) as caught:
        import_table(small, path)
    lines = str(caught.value).split("\n")
    assert all(line.isprintable() and len(line) < 500 and line.startswith(path.name) for line in lines)
    return lines


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_table_is_refused(name, small):
    text, words = WRONG[name]
    lines = refused(small, table(text))
    assert any(words in line for line in lines), lines
    assert len(lines) == (3 if name == "new without class" else 1)  # the form is missing too, and the id is new


BYTES = {
    "a picture": ("own.csv", b"\x89PNG\r\n\x1a\n\0\0\xff", "byte 0 is not UTF-8"),
    "a workbook renamed": ("own.csv", b"PK\x03\x04\x14\0\x06\0\x08\xff", "is not UTF-8; need a table in UTF-8"),
    "UTF-16": ("own.csv", (HEAD + ROW).encode("utf-16"), "byte 0 is not UTF-8"),
    "Latin-1": ("own.csv", (HEAD + ROW).encode().replace(b"um", b"\xb5m"), "is not UTF-8"),
    "a text renamed": ("own.xlsx", (HEAD + ROW).encode(), "not a workbook that can be read"),
    "an empty workbook": ("own.xlsx", b"", "not a workbook that can be read"),
    "an archive of nothing": ("own.xlsx", b"PK\x05\x06" + b"\0" * 18, "not a workbook that can be read"),
    "a document": ("own.docx", b"", "ending '.docx'; need a .csv, .tsv or .xlsx table"),
    "an old workbook": ("own.xls", b"", "ending '.xls'; need"),
    "no ending": ("own", b"", "ending ''; need"),
    "6 MB": ("own.csv", b"a" * 6_000_000, "too large; need a table of at most 5000000 bytes"),
}


@pytest.mark.parametrize("name", BYTES)
def test_a_file_that_is_no_table_is_refused(name, small):
    file, content, words = BYTES[name]
    Path(file).write_bytes(content)
    (line,) = refused(small, Path(file))
    assert words in line


def test_a_folder_and_a_missing_file_are_refused(small):
    Path("folder.csv").mkdir()
    assert "is not a file; need" in refused(small, Path("folder.csv"))[0]
    assert refused(small, Path("nowhere.csv")) == ["nowhere.csv: no such file"]


def test_a_workbook_is_judged_like_a_text(small):
    heads = HEAD.strip().split(",")
    cases = {
        "is empty": [[]],
        "holds no row": [heads],
        "own.xlsx:1: tipical: unknown column": [["id", "property", "tipical", "unit"], ["knee", "x", 1, "um"]],
        "own.xlsx:3: typical: '40,5': a comma": [heads, [], ["plga-microsphere", "diameter", "40,5", "um"]],
        "own.xlsx:2: typical: '2024-10-05": [heads, ["plga-microsphere", "diameter", "2024-10-05 00:00:00", "um"]],
        "own.xlsx:2: typical: 'True'": [heads, ["plga-microsphere", "diameter", True, "um"]],
        "own.xlsx:2: 'x' stands in a column without a name": [heads, ["plga-microsphere", "diameter", 40, "um", "x"]],
        "own.xlsx:2: a cell of more than 10000": [heads, ["plga-microsphere", "diameter", 40, "u" * 20_000]],
        "own.xlsx:2: property: unknown property '=1+1'": [heads, ["plga-microsphere", "'=1+1"[1:], 40, "um"]],
    }
    for words, filled in cases.items():
        book = Workbook()
        for row, values in enumerate(filled, start=1):
            for column, value in enumerate(values, start=1):
                cell = book.active.cell(row, column, value)
                if isinstance(value, str):
                    cell.data_type = "s"
        book.save("own.xlsx")
        (line,) = refused(small, Path("own.xlsx"))
        assert words in line


def test_a_workbook_that_unpacks_to_too_much_is_refused(small, monkeypatch):
    with zipfile.ZipFile("own.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * 2_000_000)
    assert Path("own.xlsx").stat().st_size < 20_000
    monkeypatch.setattr(workbooks, "LARGEST_UNPACKED", 1_000_000)
    assert "unpacks to" in refused(small, Path("own.xlsx"))[0]


READERS = {
    "catalog": import_table,
    "batch": lambda known, path: read_batch(path, site="knee"),
    "fate": lambda known, path: read_rows(path),
}


@pytest.mark.parametrize("name", READERS)
def test_a_formula_that_was_never_calculated_is_no_empty_cell(small, name):
    book = Workbook()
    for row in (HEAD.strip().split(","), ROW.strip().split(",")):
        book.active.append(row)
    book.active["C2"] = "=20*2"  # openpyxl stores no result
    book.save("own.xlsx")
    with pytest.raises(FileError, match=r"^own\.xlsx:2: cell C2: a formula without a stored result; need its value"):
        READERS[name](small, Path("own.xlsx"))


def test_a_formula_with_its_result_is_that_number(small):
    """As a spreadsheet program stores it: the formula and what it came to."""
    sheet_of([HEAD.strip().split(","), ["plga-microsphere", "diameter", 4711, "um"]])
    stored = Path("own.xlsx").read_bytes()
    with zipfile.ZipFile(io.BytesIO(stored)) as packed, zipfile.ZipFile("own.xlsx", "w") as made:
        for name in packed.namelist():
            made.writestr(name, packed.read(name).replace(b"<v>4711</v>", b"<f>20*2</f><v>40</v>"))
    (row,) = tomllib.loads(import_table(small, Path("own.xlsx")).text)["carrier"][0]["property"]
    assert row["typical"] == 40


def test_a_workbook_of_which_openpyxl_warns_is_read_in_silence(small):
    """A workbook without a default style, as other programs write it; warnings are errors in the tests."""
    sheet_of([HEAD.strip().split(","), ["plga-microsphere", "diameter", 40, "um"]])
    stored = Path("own.xlsx").read_bytes()
    with zipfile.ZipFile(io.BytesIO(stored)) as packed, zipfile.ZipFile("own.xlsx", "w") as made:
        for name in packed.namelist():
            empty = b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"></styleSheet>'
            made.writestr(name, empty if name == "xl/styles.xml" else packed.read(name))
    assert import_table(small, Path("own.xlsx")).new + import_table(small, Path("own.xlsx")).changed


def test_every_fault_is_told_with_its_line_but_no_more_than_one_reads(small):
    bad = ROW.replace("40", "x")
    lines = refused(small, table(HEAD + ROW + bad + ROW.replace("diameter", "diametre") + bad))
    assert [line.split(": ")[:2] for line in lines] == [
        ["own.csv:3", "typical"], ["own.csv:4", "property"], ["own.csv:5", "typical"]]  # fmt: skip
    assert len(refused(small, table(HEAD + bad * 2_000))) == 50


def test_too_many_rows_are_refused(small, monkeypatch):
    monkeypatch.setattr(exchange, "MOST_ROWS", 3)
    monkeypatch.setattr(cells, "MOST_ROWS", 3)
    assert "4 rows; need at most 3" in refused(small, table(HEAD + ROW * 4))[0]
    assert "4 rows; need at most 3" in refused(small, sheet_of([HEAD.strip().split(",")] + [ROW.split(",")] * 9))[0]


def test_nothing_in_a_table_can_break_the_lines_of_a_refusal(small):
    nasty = '"a\nb\x1b[31mred\u2028\u202e"'
    for column in range(4):
        cells = ROW.strip().split(",")
        cells[column] = nasty
        refused(small, table(HEAD + ",".join(cells) + "\n"))
        heads = HEAD.strip().split(",")
        heads[column] = nasty
        refused(small, table(",".join(heads) + "\n" + ROW))
