"""Keys: an action declared once, for its key, the footer, the palette and the help; and the user's own keys.

The file ``keys.toml`` in the configuration folder gives actions other keys, such as ``"app.save" = "ctrl+w"``.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from textual.binding import Binding
from textual.dom import DOMNode

from materials.errors import Fault, FileError, FormulateError, nearest, shorten
from materials.files import read_toml


def key(keys: str, action: str, short: str, identifier: str, says: str, *, show: bool = False) -> Binding:
    """Give the binding of an action.

    Parameters
    ----------
    keys : str
        One key, or several with commas between: "f2", "ctrl+s", "slash". Not ctrl with enter, h, i, j or m, nor shift
        with enter: many terminals do not send them.
    action : str
        The Textual action, for instance "save" for `action_save`.
    short : str
        One or two words for the footer.
    identifier : str
        The name a user may rebind it by, "screen.verb".
    says : str
        What the palette and the help call it: "Group: verb it".
    show : bool
        Whether it stands in the footer, which holds six.
    """
    return Binding(keys, action, short, show=show, id=identifier, tooltip=says)


def keys_file() -> Path:
    """Give the file of the user's own keys."""
    import platformdirs

    return Path(platformdirs.user_config_dir("formulate", appauthor=False)) / "keys.toml"


def own_keys(known: Callable[[], Iterable[str]]) -> dict[str, str]:
    """Give the keys that the user set, by the action's name; `known` gives the names there are.

    Raises
    ------
    FileError
        The file names no action, or gives no key.
    """
    path = keys_file()
    with suppress(OSError):  # in a folder that is closed to us, which reading it tells
        if not path.exists():
            return {}
    content, locator = read_toml(path, need='lines such as "app.save" = "ctrl+w"', hint="")
    flat = dict(_flat(content))
    names = sorted(known())
    faults = [
        Fault(shorten(path, 120), name, problem, locator.line(name))
        for name, given in flat.items()
        if (problem := _problem(name, given, names))
    ]
    if faults:
        raise FileError(faults)
    return {name: str(given) for name, given in flat.items()}


def known_actions(start: type[DOMNode] = DOMNode) -> set[str]:
    """Give the names of all actions that classes imported so far declare."""
    own = {item.id for item in start.__dict__.get("BINDINGS", ()) if isinstance(item, Binding) and item.id}
    return own.union(*(known_actions(below) for below in start.__subclasses__()))


def _flat(content: object, before: str = "") -> Iterable[tuple[str, object]]:
    """Give the dotted keys of nested tables: `app.save = ...` and `[app] save = ...` mean the same."""
    if not isinstance(content, dict):
        yield before, content
        return
    for name, item in content.items():
        yield from _flat(item, f"{before}.{name}" if before else name)


def _problem(name: str, given: object, known: list[str]) -> str:
    if name not in known:
        return f"no such action; nearest: {', '.join(nearest(name, known))}"
    if not isinstance(given, str) or not given.strip():
        return f'{shorten(given)!r}; need a key in quotes, such as "ctrl+w"'
    for one in given.split(","):
        try:
            Binding(one.strip(), "nothing").parse_key()
        except (ValueError, FormulateError):
            return f'{shorten(given)!r}; need a key such as "ctrl+w" or "f9"'
    return ""
