"""The references of one report, numbered in the order they are first cited."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from formulate.report.page import Reference
from formulate.report.provenance import reference_text


@dataclass
class References:
    """Numbers references as they are cited."""

    numbers: dict[str, int] = field(default_factory=dict)

    def cite(self, key: str) -> int:
        """Give the number of a reference."""
        return self.numbers.setdefault(key, len(self.numbers) + 1)

    def cite_all(self, keys: Iterable[str]) -> tuple[int, ...]:
        """Give the numbers of references; of no key none."""
        return tuple(self.cite(key) for key in keys if key)

    def within(self, text: str, keys: Iterable[str]) -> str:
        """Give a text with its keys of the bibliography as the numbers they are cited by."""
        for key in filter(None, keys):
            text = text.replace(f", {key}]", f", {self.cite(key)}]")
        return text

    def listed(self) -> list[Reference]:
        """Give all that were cited; an address stands beside the text, not in it."""
        return [_reference(key, place) for key, place in self.numbers.items()]


def _reference(key: str, place: int) -> Reference:
    text, link = reference_text(key)
    for address in (f"doi:{link.removeprefix('https://doi.org/')}.", f"{link}.", link):
        text = text.removesuffix(address) if link and text != address else text
    return Reference(place, text.rstrip(), link)
