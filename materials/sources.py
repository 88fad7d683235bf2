"""The one bibliography: `references.bib`, and each reference as a line of plain text."""

import functools
import hashlib
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from materials import compiled
from materials.errors import UnknownIdError, near

if TYPE_CHECKING:
    from pybtex.database import BibliographyData, Entry

_FORMAT = b"2"  # of the compiled form


class Reference(NamedTuple):
    """A reference as it is shown: one line of text, a web address or nothing, its year or nothing."""

    text: str
    link: str
    year: str


@functools.cache
def bibliography() -> "BibliographyData":
    """Give the parsed bibliography; repeated keys are an error."""
    from pybtex.database import parse_string

    return parse_string(_bytes().decode("utf-8"), "bibtex")


@functools.cache
def references() -> Mapping[str, Reference]:
    """Give every reference by its key, from the compiled form where there is a good one."""
    digest = hashlib.sha256(_FORMAT + _bytes()).hexdigest()
    body = compiled.read("references", digest)
    if body is not None:
        try:
            read = {key: Reference(*map(str, fields)) for key, fields in json.loads(body).items()}
            if read:
                return read
        except (ValueError, TypeError, AttributeError, RecursionError):  # of another shape: make it anew
            pass
    made = {key: _reference(entry) for key, entry in sorted(bibliography().entries.items())}
    compiled.write("references", digest, json.dumps(made, ensure_ascii=False).encode())
    return made


def keys() -> frozenset[str]:
    """Give all citation keys."""
    return frozenset(references())


def reference(key: str) -> str:
    """Give one reference as a line of plain text: authors, year, title, where it appeared, identifier."""
    return _known(key).text


def link(key: str) -> str:
    """Give the web address of a reference, or an empty text."""
    return _known(key).link


def _known(key: str) -> Reference:
    if key not in references():
        raise UnknownIdError("source", key, near(key, references()))
    return references()[key]


def _bytes() -> bytes:
    return files("materials").joinpath("data/references.bib").read_bytes().replace(b"\r\n", b"\n")


def _reference(entry: "Entry") -> Reference:
    year = _field(entry, "year")
    dated, title, authors = f"({year or 'no year'})", _field(entry, "title"), _authors(entry)
    parts = [authors, dated, title] if authors else [title, dated]  # the title stands first where nobody signs
    parts.append(_field(entry, "booktitle"))
    journal = " ".join(filter(None, [_field(entry, "journal"), _field(entry, "volume")]))
    pages = _field(entry, "pages").replace("--", "-")
    parts.append(f"{journal}:{pages}" if journal and pages else journal)
    parts += [_field(entry, name) for name in ("publisher", "institution", "howpublished", "note")]
    doi, url = _field(entry, "doi"), _field(entry, "url")
    parts.append(f"doi:{doi}" if doi else url)
    text = ". ".join(part.strip(" .") for part in parts if part.strip(" .")) + "."
    return Reference(text, f"https://doi.org/{doi}" if doi else url, year)


def _field(entry: "Entry", name: str) -> str:
    return _bare(str(entry.fields.get(name, ""))).strip()


def _bare(text: str) -> str:
    return text.replace("{", "").replace("}", "").replace("\\&", "&")


def _authors(entry: "Entry") -> str:
    people = entry.persons.get("author", [])
    names = [_bare(" ".join([*person.prelast_names, *person.last_names])) for person in people]
    if len(names) > 3 or "others" in names:
        return f"{names[0]} et al"
    return ", ".join(names)
