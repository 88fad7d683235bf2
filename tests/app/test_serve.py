"""`formulate serve`: the page answers, and the app behind it paints and takes keys."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tui.app.state import State, write_state
from tui.cli import cli

ROOT = Path(__file__).parents[2]


def test_without_its_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    done = CliRunner().invoke(cli, ["serve"], prog_name="formulate")
    assert done.exit_code == 2
    assert 'pip install "formulate-delivery[web]"' in done.output


async def shown_on_page(port: int) -> str:
    """Give what the app paints, asked for as a browser does, until the key F6 has led to the screen of designs."""
    import aiohttp

    shown, pressed = "", False
    async with aiohttp.ClientSession() as session:
        for _ in range(400):
            try:
                page = await (await session.get(f"http://localhost:{port}/")).text()
                break
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.05)
        else:
            raise AssertionError("the server does not answer")
        place = re.search(r'data-session-websocket-url="([^"]+)"', page)
        assert place, page
        async with session.ws_connect(f"{place[1]}?width=80&height=24") as channel:
            async for message in channel:
                if message.type is aiohttp.WSMsgType.BINARY:
                    shown += message.data.decode("utf-8", "replace")
                if "What has to be made" in shown:
                    return shown
                if "Carriers" in shown and not pressed:
                    pressed = True
                    await channel.send_json(["stdin", "\x1b[17~"])  # F6, as terminals send it
    return shown


def test_a_served_page_shows_the_app_and_no_port_stays_open():
    pytest.importorskip("textual_serve")
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    write_state(State(welcomed=True))
    served = subprocess.Popen(
        [sys.executable, "-m", "tui.start", "serve", "--port", str(port)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        shown = asyncio.run(asyncio.wait_for(shown_on_page(port), 60))
        assert shown.index("Carriers") < shown.index("What has to be made")
        served.send_signal(signal.SIGINT)
        served.wait(10)
    finally:
        if served.poll() is None:
            os.killpg(served.pid, signal.SIGKILL)
            served.wait()
    with socket.socket() as again:
        assert again.connect_ex(("localhost", port)) != 0
