"""What the files of a user need, and what can be wrong between their tables."""

from collections.abc import Iterator, Mapping
from typing import Any

from materials import catalog
from materials.errors import FormulateError, shorten

NEEDS = {
    "schema_version": "1",
    "payload": "one [[payload]] with an id",
    "regimen": "[regimen] with a site",
    "site": "an id such as knee",
    "layer": "[[layer]] with id, carrier and holds, from the inside out",
    "id": "an id in lower-case letters, digits and hyphens",
    "carrier": "an id such as plga-microsphere",
    "holds": "the id of the payload or of the layer inside",
    "law": 'the id of a release law, such as "weibull_2"',
    "values": "[layer.release.values] with a number for each parameter of the law",
    "time_unit": 'the unit of time that the parameters are in, such as "h"',
    "measured_until": 'the time of the last reading, such as "14 d"',
    "route": "a route of the site, in quotes",
    "dose": 'a mass such as "5 mg", or a number such as "20 million cells"',
    "drug_added": 'the mass of drug that was put in, such as "20 mg"',
    "test": 'what was tested, such as "endotoxin"',
    "result": 'what was found, such as "0.2 EU/mL"',
    "name": "a name",
    "rate": 'what one living cell secretes, such as "0.1 pg/day" or "2000 1/day"',
    "time": 'times such as ["6 h", "1 d"]',
    "released": 'shares of the dose at these times, such as ["2 percent", "5 percent"]',
    "shape": "emax, sigmoid-emax, inhibitory, bell or flat",
}


def target_problems(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give what is wrong between the target and the rest of a file, whatever else is wrong with it."""
    target, regimen, payloads = (content.get(name) for name in ("target", "regimen", "payload"))
    if not isinstance(target, Mapping):
        return
    if isinstance(regimen, Mapping) and isinstance(regimen.get("site"), str) and "compartment" in target:
        try:
            offered = catalog.load().site(regimen["site"]).compartments
        except FormulateError:
            return  # the site is a fault of its own
        if target["compartment"] not in ("", *offered):
            yield "target.compartment", f"{shorten(target['compartment'])!r}; need {' or '.join(offered)}"
    ids = [part.get("id") for part in payloads if isinstance(part, Mapping)] if isinstance(payloads, list) else []
    if target.get("payload") and ids and target["payload"] not in ids:
        yield "target.payload", f"{shorten(target['payload'])!r}; need {' or '.join(shorten(item) for item in ids)}"
