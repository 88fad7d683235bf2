"""The pictures of the app in the README and the pages, made from the app itself.

python -m bench.screens FOLDER
"""

import asyncio
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 120.0  # s for what is computed


@dataclass(frozen=True)
class Shown:
    """A picture: how large, of which example, keys that begin, the result they lead to, keys after it, its end."""

    size: tuple[int, int] = (132, 40)
    example: str = ""
    first: tuple[str, ...] = ()
    result: str = ""
    keys: tuple[str, ...] = ()
    word: str = ""  # that stands on the screen in the end


SHOWN = {
    "app-catalog": Shown((110, 32), keys=("slash", *"plga mic", "enter", "down", "down", "down")),
    "app-formulation": Shown(example="dasatinib-microspheres-in-gel.toml", result="prediction", keys=("down",)),
    "app-compare": Shown(example="dasatinib-knee.toml", result="comparison"),
    "app-data": Shown((150, 40), "release-microspheres.csv", ("f9", "ctrl+g"), "fit"),
    "app-design": Shown((150, 40), "triamcinolone-suspension-design.toml", ("ctrl+g",), "design"),
    "app-report": Shown(example="triamcinolone-microspheres.toml", result="prediction",
                        keys=("ctrl+g", "down", "enter"), word="Fewest:"),
}  # fmt: skip
_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_FONTS = re.compile(r"@font-face \{.*?\}", re.DOTALL)  # of the web; the reader's own will do


async def picture(shown: Shown) -> str:
    """Give a screen as SVG, once its result is there, after some keys."""
    from formulate.examples import text
    from tui.app.application import FormulateApp
    from tui.app.state import State

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / shown.example if shown.example else None
        if path:
            path.write_text(text(shown.example), "utf-8")
        app = FormulateApp(path, fresh=True)
        app.state = State(welcomed=True)
        async with app.run_test(size=shown.size) as pilot:
            await pilot.pause(3.0)  # what is read beside the loop is there
            for name in shown.first:
                await pilot.press(name)
            for _ in range(int(PATIENCE / 0.1)):
                if not shown.result or shown.result in app.session.results:
                    break
                await pilot.pause(0.1)
            for name in shown.keys:
                await pilot.press("space" if name == " " else name)
            for _ in range(int(PATIENCE / 2.0)):
                await pilot.pause(2.0)
                drawn = _COMMENT.sub("", _FONTS.sub("", app.export_screenshot(title="Formulate")))
                if shown.word in drawn:
                    return drawn
            raise TimeoutError(f"{shown.word!r} never stood on the screen")


def main() -> None:
    """Write every picture."""
    folder = Path(sys.argv[1])
    for name, shown in SHOWN.items():
        svg = asyncio.run(picture(shown))
        (folder / f"{name}.svg").write_text(re.sub(r"terminal-\d+", "terminal", svg), "utf-8")
        print(folder / f"{name}.svg")


if __name__ == "__main__":
    main()
