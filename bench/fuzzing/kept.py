"""What the program wrote itself and reads again: reports, results of projects, sweeps, what the app remembers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.fuzzing.mutation import Reader
from bench.fuzzing.seeds import EXAMPLES, OWN_GEL, QUESTION, of_file


def report(scratch: Path) -> Reader:
    """Reports as JSON, as far as they are read before anything is computed again."""
    from formulate.again.rerun import asked_in, in_force
    from formulate.formulation import read
    from formulate.report.record_file import read_record
    from formulate.report.reported import reported

    def use(path: Path) -> object:
        _, kept = read_record(path)
        with in_force(path, kept):
            return asked_in(path, kept)

    def seeds() -> Iterator[bytes]:
        (scratch / "question.toml").write_text(QUESTION, "utf-8")
        content = _thinned(json.loads(reported(read(scratch / "question.toml")).to_json()))
        content["report"]["own_catalog"] = [{"name": "own.toml", "text": OWN_GEL}]
        yield json.dumps(content).encode()

    words = (
        "report", "inputs", "results", "own_catalog", "name", "text", "draws", "seed", "values", "NaN", "Infinity",
        "\\ud800", "schema_version", "versions", "among", "date", "title", "[" * 60, "9" * 5000,
    )  # fmt: skip
    return Reader(of_file(scratch / "report.json", use), seeds, "json", words)


def _thinned(content: Any) -> Any:
    """Give plain data with long lists cut."""
    if isinstance(content, dict):
        return {key: _thinned(item) for key, item in content.items()}
    return [_thinned(item) for item in content[:2]] if isinstance(content, list) else content


def project(scratch: Path) -> Reader:
    """Kept results of a project, as the next run reads them."""
    from formulate.project import open_project, run_project

    folder = scratch / "project"
    folder.mkdir(exist_ok=True)
    (folder / "a.toml").write_text(QUESTION, "utf-8")
    kept = folder / "results" / "a.json"

    def use(path: Path) -> object:
        return [(item.why, item.faults, item.kept) for item in open_project(folder, draws=17).items]

    def seeds() -> Iterator[bytes]:
        list(run_project(open_project(folder)))
        yield json.dumps(json.loads(kept.read_bytes()) | {"results": {}}).encode()

    words = (
        "project", "rests_on", "numbers", "inputs", "file", "catalog", "own_catalog_files", "median", "kind", "NaN",
        "1e999", "\\ud800",
    )  # fmt: skip
    return Reader(of_file(kept, use), seeds, "json", words)


def sweep(scratch: Path) -> Reader:
    """Tables of sweeps, whole and begun, that a sweep goes on from."""
    from formulate.designs.space import Space
    from formulate.designs.sweep_file import SweepFile
    from formulate.designs.table import Table
    from formulate.designs.target_file import read_target

    made_from = "draws 16; seed 0"
    table = Table(Space(read_target(EXAMPLES / "triamcinolone-design.toml")), made_from)
    file = SweepFile(scratch / "sweep.csv", table)
    row = ",".join("0" * (len(table.columns) - 1)) + f",{made_from}\n"

    def read(data: bytes) -> object:
        file.path.unlink(missing_ok=True)
        file.part.write_bytes(data)
        with file.opened(False, 16, 4) as rows:
            taken = rows.count
        file.part.unlink(missing_ok=True)
        file.path.write_bytes(data)
        return taken, file.in_place(), sum(1 for _ in file.rows())

    seeds = (table.header.encode(), (table.header + "".join(f"{number}{row[1:]}" for number in range(8))).encode())
    return Reader(read, lambda: seeds, "lines", (made_from, '"', "\r"))


def state(scratch: Path) -> Reader:
    """What the app remembers: a file that cannot be read is a fresh start, never a refusal."""
    from tui.app.state import State, read_state, state_folder, write_state

    path = state_folder() / "app.json"
    path.parent.mkdir(parents=True, exist_ok=True)

    def use(path: Path) -> object:
        found = read_state().with_recent(scratch / "b.toml").with_kept("catalog", place=1)
        write_state(found)
        again = read_state()
        assert (again.recent, again.folder, again.theme) == (found.recent, found.folder, found.theme)
        return again

    def seeds() -> list[bytes]:
        write_state(State(True, "design", "a", ("a/b.toml",), "dark", kept={"catalog": {"kind": "carrier"}}))
        return [path.read_bytes(), b"{}"]

    return Reader(
        of_file(path, use), seeds, "json", ("version", "kept", "recent", "theme", "NaN", "\\ud800", "[" * 2000)
    )
