"""Pictures of the terminal app for the README and the pages, drawn by the app itself.

python -m bench.app_pictures [FOLDER]

Each screen is driven by keys on a shipped example, without a terminal, and written as SVG (docs/images by default). The
fonts that the drawing names on the web are taken out: a picture asks nobody for anything.
"""

import asyncio
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from formulate.examples import text
from tui.app.application import FormulateApp
from tui.app.state import State

SIZE = (132, 40)
PATIENCE = 60.0  # s for what is computed
_ON_THE_WEB = re.compile(r"@font-face \{.*?\}", re.DOTALL)
PICTURES: dict[str, tuple[str, str, tuple[str, ...]]] = {  # name: example, what must be there, keys
    "app-catalog": ("", "", ("f2", "down", "down")),
    "app-formulation": ("dasatinib-microspheres-in-gel.toml", "prediction", ("down",)),
    "app-compare": ("dasatinib-knee.toml", "comparison", ()),
}


def drawn(svg: str) -> str:
    """Give a picture that names no place on the web.

    >>> drawn("<style>@font-face { src: url('https://a') }</style>")
    '<style></style>'
    """
    return re.sub(r"[ \t]+$", "", _ON_THE_WEB.sub("", svg), flags=re.MULTILINE)


async def _until(pause: Callable[..., object], holds: Callable[[], bool]) -> None:
    for _ in range(int(PATIENCE / 0.1)):
        if holds():
            return
        await pause(0.1)  # type: ignore[misc]
    raise SystemExit("the app did not show what was to be drawn")


async def picture(example: str, kept: str, keys: tuple[str, ...]) -> str:
    """Give the SVG of a screen."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / example if example else None
        if path:
            path.write_text(text(example), "utf-8")
        app = FormulateApp(path, fresh=True)
        app.state = State(welcomed=True)
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause(1.0)
            if kept:
                await _until(pilot.pause, lambda: kept in app.session.results)
            for key in keys:
                await pilot.press(key)
            await pilot.pause(1.0)
            return drawn(app.export_screenshot(title="formulate"))


def main() -> None:
    """Write the pictures."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images")
    for name, (example, kept, keys) in PICTURES.items():
        (folder / f"{name}.svg").write_text(asyncio.run(picture(example, kept, keys)), "utf-8")
        print(folder / f"{name}.svg")


if __name__ == "__main__":
    main()
