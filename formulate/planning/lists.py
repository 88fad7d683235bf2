"""The lists that a plan is laid out from, kept as data, and the sites that an item of one speaks of."""

from functools import cache
from importlib import resources
from typing import Any

import tomli

from materials import catalog


@cache
def data_of(name: str) -> dict[str, Any]:
    """Give a list by its name: readouts, quality, safety, standards or cells."""
    return tomli.loads(resources.files("formulate.planning").joinpath(f"{name}.toml").read_text("utf-8"))


def sites_around(site: str) -> frozenset[str]:
    """Give a site and those it lies in; of no site none.

    >>> sorted(sites_around("articular-cartilage"))
    ['articular-cartilage', 'knee']
    """
    known = catalog.load().sites
    found: list[str] = []
    while site and site not in found:
        found.append(site)
        site = known[site].parent
    return frozenset(found)
