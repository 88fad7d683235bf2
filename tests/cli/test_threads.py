"""One thread for linear algebra, asked for before the library that reads it is imported."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from formulate.threads import ONE_THREAD

ROOT = Path(__file__).parents[2]

CODE = (
    "import os, sys; from tui import cli\n"
    "def ran(**_): print('numpy' in sys.modules, os.environ['OPENBLAS_NUM_THREADS'])\n"
    "cli.cli = ran\n"
    "cli.main()"
)


@pytest.mark.parametrize(("own", "asked"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3")])
def test_the_command_line_asks_before_numpy_is_there_and_leaves_what_the_user_set(own, asked):
    environment = {name: value for name, value in os.environ.items() if name not in ONE_THREAD} | own
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=True, cwd=ROOT, env=environment
    )
    assert done.stdout.split() == ["False", asked]
