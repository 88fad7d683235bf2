"""What holds for the code as a whole: light imports, one direction, documented kernels, modules of one sitting."""

import ast
import importlib
import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("materials", "formulate", "tui")  # from the bottom up
HEAVY = ("numpy", "scipy", "pandas", "matplotlib", "pint", "jinja2", "pybtex", "textual")
LONGEST = 400
# longer than one sitting, each for one reason
LONG = {
    "formulate/formulation.py": "one model per table of a user's file",
    "formulate/loading/definitions.py": "docstrings: two conventions, each quantity with its equation",
    "formulate/release/degradation.py": "docstrings: one mechanism, its equations and their references",
}


def modules(*packages: str) -> list[Path]:
    return sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


ALL = modules(*PACKAGES)
KERNELS = [
    path
    for path in modules("formulate/loading", "formulate/release", "formulate/retention")
    if not path.name.startswith("stage") and path.name not in ("total.py", "site.py")
]


def loaded_after(code: str, heavy: tuple[str, ...]) -> set[str]:
    """Give which heavy modules a fresh process holds after running some code."""
    tail = f"import sys; print('LOADED', *[name for name in {heavy!r} if name in sys.modules])"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{tail}"], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split()[1:])


def after_command(*arguments: str) -> str:
    return f"from tui.cli import cli\ntry:\n    cli({list(arguments)!r})\nexcept SystemExit:\n    pass"


@pytest.mark.parametrize(
    "module",
    ["formulate", "materials.catalog", "materials.units", "materials.sources", "tui.cli", "formulate.formulation"],
)
def test_an_import_stays_light(module):
    assert loaded_after(f"import {module}", HEAVY) == set()


@pytest.mark.parametrize("arguments", [["--help"], [], ["compare", "-h"], ["examples", "list"]])
def test_help_needs_no_model_and_no_number(arguments):
    assert loaded_after(after_command(*arguments), (*HEAVY, "pydantic")) == set()


def test_a_listing_needs_no_numbers():
    assert loaded_after(after_command("catalog", "carriers"), HEAVY) == set()


def test_one_entry_needs_the_bibliography_alone():
    assert loaded_after(after_command("catalog", "show", "dasatinib"), HEAVY) <= {"pybtex"}  # once; then it is compiled


def test_the_watch_on_imports_sees_one():
    assert loaded_after("import formulate.sampling", HEAVY) >= {"numpy"}


def test_a_comparison_draws_nothing_and_writes_no_page():
    options = [
        "compare",
        "--site",
        "knee",
        "--payload",
        "dasatinib",
        "--draws",
        "16",
        "--carriers",
        "free-drug-solution",
    ]
    assert loaded_after(after_command(*options), ("matplotlib", "jinja2", "pandas", "textual")) == set()


def test_the_import_contracts_hold():
    program = Path(sys.executable).with_name("lint-imports")
    if not program.exists():
        program = program.with_suffix(".exe")
    done = subprocess.run(
        [program, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\b[2-9] kept, 0 broken", done.stdout)


NAMED = re.compile(rf"({'|'.join(PACKAGES)})(\.\w+)+")  # a module in a text, as importlib.import_module takes it


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{relative(path)}:{node.lineno}: relative import"
            yield node.module or ""
        elif isinstance(node, ast.Constant) and NAMED.fullmatch(str(node.value)):
            yield str(node.value)


@pytest.mark.parametrize("path", ALL, ids=relative)
def test_nothing_is_imported_from_above(path):
    package = path.relative_to(ROOT).parts[0]
    above = PACKAGES[PACKAGES.index(package) + 1 :]
    names = set(imported(path))
    assert not {name for name in names if name.partition(".")[0] in above}
    assert not {name for name in names if name.partition(".")[0] in ("tests", "bench")}


@pytest.mark.parametrize("path", KERNELS, ids=relative)
def test_a_kernel_knows_no_units_library_no_model_and_no_user(path):
    names = {name.partition(".")[0] for name in imported(path)}
    assert names.isdisjoint({"pint", "pydantic", "click", "pandas", "matplotlib", "tomllib"})


def public_functions(path: Path) -> Iterator[ast.FunctionDef]:
    """Give public functions and methods of public classes."""
    nodes: list[ast.stmt] = list(tree(path).body)
    for node in nodes:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            nodes.extend(node.body)
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


@pytest.mark.parametrize("path", ALL, ids=relative)
def test_what_is_public_is_described(path):
    assert ast.get_docstring(tree(path)), "the module says nothing of itself"
    for node in public_functions(path):
        assert ast.get_docstring(node), f"{node.name} says nothing of itself"
    for node in tree(path).body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} says nothing of itself"


def kernel_functions() -> list[tuple[str, ast.FunctionDef]]:
    return [
        (f"{dotted(path)}.{node.name}", node)
        for path in KERNELS
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


def section(text: str, title: str) -> str:
    found = re.search(rf"^{title}\n-+\n(.*?)(?=^\w[^\n]*\n-+\n|\Z)", text, re.DOTALL | re.MULTILINE)
    return found.group(1) if found else ""


# refuses nothing: it takes checked rates and arrivals, no number of a user's
RAISES_NOTHING = {"formulate.retention.joint.solve", "formulate.retention.particles.carrier_fate"}


@pytest.mark.parametrize(("name", "node"), kernel_functions(), ids=[name for name, _ in kernel_functions()])
def test_a_kernel_documents_each_parameter_its_refusals_and_its_equation(name, node):
    text = ast.get_docstring(node) or ""
    listed = section(text, "Parameters")
    documented = {
        item.strip() for line in re.findall(r"^(\S[^:\n]*)(?= :|$)", listed, re.MULTILINE) for item in line.split(",")
    }
    arguments = {argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
    assert documented == arguments
    for argument in listed.strip().splitlines():
        assert argument.strip()
    assert section(text, "Notes").strip()
    if name not in RAISES_NOTHING:
        assert section(text, "Raises").strip()


@pytest.mark.parametrize(("name", "node"), kernel_functions(), ids=[name for name, _ in kernel_functions()])
def test_a_kernel_gives_the_unit_of_its_numbers(name, node):
    text = ast.get_docstring(node) or ""
    numbers = [
        argument.arg
        for argument in (*node.args.args, *node.args.kwonlyargs)
        if argument.annotation is not None and ast.unparse(argument.annotation) in ("ArrayLike", "float", "Array")
    ]
    if numbers:
        assert re.search(r"\[[^\]\s][^\]]*\]", section(text, "Parameters")), "no unit in brackets"


@pytest.mark.parametrize("path", modules("formulate", "materials"), ids=relative)
def test_only_the_command_line_prints(path):
    calls = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    assert not [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id in ("print", "input")]
    assert not re.search(r"\bsys\.(stdout|stderr|exit)\b", path.read_text("utf-8"))


@pytest.mark.parametrize("path", ALL, ids=relative)
def test_no_error_is_swallowed_whole(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"bare except in line {node.lineno}"


def project_files() -> list[Path]:
    kept = {".py", ".toml", ".md", ".bib", ".j2", ".css", ".tcss", ".csv", ".json", ".yml", ".yaml", ""}
    skipped = {".git", ".venv", ".ci", "build", "dist"}
    return [
        path
        for path in sorted(ROOT.rglob("*"))
        if path.is_file()
        and path.suffix in kept
        and not any(
            part in skipped or part.endswith("cache__") or part.endswith("_cache") or part == ".hypothesis"
            for part in path.relative_to(ROOT).parts
        )
    ]


def test_no_file_names_a_place_on_one_machine():
    # put together from parts, or this file would name one
    places = re.compile("|".join(["/ho" + "me/", "/Us" + "ers/", "/wo" + "rk/", "/ro" + "ot/", r"[A-Z]:\\Us" + "ers"]))
    files = project_files()
    assert len(files) > 60
    found = [relative(path) for path in files if places.search(path.read_text("utf-8", errors="replace"))]
    assert found == []


def test_a_module_is_read_in_one_sitting():
    long = {relative(path) for path in ALL if len(path.read_text("utf-8").splitlines()) >= LONGEST}
    assert long <= set(LONG), "split it, or give the reason above"
    assert set(LONG) <= long, "short again: take it off the list"


def test_every_module_imports():
    for path in ALL:
        if not (path.parent.name == "tui" and path.stem == "__main__"):
            assert inspect.ismodule(importlib.import_module(dotted(path)))
