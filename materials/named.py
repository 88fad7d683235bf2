"""Things that go by several names: looked up by any of them, whatever its case."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import Field

from materials.errors import UnknownIdError, nearest
from materials.values import Identifier, Model, Text


class Named(Model):
    """What a thing is called: its id, its name in English and Chinese, and what else it goes by."""

    id: Identifier
    name: Text = Field(min_length=1)
    name_zh: Text = Field(min_length=1)
    synonyms: tuple[Text, ...] = ()


NamedType = TypeVar("NamedType", bound=Named)


def called(kind: str, given: str, things: Mapping[str, NamedType]) -> NamedType:
    """Give the thing that is called so.

    Parameters
    ----------
    kind : str
        What is looked for, in words.
    given : str
        An id, a name or a synonym.
    things : mapping of str to Named
        All there are, each by its id.

    Raises
    ------
    UnknownIdError
        Nothing is called so; the nearest are named.
    """
    ids = {
        name.casefold(): thing.id
        for thing in things.values()
        for name in (thing.id, thing.name, thing.name_zh, *thing.synonyms)
    }
    asked = given.strip().casefold()
    if asked not in ids:
        raise UnknownIdError(kind, given, tuple(dict.fromkeys(ids[name] for name in nearest(asked, ids))))
    return things[ids[asked]]
