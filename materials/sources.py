"""The one bibliography: `references.bib`, read once, and a reference as plain text."""

import functools
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pybtex.database import BibliographyData, Entry


@functools.cache
def bibliography() -> "BibliographyData":
    """Give the parsed bibliography; repeated keys are an error."""
    from pybtex.database import parse_string

    return parse_string(files("materials").joinpath("data/references.bib").read_text("utf-8"), "bibtex")


def keys() -> frozenset[str]:
    """Give all citation keys."""
    return frozenset(bibliography().entries)


def reference(key: str) -> str:
    """Give one reference as a line of plain text: authors, year, title, where it appeared, identifier."""
    entry = bibliography().entries[key]
    parts = [_authors(entry), f"({_field(entry, 'year') or 'no year'})", _field(entry, "title")]
    journal = " ".join(filter(None, [_field(entry, "journal"), _field(entry, "volume")]))
    pages = _field(entry, "pages").replace("--", "-")
    parts.append(f"{journal}:{pages}" if journal and pages else journal)
    parts += [_field(entry, name) for name in ("publisher", "institution", "howpublished", "note")]
    doi, url = _field(entry, "doi"), _field(entry, "url")
    parts.append(f"doi:{doi}" if doi else url)
    return ". ".join(part.strip(" .") for part in parts if part.strip(" .")) + "."


def link(key: str) -> str:
    """Give the web address of a reference, or an empty text."""
    entry = bibliography().entries[key]
    doi = _field(entry, "doi")
    return f"https://doi.org/{doi}" if doi else _field(entry, "url")


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
