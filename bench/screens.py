"""The pictures of the app in the README, made from the app itself.

python -m bench.screens FOLDER
"""

import asyncio
import re
import sys
from pathlib import Path

SIZE = (110, 32)
SHOWN = {  # the name of the picture, and the keys that lead to the screen
    "app-catalog": ("slash", *"plga mic", "enter", "down", "down", "down"),
}
_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_FONTS = re.compile(r"@font-face \{.*?\}", re.DOTALL)  # of the web; the reader's own will do


async def picture(keys: tuple[str, ...]) -> str:
    """Give a screen as SVG, after some keys."""
    from tui.app.application import FormulateApp
    from tui.app.state import State

    app = FormulateApp(fresh=True)
    app.state = State(welcomed=True)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(3.0)  # what is read beside the loop is there
        for name in keys:
            await pilot.press("space" if name == " " else name)
        await pilot.pause(0.5)
        return _COMMENT.sub("", _FONTS.sub("", app.export_screenshot(title="Formulate")))


def main() -> None:
    """Write every picture."""
    folder = Path(sys.argv[1])
    for name, keys in SHOWN.items():
        svg = asyncio.run(picture(keys))
        (folder / f"{name}.svg").write_text(re.sub(r"terminal-\d+", "terminal", svg), "utf-8")


if __name__ == "__main__":
    main()
