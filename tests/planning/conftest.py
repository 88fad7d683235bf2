"""Formulations that ship with the program."""

from collections.abc import Callable
from pathlib import Path

import pytest

from formulate import examples
from formulate.formulation import Formulation, read


@pytest.fixture
def formulation(tmp_path: Path) -> Callable[[str], Formulation]:
    def given(name: str) -> Formulation:
        path = tmp_path / name
        path.write_text(examples.text(name), "utf-8")
        file = read(path)
        assert isinstance(file, Formulation)
        return file

    return given
