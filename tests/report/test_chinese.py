"""Reports with Chinese labels: all fixed labels have Chinese, none is idle, and what is not a label stays as it was."""

import ast
import io
import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pypdf
import pytest
import tomli
from click.testing import CliRunner
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib.text import Text as Drawn

from formulate import examples
from formulate.curves.library import models as curve_models
from formulate.report import fonts
from formulate.report.chinese.document import NO_FONT, NOTE
from formulate.report.chinese.figures import said_lines
from formulate.report.chinese.words import dictionary, properties, words
from formulate.report.page import Document, Picture, Points, Section, Table, Text
from formulate.report.write import document_files, in_language
from formulate.standing.evidence import PLACE_WORDS
from materials import catalog
from materials.errors import FormulateError
from tui.cli import cli

ROOT = Path(__file__).parents[2]
HAN = re.compile("[\u4e00-\u9fff]")
WORD = re.compile("[a-z]{3}")
NAMING = {"number", "check", "to measure", "quantity", "method", "estimator"}  # heads of columns of fixed labels
LOADED = ["dasatinib-microspheres-in-gel", "triamcinolone-microspheres", "stem-cells-spinal-cord", "stem-cells-knee"]
NAMED = [
    *LOADED,
    "dissolution-reference",
    "dissolution-test",
    "release-microspheres",
    "bmp2",
    "new-drug",
    "Triamcinolone acetonide in PLGA microspheres",
]  # by a user


def labels(document):
    """Give the fixed labels of a document, and the texts of its figures, each with where it stands."""
    for section in document.filled:
        yield "heading", section.title
        for block in section.blocks:
            if isinstance(block, Picture):
                yield "caption", block.caption
                yield from (("figure", text.get_text()) for text in block.figure.findobj(Drawn))
            elif isinstance(block, Table):
                yield from (("name", text) for text in (block.caption, block.folded, block.name))
                for head in block.heads:
                    yield "head", head if isinstance(head, str) else head.label
                    yield from (("part", part) for part in getattr(head, "parts", ()))
                if block.heads and str(block.heads[0]) in NAMING:
                    yield from (("row", str(row[0])) for row in block.rows)


def test_every_label_of_every_kind_of_report_has_chinese(shipped_documents):
    say, known = words(), dictionary()
    models = {model.name for model in curve_models()}
    missing = set()
    for kind, document in shipped_documents.items():
        named = {document.title, *NAMED, *models}
        for where, label in labels(document):
            bare = label
            for name in sorted(named, key=len, reverse=True):
                bare = bare.replace(name, "")
            if WORD.search(bare) and label not in known.same and not HAN.search(said_lines(label, say)):
                missing.add((kind, where, label))
    assert not missing, "labels.toml lacks:\n" + "\n".join(map(str, sorted(missing)))


def test_every_heading_written_in_the_code_has_chinese():
    """Those of reports that no shipped example gives, too."""
    say, missing = words(), set()
    for path in (ROOT / "formulate/report").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = getattr(getattr(call, "func", None), "id", "")
            if name in ("Section", "Table", "Column", "numbers_table"):
                first = call.args[0].elts if isinstance(call.args[0], ast.Tuple | ast.List) else call.args[:1]
                given = [
                    *first,
                    *call.args[2:3],
                    *(item.value for item in call.keywords if item.arg in ("name", "folded")),
                ]
                texts = {item.value for item in given if isinstance(item, ast.Constant) and isinstance(item.value, str)}
                missing |= {text for text in texts if WORD.search(text) and not HAN.search(say(text))}
    assert not missing - dictionary().same, "labels.toml lacks:\n" + "\n".join(sorted(missing))


def test_no_entry_is_idle(shipped_documents):
    """Each stands in the code or in a data file as it is written, or was seen in a report."""
    seen = {label for document in shipped_documents.values() for _, label in labels(document)}
    tables = [table for document in shipped_documents.values() for _, table in document.tables]
    seen |= {str(cell) for table in tables for row in table.rows for cell in row}
    held = catalog.load()
    given = {text.replace("-", " ") for site in held.sites.values() for text in (*site.states, *site.routes)}
    given |= {text.replace("-", " ") for study in held.studies.values() for text in (study.stage, study.direction)}
    given |= {text.replace("-", " ") for text in PLACE_WORDS}
    told = "\0".join([*seen, *given, *_written()])
    listed = [text for text, _, _ in dictionary().patterns] + [*dictionary().labels, *dictionary().same]
    pieces = [(text, re.split(r"(?<=[.:;,]) | of |\{\d[#_]?\}", text)) for text in listed]
    idle = [
        text for text, parts in pieces if text not in told and any(part.strip(" ·;.,") not in told for part in parts)
    ]
    assert not idle, "\n".join(idle)


def _written():
    """Give the code and the data files of the program as text, with texts over several lines in one piece."""
    for room, kinds in (("formulate", ("*.py", "*.toml")), ("materials", ("*.py",))):
        for path in (path for kind in kinds for path in (ROOT / room).rglob(kind)):
            if "chinese" not in path.parts:
                yield re.sub(r'"\s*\n\s*f?"', "", path.read_text("utf-8")).replace("`", "")


def test_every_number_of_the_catalog_has_chinese_and_nothing_else_has():
    assert set(properties()) == set(catalog.load().properties)
    assert all(HAN.search(text) or text in ("pH",) for text in properties().values())


def test_both_sides_of_a_pattern_have_the_same_gaps():
    for english, _, chinese in dictionary().patterns:
        gaps = [sorted(set(re.findall(r"\{(\d)", text))) for text in (english, chinese)]
        assert gaps[0] == gaps[1], english


def test_the_data_file_is_read_whole():
    """A key given twice would be refused; one that is never reached would be idle."""
    content = tomli.loads((ROOT / "formulate/report/chinese/labels.toml").read_text("utf-8"))
    assert set(content) == {"same", "labels", "patterns"}
    assert not set(content["labels"]) & set(content["same"])


@pytest.mark.parametrize(
    "text",
    ["", "12 to", "The drug is held for long, and then it is gone.", "=cmd|' /C calc'!A0", "x" * 500, "<b>dose</b>"],
)
def test_what_is_no_label_stays_as_it_is(text):
    assert words()(text) == text


def test_terms_are_those_of_the_field():
    say = words()
    terms = {
        "encapsulation efficiency": "包封率", "drug loading": "载药量", "Release": "释放", "retention": "滞留",
        "synovial fluid": "滑液", "cartilage": "软骨", "Intervertebral disc": "椎间盘", "Spinal cord": "脊髓",
        "nucleus pulposus": "髓核", "intra articular": "关节腔内", "zeta potential": "Zeta 电位",
        "0.5 d (0.2 to >3 d)": "0.5 d (0.2 至 >3 d)",
        "performance: what it does, by the weights (0 to 1)": "效果：按权重计的效果（0 至 1）",
        "Dasatinib: Share of all that is given, by where it is: median and 80 % band.":
            "达沙替尼：给药总量按所在部位的份额：中位数与 80 % 区间。",
        "▲ assumed": "▲ 假定", "✕ FAILS": "✕ 不通过",
    }  # fmt: skip
    assert {text: say(text) for text in terms} == terms


@pytest.fixture(scope="module")
def report(shipped_documents):
    return shipped_documents["report"]


@pytest.fixture(scope="module")
def han(tmp_path_factory):
    """A font of boxes that holds every sign of the data files, made here: none is needed on the machine."""
    path = tmp_path_factory.mktemp("fonts") / "boxes.ttf"
    said = [*dictionary().labels.values(), *properties().values(), *(item[2] for item in dictionary().patterns)]
    held = catalog.load()
    for kind in (held.carriers, held.payloads, held.sites, held.methods, held.studies):
        said += [entry.name_zh for entry in kind.values()]
    signs = sorted(set("".join(said) + NOTE + NO_FONT + fonts._PROOF + "年月日周"))
    pen = TTGlyphPen(None)
    for step, place in (
        (pen.moveTo, (50, 0)),
        (pen.lineTo, (50, 800)),
        (pen.lineTo, (950, 800)),
        (pen.lineTo, (950, 0)),
    ):
        step(place)
    pen.closePath()
    box, names = pen.glyph(), [".notdef", *(f"u{ord(sign):04X}" for sign in signs)]
    made = FontBuilder(1000, isTTF=True)
    made.setupGlyphOrder(names)
    made.setupCharacterMap({ord(sign): f"u{ord(sign):04X}" for sign in signs})
    made.setupGlyf(dict.fromkeys(names, box))
    made.setupHorizontalMetrics(dict.fromkeys(names, (1000, 50)))
    made.setupHorizontalHeader(ascent=880, descent=-120)
    made.setupNameTable({"familyName": "Boxes", "styleName": "Regular", "psName": "Boxes-Regular"})
    made.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120)
    made.setupPost()
    made.save(path)
    return path


def test_every_format_is_in_chinese(report, han, tmp_path):
    kept = ("The formulation", "Is it feasible?", "How to make it")
    few = [section for section in report.sections if section.title in kept]
    (inputs,) = [table for name, table in report.tables if name == "Inputs"]
    at = list(inputs.keys).index("plga-microsphere.diameter")
    few.append(Section("Inputs", [replace(inputs, rows=inputs.rows[at : at + 1], keys=inputs.keys[at : at + 1])]))
    small = Document(report.title, report.question, report.answer, few, report.references, "2 January 2026")
    document = in_language(small, "zh", str(han))
    assert [section.title for section in document.filled] == ["制剂", "是否可行", "制备方法", "输入参数"]
    assert small.sections[0].title == "The formulation"
    files = {}
    for name in ("a.pdf", "a.html", "a.md", "a.docx", "a.xlsx"):
        files |= {path.name: data for path, data in document_files(document, Path(name), "a4", str(han)).items()}
    pdf = pypdf.PdfReader(io.BytesIO(files["a.pdf"]))
    said = re.sub(r"\s", "", " ".join(page.extract_text() for page in pdf.pages))
    for text in (
        "是否可行",
        "表1",
        "图1",
        "本工具仅供研究设计使用",
        "2026年1月2日",
        "参考文献",
        report.title.replace(" ", ""),
    ):
        assert text in said, text
    assert pdf.trailer["/Root"]["/Lang"] == "zh"
    assert "pdfuaid" in pdf.trailer["/Root"]["/Metadata"].get_data().decode()  # no sign is missing
    assert '<html lang="zh-Hans">' in files["a.html"].decode()
    assert "膝关节（人，骨关节炎）" in files["a.html"].decode()  # in the figure
    assert files["a.md"].decode().count(NOTE) == 1
    book = openpyxl.load_workbook(io.BytesIO(files["a.xlsx"]))
    assert {"报告", "制剂", "可行性", "输入参数", "参考文献"} <= set(book.sheetnames)
    assert "plga_microsphere_diameter" in book.defined_names  # names of cells are for formulas
    import docx

    word = docx.Document(io.BytesIO(files["a.docx"]))
    assert "参考文献" in [item.text for item in word.paragraphs]
    assert 'w:eastAsia="zh-CN"' in word.styles.element.xml


def test_without_a_font_figures_stay_english_and_a_pdf_is_refused(report, monkeypatch):
    monkeypatch.setattr(fonts, "_of_system", dict)
    document = in_language(report, "zh")
    assert document.note == NOTE + NO_FONT
    before = [text.get_text() for text in report.pictures[0].figure.findobj(Drawn)]
    assert [text.get_text() for text in document.pictures[0].figure.findobj(Drawn)] == before
    assert document.pictures[0].caption.startswith("由内到外的嵌套结构")
    assert in_language(Document("t", "q", "a", []), "zh").note == NOTE  # there is no figure
    with pytest.raises(FormulateError, match="need --font with a font file"):
        document_files(document, Path("a.pdf"))


def test_a_font_of_the_system_is_found_by_its_name(han, monkeypatch):
    fonts._of_system.cache_clear()
    monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", lambda: [str(han)])
    monkeypatch.setattr(fonts, "CHINESE", ("No Such Font", "Boxes"))
    found = fonts.chinese_font()
    assert found is not None
    assert (found.family, found.path) == ("Boxes", han)
    assert fonts.named_font("boxes") == found
    fonts._of_system.cache_clear()


REFUSED = [
    (("--font", "none.otf", "-o", "r.html"), "'none.otf': no such file"),
    (("--font", "f.toml", "-o", "r.html"), "'f.toml': cannot be read as a font"),
    (("--font", "DejaVu Sans", "-o", "r.pdf"), "it holds no Chinese"),
    (("-o", "r.csv"), "no report is written"),
    (("--lang", "fr", "-o", "r.html"), "fr"),
]


@pytest.mark.parametrize(("options", "told"), REFUSED)
def test_what_cannot_be_done_is_refused_in_a_line_before_anything_is_computed(options, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("formulate.exposure.expose", lambda *_: pytest.fail("computed"))
    Path("f.toml").write_text(examples.text("stem-cells-knee.toml"), "utf-8")
    done = CliRunner().invoke(cli, ["retention", "f.toml", "--lang", "zh", *options])
    assert done.exit_code == 2
    assert told in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["f.toml"]


def test_every_command_that_writes_reports_takes_language_font_and_paper():
    asked = {
        name: {option.name for option in command.params}
        for name, command in cli.commands.items()
        if any(".docx" in (getattr(option, "help", "") or "") for option in command.params)
    }
    assert {"report", "compare", "predict", "fit", "design", "project"} <= set(asked)
    for name, options in asked.items():
        assert {"lang", "font", "paper"} <= options, name


def test_a_language_nobody_speaks_is_refused_from_python_too():
    with pytest.raises(FormulateError, match="need en or zh"):
        in_language(Document("t", "q", "a", [Section("s", (Text("a"), Points(["b"])))]), "de")
