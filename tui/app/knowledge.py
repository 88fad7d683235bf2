"""The catalog as the app holds it: read beside the loop after the first paint, and anew when a file of the user changes."""

import asyncio
from typing import TYPE_CHECKING

from materials.errors import FormulateError

if TYPE_CHECKING:
    from materials.cards import Cards
    from materials.catalog import Catalog


class Knowledge:
    """The card index and the catalog in force, each read once.

    Where a file of the user is wrong, `problem` says so and the shipped catalog stands in its place.
    """

    def __init__(self) -> None:
        self.problem = ""
        self._cards: asyncio.Task[Cards] | None = None
        self._catalog: asyncio.Task[Catalog] | None = None

    async def cards(self) -> "Cards":
        """Give the card index: what lists show and are searched by."""
        if self._cards is None:
            self._cards = asyncio.create_task(asyncio.to_thread(self._read_cards))
        return await asyncio.shield(self._cards)

    async def catalog(self) -> "Catalog":
        """Give the catalog with all its entries."""
        if self._catalog is None:
            self._catalog = asyncio.create_task(asyncio.to_thread(self._read_catalog))
        return await asyncio.shield(self._catalog)

    def forget(self) -> None:
        """Read both anew when they are next asked for: a file of the user has changed."""
        from materials import catalog, places

        catalog.use(*places.asked_for)
        self.problem, self._cards, self._catalog = "", None, None

    def _read_cards(self) -> "Cards":
        from materials import cards

        try:
            return cards.in_force()
        except FormulateError as error:
            from materials import catalog
            from materials.search import cards_of

            self.problem = str(error)
            return cards_of(catalog.shipped())

    def _read_catalog(self) -> "Catalog":
        from materials import catalog

        try:
            return catalog.load()
        except FormulateError as error:
            self.problem = str(error)
            return catalog.shipped()
