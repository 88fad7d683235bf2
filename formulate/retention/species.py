"""Numbers for another species: its own where one is known, else the human one scaled by body mass, with its doubt."""

import math
from dataclasses import dataclass

from formulate.case import Case
from formulate.inputs import Subject
from formulate.retention.allometry import CLEARANCE as CLEARANCE
from formulate.retention.allometry import VOLUME as VOLUME
from formulate.retention.allometry import WETTED_AREA as WETTED_AREA
from formulate.retention.allometry import scaled_by_body_mass as scaled_by_body_mass
from formulate.retention.site import Setting
from formulate.sampling import Array
from materials.errors import MissingValueError
from materials.units import to_si
from materials.values import GROUP_OF_SPECIES, Value

NEEDED = "retention"
TOLD_SHARE = 0.05  # of the draws
BODY = "systemic-circulation"  # the entry that holds body masses and the doubt of scaling
HUMAN = "human"
HEALTHY = "healthy"
BAND_SCORE = 1.2815515655446004  # of a standard normal at 90 %: an 80 % band reaches from - to +


@dataclass(frozen=True)
class Scaled:
    """A number for the species of a case, with a note where it was not measured in it."""

    draws: Array  # (draws, 1) SI
    note: str = ""  # empty where the number is the species' own, or the user's


@dataclass(frozen=True)
class Ratio:
    """What a known number is multiplied by, and where the ratio comes from."""

    value: float
    note: str


@dataclass(frozen=True)
class Plasma:
    """What happens to a drug in the blood of the species of a case; one-compartment, (draws,)."""

    unbound_fraction: Array
    clearance: Array  # m3/s
    volume: Array  # m3, of distribution
    notes: tuple[str, ...] = ()


def for_species(
    place: Case | Setting,
    subject: Subject,
    name: str,
    exponent: float,
    basis: str,
    error: str = "transport_scaling_error",
) -> Scaled:
    """Give a number for the species and state of a case: its own if one is known, else a scaled one, with a note.

    Parameters
    ----------
    place : Case or Setting
        Where it is asked for; the body mass that the user set is read through it.
    subject : Subject
        The entry that holds the number.
    name : str
        The property.
    exponent : float
        Power of the body mass that the human number is scaled by [1].
    basis : str
        What scales so, in words: "wetted joint area"; the exponent is added.
    error : str
        The property of the circulation that says how far such a scaling may miss: "transport_scaling_error" for
        flows, permeabilities and rates, "size_scaling_error" for lengths, areas and volumes.

    Raises
    ------
    MissingValueError
        Neither the species nor man has the number, or the body mass of the species is not known.

    Notes
    -----
    In this order: the user's number; the species' own, or that of its group (rodent, small ruminant), in the state
    asked for; the species' healthy number times the human ratio of that state to the healthy one; the human number of
    that state times ``(BW / BW_human)^exponent``. The last two are multiplied by a log-normal doubt, a column of its
    own that is listed among the inputs as ``<subject>.<name>_scaling``; of a fraction, ratio and doubt multiply the
    odds. With an exponent of 0 the human number is taken over, and no body mass is needed.
    """
    own = subject.find(name)
    species = subject.inputs.circumstances.species
    what = f"{_label(subject, name)} ({subject.entry.name})"
    if own is not None or species == HUMAN:
        group = own.species if own is not None and own.species == GROUP_OF_SPECIES.get(species) else ""
        note = f"{what} in the {species}: that of a {_words(group)}" if group else ""
        return Scaled(subject.read(name, NEEDED), note)
    body = _body(place)
    if found := _by_state(subject, body, name, what):
        return found
    human = subject.under(species=HUMAN)
    if human.find(name) is None:
        return Scaled(subject.read(name, NEEDED))  # refused, in the words of every missing number
    ratio = _mass_ratio(body, exponent, what) if exponent else Ratio(1.0, f"As in man, in the {species}.")
    by = basis if "body mass" in basis else f"{basis} (body mass^{exponent:g})"
    how = f"scaled from man by {by}" if exponent else "taken over from man"
    return _scaled(human, name, ratio, _error(body, error), f"{what} in the {species} {how}")


def plasma_of(case: Case) -> Plasma:
    """Give unbound fraction, clearance and volume of distribution of the drug in the species of a case.

    Parameters
    ----------
    case : Case
        The case; its payload holds the numbers.

    Raises
    ------
    MissingValueError
        A number is given for neither the species nor man, or the body mass of the species is not known.

    Notes
    -----
    What the user set, or the catalog gives for the species (as a whole or per body mass), holds. Else the human number
    is scaled: ``CL = CL_human (BW / BW_human)^0.75``, ``V = V_human BW / BW_human``; the unbound fraction is
    carried over. Each is multiplied by a log-normal doubt (the unbound fraction: its odds), a column of its own. The
    exponent is 0.74 +/- 0.16 over 91 substances (hu2001); how far one drug scaled so misses is told in the entry of the
    circulation, with its sources.
    """
    clearance = _whole_body(case, "systemic_clearance", CLEARANCE, "clearance_scaling_error")
    volume = _whole_body(case, "volume_of_distribution", VOLUME, "distribution_scaling_error")
    unbound = for_species(case, case.payload, "unbound_fraction_plasma", 0.0, "", "binding_scaling_error")
    notes = [item.note for item in (clearance, volume, unbound) if item.note]
    if clearance.note:
        notes += _above_cardiac_output(case, clearance.draws)
    return Plasma(unbound.draws[:, 0], clearance.draws[:, 0], volume.draws[:, 0], tuple(notes))


def _whole_body(case: Case, name: str, exponent: float, error: str) -> Scaled:
    """Give clearance or volume: the whole one or the one per body mass, whichever is closer; else the human one."""
    drug, species = case.payload, case.inputs.circumstances.species
    whole, per_mass = drug.find(name), drug.find(f"{name}_per_body_mass")
    if per_mass is not None and (whole is None or (per_mass.is_yours and not whole.is_yours)):
        mass = _mass(_body(case), species, _label(drug, name))
        note = f"{_label(drug, name)} ({drug.entry.name}) in the {species}: per body mass, times {mass:g} kg"
        return Scaled(drug.read(f"{name}_per_body_mass", NEEDED) * mass, note)
    basis = "body mass" if exponent == 1.0 else f"body mass^{exponent:g}"
    return for_species(case, drug, name, exponent, basis, error)


def _above_cardiac_output(case: Case, clearance: Array) -> list[str]:
    value = _body(case).find("cardiac_output")
    if value is None:
        return []
    most = to_si(value.typical, value.unit)
    above = float((clearance > most).mean())
    if above < TOLD_SHARE:
        return []
    return [f"in {above:.0%} of the draws the scaled clearance passes the cardiac output, {most * 6e4:.3g} L/min"]


def _by_state(subject: Subject, body: Subject, name: str, what: str) -> Scaled | None:
    """Give the species' healthy number times the human ratio of the state to the healthy one, if all three exist."""
    at = subject.inputs.circumstances
    healthy = subject.under(state=HEALTHY)
    ill, well = subject.under(species=HUMAN).find(name), subject.under(species=HUMAN, state=HEALTHY).find(name)
    if at.state == HEALTHY or healthy.find(name) is None or ill is None or well is None:
        return None
    sizes = _size(subject, ill), _size(subject, well)
    if not all(0.0 < size < math.inf for size in sizes):  # none, or the whole
        return None
    ratio = sizes[0] / sizes[1]
    state = _words(at.state)
    of = f"{'odds' if _is_fraction(subject, name) else 'value'} times the ratio of the two in man, {ratio:.3g}"
    said = f"{what} in the {at.species} with {state}: its healthy {of}"
    note = f"Human {state} over healthy, for the {at.species}."
    return _scaled(healthy, name, Ratio(ratio, note), _error(body, "state_scaling_error"), said)


def _scaled(known: Subject, name: str, ratio: Ratio, error: Value, said: str) -> Scaled:
    """Give a known number times a ratio and its doubt; both act on the odds of a fraction, which stays one."""
    # listed among the inputs as one number: what was multiplied by, and how far that may miss
    changed = {"name": "species_scaling_factor", "note": f"{ratio.note} {error.note}".strip()}
    ends = {
        end: ratio.value * value for end in ("low", "typical", "high") if (value := getattr(error, end)) is not None
    }
    factor = error.model_copy(update=changed | ends)
    key = f"{known.entry.id}.{name}_scaling"
    times = known.inputs.determined(key, factor, "user" if factor.is_yours else "catalog")[:, None]
    draws = known.read(name, NEEDED) * times
    fraction = _is_fraction(known, name)
    if fraction:
        draws = draws / (1.0 - draws / times + draws)
    spread = known.inputs.catalog.distribution(factor)
    fold = math.exp(BAND_SCORE * max(spread.sigma_below, spread.sigma_above))
    within = f"{'its odds ' if fraction else ''}within a factor of {fold:.2g} (80 % band)"
    return Scaled(draws, f"{said}; {'taken as exact' if fold == 1.0 else within}")


def _body(place: Case | Setting) -> Subject:
    return place.part(BODY) if isinstance(place, Setting) else place.part_of_site(BODY)


def _mass_ratio(body: Subject, exponent: float, what: str) -> Ratio:
    species = body.inputs.circumstances.species
    mass, human = _mass(body, species, what), _mass(body, HUMAN, what)
    value = float(scaled_by_body_mass(1.0, mass, human, exponent))
    return Ratio(value, f"({mass:g} kg / {human:g} kg)^{exponent:g}, man to {species}.")


def _mass(body: Subject, species: str, what: str) -> float:
    """Give the typical body mass [kg], which is chosen rather than uncertain; the user sets that of their species."""
    own = species == body.inputs.circumstances.species
    value = body.find("body_mass") if own else body.entry.value("body_mass", species=species)
    if value is None:
        known = dict.fromkeys(item.species for item in body.entry.values("body_mass"))
        raise MissingValueError(BODY, "body_mass", f"{what} in the {species}", f"need one of {', '.join(known)}")
    return to_si(value.typical, value.unit)


def _error(body: Subject, name: str) -> Value:
    """Give how far a scaling to the species may miss: a factor about 1."""
    value = body.find(name)
    if value is None:
        raise MissingValueError(BODY, name, "scaling to another species", "need a factor with low and high")
    return value


def _is_fraction(subject: Subject, name: str) -> bool:
    return subject.inputs.catalog.property(name).support == "fraction"


def _size(subject: Subject, value: Value) -> float:
    """Give a typical value in SI; of a fraction its odds."""
    typical = to_si(value.typical, value.unit)
    if not _is_fraction(subject, value.name):
        return typical
    return typical / (1.0 - typical) if typical < 1.0 else math.inf


def _label(subject: Subject, name: str) -> str:
    return subject.inputs.catalog.property(name).label


def _words(identifier: str) -> str:
    return identifier.replace("-", " ")
