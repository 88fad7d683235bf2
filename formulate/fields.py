"""What one text of a user's file may be: a quantity within what is conceivable, an id that is known."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Literal

from pydantic import BeforeValidator

from materials import catalog
from materials.errors import FormulateError, UnitError, UnknownIdError, nearest, shorten
from materials.faults import shown
from materials.schema import Carrier, Site
from materials.units import convert, parse
from materials.vehicles import vehicle


def _check(unit: str, smallest: float, largest: float, text: object) -> object:
    """Give a text back whose quantity lies between two numbers of `unit`."""
    value = convert(parse(text, unit), unit)  # type: ignore[arg-type]  # parse refuses what is not a text
    if value <= 0:
        raise ValueError(f"{shorten(text)!r}: not above zero; need a number above zero with a unit such as {unit}")
    if not smallest * (1 - 1e-9) <= value <= largest * (1 + 1e-9):
        raise ValueError(f"{shorten(text)!r}: beyond what is conceivable; need {smallest:g} to {largest:g} {unit}")
    return text


def _between(unit: str, smallest: float, largest: float) -> BeforeValidator:
    return BeforeValidator(partial(_check, unit, smallest, largest))


def _known(look_up: Callable[[str], object]) -> BeforeValidator:
    def check(given: object) -> object:
        if not isinstance(given, str):
            raise ValueError(f"{shorten(given)!r}: not a text; need an id in quotes")
        try:
            return look_up(given).id  # type: ignore[attr-defined]  # every catalog entry has an id
        except FormulateError as error:
            raise ValueError(str(error)) from None

    return BeforeValidator(check)


def at_most(many: int) -> BeforeValidator:
    """Refuse a list of more before any of it is looked at: for each that is unknown the nearest is searched."""

    def check(given: object) -> object:
        if isinstance(given, list | tuple) and len(given) > many:
            raise ValueError(f"{len(given)} given; need at most {many}")
        return given

    return BeforeValidator(check)


def _is_one(given: object) -> object:
    """Accept the number 1 itself: true and 1.0 are equal to it."""
    if type(given) is not int or given != 1:
        raise ValueError(f"{shown(given)}; need 1")
    return given


SchemaVersion = Annotated[Literal[1], BeforeValidator(_is_one)]
Mass = Annotated[str, _between("mg", 1e-9, 1e6)]
Volume = Annotated[str, _between("mL", 1e-5, 1e3)]  # a nucleus of the mouse holds 0.25 uL
Duration = Annotated[str, _between("d", 1e-3, 3653.0)]  # a minute and a half to ten years


def _signed_duration(text: object) -> object:
    days = convert(parse(text, "d"), "d")  # type: ignore[arg-type]  # parse refuses what is not a text
    if not abs(days) <= LONGEST_WAIT:
        raise ValueError(f"{shorten(text)!r}: beyond what is conceivable; need -{LONGEST_WAIT:g} to {LONGEST_WAIT:g} d")
    return text


LONGEST_WAIT = 3653.0  # d
SignedDuration = Annotated[str, BeforeValidator(_signed_duration)]


def _concentration(text: object) -> object:
    """Accept an amount or a mass per volume: bioanalysis reports ng/mL."""
    try:
        return _check("umol/L", 1e-9, 1e9, text)
    except UnitError as error:
        try:
            return _check("ng/mL", 1e-6, 1e12, text)
        except UnitError:
            raise error from None


def own_dose(text: str) -> tuple[float, Literal["kg", "1"]]:
    """Give the dose of a carrier that is the drug: a mass [kg], or a number of cells or particles.

    >>> own_dose("20 million cells"), own_dose("1e10 particles")
    ((20000000.0, '1'), (10000000000.0, '1'))
    """
    words = text.split()
    if len(words) in (2, 3) and words[-1] in ("cells", "particles", "vesicles"):
        scale = {"thousand": 1e3, "million": 1e6, "billion": 1e9}.get(words[1] if len(words) == 3 else "", 1.0)
        if len(words) == 2 or scale > 1:
            number = parse(words[0], "1") * scale
            if not 1 <= number <= 1e18 or number != round(number):
                raise UnitError(text, "not a whole number that is conceivable", "1 to 1e18 of them")
            return number, "1"
    try:
        mass = parse(text, "mg")
    except UnitError as error:
        raise UnitError(text, error.reason, 'a mass such as "5 mg", or a number: "20 million cells"') from None
    if not 1e-15 <= mass <= 1:
        raise UnitError(text, "beyond what is conceivable", "1e-9 to 1e6 mg")
    return mass, "kg"


def counts_what_it_is(dose: str, form: str) -> bool:
    """Say whether a dose of a carrier that is the drug counts what the carrier is: cells, or particles and vesicles.

    >>> counts_what_it_is("5 million cells", "vesicle"), counts_what_it_is("5 mg", "vesicle")
    (False, True)
    """
    of_cells, of_particles = dose.endswith("cells"), dose.endswith(("particles", "vesicles"))
    return not (of_particles if form == "cell" else of_cells)


Concentration = Annotated[str, BeforeValidator(_concentration)]
CarrierId = Annotated[str, _known(lambda given: _runnable(given))]
AskedCarrierId = Annotated[str, _known(lambda given: _asked(given))]
LayerCarrierId = Annotated[str, _known(lambda given: _loadable(given))]
SiteId = Annotated[str, _known(lambda given: catalog.load().site(given))]
VehicleId = Annotated[str, _known(vehicle)]


def _runnable(given: str) -> Carrier:
    known = catalog.load()
    try:
        carrier = known.carrier(given)
    except UnknownIdError:
        raise UnknownIdError("carrier", given, nearest(given, known.runnable_carriers())) from None
    if problem := not_run(carrier):
        raise ValueError(problem)
    return carrier


def _asked(given: str) -> Carrier:
    """Give a carrier that can be compared: one that runs, or one that is itself the drug."""
    try:
        carrier = catalog.load().carrier(given)
    except UnknownIdError:
        return _runnable(given)  # which names the nearest
    return carrier if carrier.is_own_drug or carrier.form == "cell" else _runnable(given)


def usual_own_dose(carrier: str) -> str:
    """Give the dose that a carrier which is itself the drug is compared at; shares of the dose do not depend on it."""
    return "20 million cells" if catalog.load().carrier(carrier).form == "cell" else "1e10 particles"


def _loadable(given: str) -> Carrier:
    known = catalog.load()
    try:
        carrier = known.carrier(given)
    except UnknownIdError:
        raise UnknownIdError("carrier", given, nearest(given, known.loadable_carriers())) from None
    if not known.is_loadable(carrier):
        near = ", ".join(nearest(carrier.id, known.loadable_carriers()))
        raise ValueError(
            f"{carrier.id} can be looked up, but no calculator knows it yet; nearest that can be loaded: {near}"
        )
    return carrier


def not_run(carrier: Carrier) -> str:
    """Give why the whole line cannot be computed for a carrier, or nothing."""
    known = catalog.load()
    if known.is_runnable(carrier):
        return ""
    near = ", ".join(nearest(carrier.id, known.runnable_carriers()))
    if known.is_loadable(carrier):
        return f"the release of {carrier.id} is not computed yet, only its loading; nearest that can run: {near}"
    return f"{carrier.id} can be looked up, but no calculator knows it yet; nearest that can run: {near}"


def not_retained(site: Site) -> str:
    """Give why retention cannot be computed at a site, or nothing."""
    if site.mechanisms.retention:
        return ""
    computed = [entry.id for entry in catalog.load().sites.values() if entry.mechanisms.retention]
    return f"{site.id} can be looked up, but retention there is not computed yet; need {' or '.join(computed)}"


def listed_payload(given: object) -> object:
    """Give the id of a payload named by a listed synonym; anything else as it is."""
    for payload in catalog.load().payloads.values():
        if given in payload.synonyms:
            return payload.id
    return given
