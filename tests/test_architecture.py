"""What holds for the code as a whole: light imports, one direction, documented kernels, modules of one sitting."""

import ast
import gc
import importlib
import importlib.util
import inspect
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("materials", "formulate", "tui")  # from the bottom up
HEAVY = ("numpy", "scipy", "pandas", "matplotlib", "pint", "jinja2", "pybtex", "textual")
LONGEST = 400
# longer than one sitting, each for one reason
LONG = {
    "formulate/loading/definitions.py": "docstrings: two conventions, each quantity with its equation",
    "formulate/release/degradation.py": "docstrings: one mechanism, its equations and their references",
}


def modules(*packages: str) -> list[Path]:
    return sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def source(path: Path) -> str:
    return path.read_text("utf-8")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(source(path))


@cache
def nodes(path: Path) -> dict[type[ast.AST], list[ast.AST]]:
    """Give what stands in a module, by its kind: walked once for all rules."""
    found: dict[type[ast.AST], list[ast.AST]] = defaultdict(list)
    for node in ast.walk(tree(path)):
        found[type(node)].append(node)
    return found


@pytest.fixture(scope="module", autouse=True)
def _the_trees_are_let_go() -> Iterator[None]:
    gc.disable()  # the trees are millions of objects, and all are kept
    yield
    gc.enable()
    for kept in (source, tree, nodes):
        kept.cache_clear()


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


ALL = modules(*PACKAGES)
KERNELS = [
    path
    for path in modules("formulate/loading", "formulate/release", "formulate/retention")
    if not path.name.startswith("stage") and path.name not in ("total.py", "site.py")
]


def loaded_after(heavy: tuple[str, ...], *codes: str) -> list[set[str]]:
    """Give which heavy modules a fresh process holds after each of some pieces of code, run one after the other."""
    tell = f"import sys; print('LOADED', *[name for name in {heavy!r} if name in sys.modules])"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    program = "\n".join(f"{code}\n{tell}" for code in codes)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    told = [set(line.split()[1:]) for line in done.stdout.splitlines() if line.startswith("LOADED")]
    assert len(told) == len(codes)
    return told


def after_command(*arguments: str) -> str:
    return f"from tui.cli import cli\ntry:\n    cli({list(arguments)!r})\nexcept SystemExit:\n    pass"


def test_an_import_stays_light():
    names = ["formulate", "materials.catalog", "materials.units", "materials.sources", "tui.cli"]
    names += ["formulate.formulation"]
    assert dict(zip(names, loaded_after(HEAVY, *(f"import {name}" for name in names)), strict=True)) == {
        name: set() for name in names
    }


def test_help_needs_no_model_and_no_number():
    commands = [["--help"], [], ["compare", "-h"], ["examples", "list"]]
    assert loaded_after((*HEAVY, "pydantic"), *(after_command(*command) for command in commands)) == [set()] * 4


def test_a_listing_needs_no_numbers():
    assert loaded_after(HEAVY, after_command("catalog", "carriers")) == [set()]


def test_one_entry_needs_the_bibliography_alone():
    (loaded,) = loaded_after(HEAVY, after_command("catalog", "show", "dasatinib"))
    assert loaded <= {"pybtex"}  # once; then it is compiled


def test_the_watch_on_imports_sees_one():
    light, loaded = loaded_after(HEAVY, "import formulate", "import formulate.sampling")
    assert light == set()
    assert loaded >= {"numpy"}


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
    # pint takes dask along where it is installed, and dask jinja2
    page = () if importlib.util.find_spec("dask") else ("jinja2",)
    assert loaded_after(("matplotlib", *page, "pandas", "textual"), after_command(*options)) == [set()]


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


@cache
def imported(path: Path) -> frozenset[str]:
    found = nodes(path)
    names = {alias.name for node in found[ast.Import] for alias in node.names}
    names |= {node.module or "" for node in found[ast.ImportFrom]}
    return frozenset(names | {str(node.value) for node in found[ast.Constant] if NAMED.fullmatch(str(node.value))})


def test_no_import_is_relative():
    assert offending(ALL, lambda path: [node.lineno for node in nodes(path)[ast.ImportFrom] if node.level]) == {}


def offending(paths: list[Path], offence: Callable[[Path], object]) -> dict[str, object]:
    """Give what breaks a rule, by the module it stands in."""
    assert paths
    return {relative(path): found for path in paths if (found := offence(path))}


def test_nothing_is_imported_from_above():
    def from_above(path: Path) -> list[str]:
        package = path.relative_to(ROOT).parts[0]
        above = (*PACKAGES[PACKAGES.index(package) + 1 :], "tests", "bench")
        return [name for name in imported(path) if name.partition(".")[0] in above]

    assert offending(ALL, from_above) == {}


def test_the_rules_see_what_is_imported():
    # that they are not blind: the command line stands on both others, also where it imports inside a function
    assert {"formulate.limits", "materials.errors", "formulate.pipeline"} <= imported(ROOT / "tui" / "cli.py")


def test_a_kernel_knows_no_units_library_no_model_and_no_user():
    foreign = {"pint", "pydantic", "click", "pandas", "matplotlib", "tomllib"}
    assert offending(KERNELS, lambda path: foreign & {name.partition(".")[0] for name in imported(path)}) == {}


def test_what_is_public_is_described():
    def undescribed(path: Path) -> list[str]:
        """Give the module, public functions, public classes and their public methods without a docstring."""
        described: list[tuple[str, ast.AST]] = [("the module", tree(path))]
        statements: list[ast.stmt] = list(tree(path).body)
        for node in statements:
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
                described.append((node.name, node))
                statements.extend(node.body if isinstance(node, ast.ClassDef) else [])
        return [name for name, node in described if not ast.get_docstring(node)]

    assert offending(ALL, undescribed) == {}


def kernel_functions() -> dict[str, ast.FunctionDef]:
    found = {
        f"{dotted(path)}.{node.name}": node
        for path in KERNELS
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }
    assert len(found) > 100
    return found


def section(text: str, title: str) -> str:
    found = re.search(rf"^{title}\n-+\n(.*?)(?=^\w[^\n]*\n-+\n|\Z)", text, re.DOTALL | re.MULTILINE)
    return found.group(1) if found else ""


# refuses nothing: it takes checked rates and arrivals, no number of a user's
RAISES_NOTHING = {
    "formulate.release.nesting.on_its_way",
    "formulate.retention.joint.solve",
    "formulate.retention.joint_linear.march",
    "formulate.retention.particles.carrier_fate",
}


def test_a_kernel_documents_each_parameter_its_refusals_and_its_equation():
    wrong = []
    for name, node in kernel_functions().items():
        text = ast.get_docstring(node) or ""
        listed = section(text, "Parameters")
        documented = {
            item.strip()
            for line in re.findall(r"^(\S[^:\n]*)(?= :|$)", listed, re.MULTILINE)
            for item in line.split(",")
        }
        arguments = {argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
        if documented != arguments:
            wrong.append(f"{name}: documents {sorted(documented)}, takes {sorted(arguments)}")
        if not all(line.strip() for line in listed.strip().splitlines()):
            wrong.append(f"{name}: an empty line among its parameters")
        if not section(text, "Notes").strip():
            wrong.append(f"{name}: no equation")
        if name not in RAISES_NOTHING and not section(text, "Raises").strip():
            wrong.append(f"{name}: no refusals")
    assert wrong == []


def test_a_kernel_gives_the_unit_of_its_numbers():
    without = [
        name
        for name, node in kernel_functions().items()
        if any(
            argument.annotation is not None and ast.unparse(argument.annotation) in ("ArrayLike", "float", "Array")
            for argument in (*node.args.args, *node.args.kwonlyargs)
        )
        and not re.search(r"\[[^\]\s][^\]]*\]", section(ast.get_docstring(node) or "", "Parameters"))
    ]
    assert without == []  # no unit in brackets


def test_only_the_command_line_prints():
    def printed(path: Path) -> list[object]:
        calls = [node.func for node in nodes(path)[ast.Call]]
        names = [call.lineno for call in calls if isinstance(call, ast.Name) and call.id in ("print", "input")]
        return [*names, *re.findall(r"\bsys\.(?:stdout|stderr|exit)\b", source(path))]

    assert offending(modules("formulate", "materials"), printed) == {}


def test_no_text_is_run_as_code():
    runs = ("eval", "exec", "compile", "__import__")

    def run(path: Path) -> list[int]:
        calls = [node.func for node in nodes(path)[ast.Call]]
        return [call.lineno for call in calls if isinstance(call, ast.Name) and call.id in runs]

    assert offending(ALL, run) == {}


def test_only_a_cluster_that_is_asked_for_is_reached_by_network():
    network = {
        "socket",
        "ssl",
        "urllib.request",
        "http",
        "ftplib",
        "smtplib",
        "requests",
        "httpx",
        "aiohttp",
        "urllib3",
    }

    def reached(path: Path) -> set[str]:
        return {name for name in imported(path) if name in network or name.partition(".")[0] in network}

    assert offending(ALL, reached) == {"formulate/designs/cluster.py": {"socket"}}


def test_no_error_is_swallowed_whole():
    assert offending(ALL, lambda path: [node.lineno for node in nodes(path)[ast.ExceptHandler] if not node.type]) == {}


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
    long = {relative(path) for path in ALL if len(source(path).splitlines()) >= LONGEST}
    assert long <= set(LONG), "split it, or give the reason above"
    assert set(LONG) <= long, "short again: take it off the list"


def test_every_module_imports():
    for path in ALL:
        if not (path.parent.name == "tui" and path.stem == "__main__"):
            assert inspect.ismodule(importlib.import_module(dotted(path)))
