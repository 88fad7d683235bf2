"""Tables, as text and as workbooks: measured release, values, agents, formulations."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.fuzzing.mutation import Reader
from bench.fuzzing.seeds import EXAMPLES, of_file


def catalog_table(scratch: Path) -> Reader:
    """Tables of values that are turned into catalog files."""
    from materials.catalog import shipped
    from materials.exchange import import_table

    known = shipped()
    head = b"id,kind,name,class,physical_form,property,typical,low,high,unit,conditions,source\n"
    rows = (
        b"my-gel,carrier,My gel,hydrogel,bulk-gel,diameter,10,5,20,um,wet,mine\nliposome,,,,,diameter,100,80,120,nm,,\n"
    )
    words = ("diameter", "evidence", "user", "assumed", "spread", "range", "bound", "carrier", "payload", "locator")
    use = of_file(scratch / "values.csv", lambda path: import_table(known, path))
    return Reader(use, lambda: [head + rows, (head + rows).replace(b",", b"\t")], "lines", words)


def release(scratch: Path) -> Reader:
    """Tables of measured release as text."""
    from formulate.experiment.reading import read_release

    def use(path: Path) -> object:
        size = path.stat().st_size
        asked: dict[str, Any] = {"dose": "5 mg", "volume": "500 mL", "sample": "1 mL"} if size % 3 == 0 else {}
        return read_release(path, decimal=".,"[size % 5 == 0], **asked)

    def seeds() -> Iterator[bytes]:
        yield from (path.read_bytes() for path in sorted(EXAMPLES.glob("*.csv")))
        yield b"formulation,unit,time (h),released (%),sd (%)\nF1,1,0,0,0\nF1,1,2,20,1\nF2,1,0,0,0\nF2,1,2,30,1\n"
        yield b"Time (d);F1 mean;F1 SD\n0;0;0\n1;12,5;1,5\n7;50;3\nn = 3;;\n"
        yield b"time (h)\t0\t1\t2\nA_1 (%)\t0\t10\t20\nA_2 (%)\t0\t12\t21\n"
        yield b"time (min),concentration (ug/mL),sample (mL)\n0,0,1\n10,1.5,1\n30,3,1\n"
        yield "\u65f6\u95f4 (h),\u91ca\u653e (%)\n0,0\n1,12.3 ± 1.2\n4,40 ± 2\n".encode("gb18030")

    words = ("time (h)", "time (d)", "released (%)", "sd", "sem", "n", "unit 1", "mass (mg)", "±", "NA", "profile", "#")
    return Reader(of_file(scratch / "release.csv", use), seeds, "lines", words)


def workbook(scratch: Path) -> Reader:
    """Workbooks, as every reader of tables reads them."""
    from openpyxl import Workbook

    from formulate.batch import read_batch
    from formulate.experiment.reading import read_release
    from formulate.fate.table import read_rows
    from materials.catalog import shipped
    from materials.errors import FormulateError
    from materials.exchange import import_table

    uses: tuple[Callable[[Path], object], ...] = (
        read_release, lambda path: import_table(shipped(), path), read_rows, lambda path: read_batch(path, site="knee"),
    )  # fmt: skip

    def use(path: Path) -> object:
        found: list[object] = []
        for one in uses:
            try:
                found.append(one(path))
            except FormulateError as error:
                refusal = error
        if not found:
            raise refusal
        return found

    def seeds() -> Iterator[bytes]:
        tables: tuple[list[list[object]], ...] = (
            [["time (h)", "A", "B"], [0, 0, 0], [1, 0.5, 0.12], [2, 0.6, 30]],
            [["time (h)", "A"], [1, "=A2"]],
            [["id", "property", "typical", "unit"], ["liposome", "diameter", 90, "nm"]],
            [["agent", "metric", "value"], ["dasatinib", "half_life", "3 h"]],
        )
        for rows in tables:
            book, out = Workbook(), io.BytesIO()
            sheet = book.active
            assert sheet is not None
            for row in rows:
                sheet.append(row)
            for cell in sheet["B"]:
                cell.number_format = "0%"  # of a number: it is a share
            book.save(out)
            yield out.getvalue()

    words = (
        '<c r="A1"><v>1</v></c>', ' r="XFD1048576"', ' t="s"', ' t="n"', ' t="d"', ' t="b"', ' t="e"', ' s="9"', "<f>",
        "</f>", "<row>", "<v>1e999999</v>", "<!DOCTYPE a>", "&#0;", "&x;", "hidden", '<mergeCell ref="A1:XFD9"/>',
    )  # fmt: skip
    return Reader(of_file(scratch / "book.xlsx", use), seeds, "xlsx", words)


def agents(scratch: Path) -> Reader:
    """Tables of `fate`."""
    from formulate.fate.table import read_rows

    head = b"agent,kind,metric,species,site,state,route,dose,time,size,molar mass,zeta,value,unit\n"
    rows = b"dasatinib,,half_life,rat,knee,,,5 mg,,,,,3,h\n,liposome,retained,,knee,,,,7 d,100 nm,,-30 mV,,\n"
    words = ("half_life", "retained", "agent", "metric", "size (nm)", "molar mass (kDa)", "zeta (mV)", "rat", "human")
    return Reader(of_file(scratch / "agents.csv", read_rows), lambda: [head + rows], "lines", words)


def batch(scratch: Path) -> Reader:
    """Tables of `batch`."""
    from formulate.batch import read_batch

    head = b"carrier,payload,carrier.drug_loading,carrier.diameter (um),payload.molar_mass,route\n"
    seeds = [
        head + b"plga-microsphere,dasatinib,10 percent_w_w,40,,\n",
        head + b"plga-microsphere,mine,,30,400 g/mol,\n",
    ]
    words = ("carrier", "payload", "carrier.diameter (um)", "drug_loading", "payload.log_p", "site", "dose", "method")
    use = of_file(scratch / "batch.csv", lambda path: read_batch(path, site="knee"))
    return Reader(use, lambda: seeds, "lines", words)
