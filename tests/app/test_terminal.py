"""The installed program in a real terminal: it opens, answers keys, keeps its screen, and leaves no process behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TMUX = shutil.which("tmux")
pytestmark = pytest.mark.skipif(TMUX is None, reason="tmux is not installed: no real terminal to run in")


@pytest.fixture
def terminal(tmp_path, monkeypatch):
    """Give what runs the program in a terminal of its own and reads its screen."""
    socket = str(tmp_path / "tmux")

    def tmux(*arguments: str) -> str:
        done = subprocess.run([str(TMUX), "-S", socket, *arguments], capture_output=True, text=True, check=True)
        return done.stdout

    class Terminal:
        def start(self, *arguments: str, size: tuple[int, int] = (80, 24), **environment: str) -> None:
            folders = {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("STATE", "CONFIG")}
            named = {**folders, "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"], "PYTHONPATH": str(ROOT), **environment}
            given = [part for name, value in named.items() for part in ("-e", f"{name}={value}")]
            # the shell stays when the program has left, and tells its status
            program = f"{sys.executable} -m tui.start {' '.join(arguments)}; echo status $?; sleep 60"
            tmux("-f", "/dev/null", "new-session", "-d", "-x", str(size[0]), "-y", str(size[1]), *given, program)

        def press(self, *keys: str) -> None:
            tmux("send-keys", *keys)

        def screen(self) -> str:
            return tmux("capture-pane", "-p")

        def modes(self) -> str:
            """Give whether another screen is shown, the mouse listened to, the cursor shown."""
            return tmux("display-message", "-p", "#{alternate_on}#{mouse_any_flag}#{cursor_flag}").strip()

        def resize(self, width: int, height: int) -> None:
            tmux("resize-window", "-x", str(width), "-y", str(height))

        def wait(self, text: str, *, gone: bool = False) -> str:
            end = time.monotonic() + 30
            while (text in (shown := self.screen())) is gone:
                assert time.monotonic() < end, f"{text!r} did not come:\n{shown}"
                time.sleep(0.05)
            return shown

    yield Terminal()
    subprocess.run([str(TMUX), "-S", socket, "kill-server"], capture_output=True, check=False)


def processes(module: str, folder_of_state: Path) -> set[int]:
    """Give the processes of a module that keep their state below a folder: they are told where."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            called = (folder / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
            told = (folder / "environ").read_bytes().decode("utf-8", "replace")
        except OSError:
            continue
        if called[1:3] == ["-m", module] and str(folder_of_state) in told:
            found.add(int(folder.name))
    return found


def workers(folder_of_state: Path) -> set[int]:
    return processes("tui.app.worker", folder_of_state)


def gone(folder_of_state: Path) -> bool:
    end = time.monotonic() + 5
    while workers(folder_of_state) and time.monotonic() < end:
        time.sleep(0.05)
    return not workers(folder_of_state)


def test_it_opens_answers_keys_and_leaves_nothing_behind(terminal, tmp_path):
    terminal.start(size=(80, 24))
    terminal.wait("Welcome to Formulate")
    terminal.press("Escape")
    terminal.wait("Welcome to Formulate", gone=True)  # a key sent right after Escape would be one with Alt
    terminal.wait("storage modulus")  # the entry is read
    terminal.press("/")
    terminal.wait("space Mark", gone=True)  # the filter has the focus
    terminal.press("-l", "plga mic")
    terminal.press("Enter")
    terminal.wait("PLGA microspheres")
    terminal.press("F1")
    terminal.wait("Keys here")
    terminal.press("Escape")
    terminal.wait("Keys here", gone=True)
    terminal.resize(50, 12)
    terminal.wait("Formulate needs 60 columns and 20 lines.")
    terminal.resize(120, 30)
    terminal.wait("^p Commands")
    end = time.monotonic() + 20
    while not workers(tmp_path):
        assert time.monotonic() < end
        time.sleep(0.05)
    terminal.press("C-q")
    terminal.wait("status 0")
    assert gone(tmp_path)


@pytest.mark.parametrize(("number", "starts"), [(signal.SIGINT, True), (signal.SIGTERM, False)])
def test_a_signal_leaves_the_terminal_as_it_was_and_no_process(terminal, tmp_path, number, starts):
    terminal.start(size=(80, 24))
    if starts:
        while not (app := processes("tui.start", tmp_path)):
            time.sleep(0.01)
        while terminal.modes()[0] != "1":  # the terminal is taken, the screen not yet made
            time.sleep(0.01)
    else:
        terminal.wait("Welcome to Formulate")
        app = processes("tui.start", tmp_path)
    (process,) = app
    os.kill(process, number)
    shown = terminal.wait(f"status {128 + number}")
    assert terminal.modes() == "001"
    assert "Error" not in shown
    assert gone(tmp_path)
    files = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert files <= {"app.json"}


def test_without_colour_and_with_a_file(terminal, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('kind = "recipe"\n', "utf-8")
    terminal.start("app", str(file), "--fresh", NO_COLOR="1", TERM="screen")
    terminal.wait("'recipe'")  # a notice of it, however it is wrapped
    terminal.press("C-q")
    terminal.wait("status 0")


def test_without_a_terminal_it_prints_the_help_or_refuses():
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for arguments, status, text in (((), 0, "Usage: formulate"), (("app",), 2, "needs a terminal")):
        done = subprocess.run(
            [sys.executable, "-m", "tui.start", *arguments],
            capture_output=True, text=True, stdin=subprocess.DEVNULL, env=environment, check=False,
        )  # fmt: skip
        assert done.returncode == status
        assert text in done.stdout + done.stderr
