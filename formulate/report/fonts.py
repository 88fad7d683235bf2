"""Fonts that are not brought along: one that the user names, or one of the system that holds Chinese."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from materials.errors import FormulateError, shorten

if TYPE_CHECKING:
    from matplotlib.ft2font import FT2Font

ENDINGS = (".ttf", ".otf", ".ttc", ".otc")
# those that systems and office suites bring along, sans serif first
CHINESE = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "PingFang SC", "Hiragino Sans GB",
    "Microsoft YaHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "DengXian", "SimHei", "Heiti SC", "STHeiti",
    "Droid Sans Fallback", "Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "Songti SC", "STSong", "SimSun",
    "AR PL UMing CN", "AR PL UKai CN",
)  # fmt: skip
_PROOF = "药释载体"  # a font that holds these holds the rest
NONE_FOUND = (
    "no font of this system holds Chinese, and a PDF needs one: need --font with a font file (.otf, .ttf, .ttc) or "
    "the name of an installed font, or Noto Sans CJK SC installed (package fonts-noto-cjk on Debian and Ubuntu)"
)


@dataclass(frozen=True)
class Font:
    """A font of this system, or of a file."""

    family: str
    path: Path
    first: str  # family of the first face of the file: the one that figures are drawn with

    @property
    def holds_chinese(self) -> bool:
        """True where signs of simplified Chinese are in it."""
        characters = _face(self.path).get_charmap()
        return all(ord(sign) in characters for sign in _PROOF)

    def drawn_with(self) -> str:
        """Make the font known to the figures; give the name they call it by."""
        from matplotlib.font_manager import fontManager

        if all(Path(entry.fname) != self.path for entry in fontManager.ttflist):
            fontManager.addfont(str(self.path))
        return self.first


def named_font(asked: str) -> Font:
    """Give the font that a user names by its file or its family.

    Raises
    ------
    FormulateError
        There is no such file, it holds no font, or this system has no font of that name.
    """
    path = Path(asked)
    if path.suffix.lower() in ENDINGS or path.is_file():
        if not path.is_file():
            raise FormulateError(f"font {shorten(asked)!r}: no such file; need a font file, or a font of this system")
        try:
            family = _families(path)[0]
        except (OSError, RuntimeError, IndexError):
            need = "need a font file (.otf, .ttf, .ttc)"
            raise FormulateError(f"font {shorten(asked)!r}: cannot be read as a font; {need}") from None
        return Font(family, path.resolve(), _face(path).family_name)
    found = _of_system().get(asked.casefold())
    if found is None:
        raise FormulateError(f"font {shorten(asked)!r}: this system has none of that name; need one that it has")
    return found


def chinese_font(asked: str = "") -> Font | None:
    """Give a font that holds Chinese: the one asked for, or the first that the system has; None where it has none.

    Raises
    ------
    FormulateError
        The font asked for does not exist or holds no Chinese.
    """
    if asked:
        named = named_font(asked)
        if not named.holds_chinese:
            raise FormulateError(f"font {shorten(asked)!r}: it holds no Chinese; need one that does")
        return named
    listed = _of_system()
    found = (listed[name.casefold()] for name in CHINESE if name.casefold() in listed)
    return next((font for font in found if font.holds_chinese), None)


@cache
def _of_system() -> dict[str, Font]:
    """Give the fonts of this system by their family in small letters; read when asked, for lists kept go stale."""
    from matplotlib.font_manager import findSystemFonts

    found: dict[str, Font] = {}
    for name in sorted(findSystemFonts()):
        path = Path(name)
        try:
            families = _families(path)
            for family in families:
                found.setdefault(family.casefold(), Font(family, path, _face(path).family_name))
        except (OSError, RuntimeError):  # not a font that can be drawn with
            continue
    return found


def _families(path: Path) -> tuple[str, ...]:
    """Give the families of a font file; a collection holds several."""
    return tuple(_collected(path)) if path.suffix.lower() in (".ttc", ".otc") else (_face(path).family_name,)


def _collected(path: Path) -> Iterator[str]:
    from fontTools.ttLib import TTCollection, TTLibError  # comes along with matplotlib

    try:
        with TTCollection(path, lazy=True) as collection:
            for face in collection.fonts:
                yield str(face["name"].getDebugName(16) or face["name"].getDebugName(1))
    except TTLibError as error:
        raise OSError(str(error)) from None


def _face(path: Path) -> "FT2Font":
    from matplotlib.ft2font import FT2Font

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return FT2Font(str(path))
