"""The course of an agent: a formulation of what is known and of priors, followed through the models of its site."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from formulate.case import Case, prepare
from formulate.diffusivity import protein_radius
from formulate.fate.agent import HEAVY, Agent
from formulate.fate.priors import Priors, Triple, shipped
from formulate.results import Exposure, Loading, Release
from formulate.sampling import Array, Draws, sample
from materials.errors import FormulateError
from materials.evidence import Spread, distribution

DAY = 86400.0
AVOGADRO, SOLID_DENSITY = 6.02214076e23, 1300.0  # 1/mol; kg/m3, of a molecule taken as a sphere of its own substance
RESIDUE, LARGEST_FOLD = 0.110, 2000.0  # kg/mol of a protein; residues
KNOWN = 1.15  # factor, 10th to 90th percentile, of a size or molar mass that was given
DOSE = {"crystal": 4.0, "other": 0.1}  # kg/m3 of the injection, where no dose is given
TRACER_VOLUME, MACROMOLECULE_VOLUME = 0.2, 0.5  # of the usual injection into a joint; a judgement
CARRIER = {
    "dissolved": "free-drug-solution",
    "crystal": "free-drug-suspension",
    "particle": "plga-nanoparticle",
    "vesicle": "liposome",
    "micelle": "polymeric-micelle",
    "cell": "bmsc-cells",
    "gel": "hyaluronic-acid-hydrogel",
}
FLUID = {
    "knee": "synovial-fluid",
    "disc": "nucleus-pulposus",
    "csf": "cerebrospinal-fluid",
    "bone": "bone-marrow",
    "defect": "defect",
}
TISSUE = {"knee": "cartilage", "disc": "annulus-fibrosus", "csf": "cord", "bone": "bone"}


@dataclass(frozen=True)
class Course:
    """Where an agent is over time, (draws, times): shares of all that is given, concentrations in kg/m3."""

    time: Array
    left: Array  # at the site, in any form
    carriers_left: Array
    at_site: Mapping[str, Array] = field(default_factory=dict)
    elsewhere: Mapping[str, Array] = field(default_factory=dict)
    in_plasma: Array | None = None
    eliminated: Array | None = None
    fluid: Array | None = None
    tissue: Array | None = None
    plasma: Array | None = None  # concentration, bound and unbound
    dose: float = 1.0  # kg
    place: str = ""
    basis: str = ""
    notes: tuple[str, ...] = ()


def follow(agent: Agent, draws: Draws, priors: Priors | None = None) -> Course:
    """Follow an agent through the models of its site.

    Parameters
    ----------
    agent : Agent
        What is given, where, to whom.
    draws : Draws
        How many; the same draws see the same priors.
    priors : Priors, optional
        In place of those that ship.

    Raises
    ------
    FormulateError
        The place is followed by no model.

    Notes
    -----
    What the row gives is used; the rest is drawn from the priors of its kind and of the class of its drug. A carrier
    releases ``U(t) = (1 - b) 2^(-t/T)``, b and T of its kind; everything after is the retention stage of the site, the
    same that a formulation file goes through.
    """
    known = priors or shipped()
    if agent.place in ("blood", "organ", "vitro"):
        return _by_prior(agent, draws, known)
    case = _case(agent, draws, known)
    from formulate.retention.stage import RETENTION

    mechanism = case.formulation.regimen.entry.mechanisms.retention
    if mechanism not in RETENTION:
        raise FormulateError(f"{agent.place}: no model follows what is given there yet")
    release = release_of(agent, case.time, draws)
    dose = case.part.dose
    assert dose is not None
    mass = float(dose.split()[0]) * 1e-6
    loading = Loading(
        mass, case.volume, np.full(draws.count, mass), np.full(draws.count, mass), np.ones(draws.count), ()
    )
    exposure = RETENTION[mechanism](case, loading, release)
    return _course(agent, case, exposure, mass)


def _course(agent: Agent, case: Case, exposure: Exposure, dose: float) -> Course:
    site = case.formulation.regimen.entry
    bound = case.inputs.catalog.payloads.get(agent.payload)
    plasma = exposure.unbound.get("plasma")
    fluid = exposure.unbound.get(FLUID[agent.place])
    left = exposure.left
    notes = [*agent.notes, *exposure.notes]
    if agent.label_stays and "broken down in the joint" in exposure.elsewhere:
        left = left + exposure.elsewhere["broken down in the joint"]
        notes.append("the label stays in the cells that break the agent down: what they hold counts as left")
    return Course(
        time=case.time,
        left=left,
        carriers_left=exposure.carriers_left,
        at_site=exposure.at_site,
        elsewhere={"drained": exposure.drained, **exposure.elsewhere},
        in_plasma=exposure.in_plasma,
        eliminated=exposure.eliminated,
        fluid=exposure.total.get(FLUID[agent.place], fluid),
        tissue=exposure.unbound.get(TISSUE.get(agent.place, "")),
        plasma=None if plasma is None else plasma / _unbound_in_plasma(case),
        dose=dose,
        place=agent.place,
        basis=f"the {site.name.lower()} ({site.mechanisms.retention}), {agent.state or 'as first described'}, "
        f"{agent.species}; {agent.kind.id}, {bound.name if bound else agent.drug.id}",
        notes=tuple(notes),
    )


def _unbound_in_plasma(case: Case) -> Array:
    key = f"{case.payload.entry.id}.unbound_fraction_plasma"
    found = next((item.draws for item in case.inputs.used if item.key == key), np.ones(case.inputs.draws.count))
    return found[:, None]


def _case(agent: Agent, draws: Draws, priors: Priors) -> Case:
    """Give the case of an agent: an inline formulation with everything unknown set from the priors."""
    import formulate

    place = priors.places[agent.place]
    volume = float(priors.species[agent.species]["volume"][agent.place if agent.place != "bone" else "defect"])

    if agent.kind.form == "dissolved" and agent.place == "knee":
        if agent.is_tracer:
            volume *= TRACER_VOLUME
        elif agent.kind.family in ("protein", "polymer", "cation"):
            volume *= MACROMOLECULE_VOLUME
    mass = agent.dose or DOSE["crystal" if agent.kind.form == "crystal" else "other"] * volume * 1e-6
    part: dict[str, Any] = {"id": agent.payload or "agent", "dose": f"{mass * 1e6:.9g} mg", "set": payload_set(agent)}
    if not agent.payload:
        part |= {"inline": True, "name": agent.name or "agent"}
    carrier = CARRIER[agent.kind.form]
    regimen: dict[str, Any] = {
        "site": place["site"],
        "species": agent.species,
        "state": agent.state,
        "route": _route(agent, str(place["route"])),
        "volume": f"{volume:g} mL",
        "set": {},
    }
    if agent.small_joint:
        regimen["set"] = {name: _as_set(given[:3], given[3]) for name, given in priors.small_joint.items()}
    if agent.place == "bone" and agent.kind.marrow_uptake:
        regimen["set"]["marrow_uptake_fraction"] = _as_set(agent.kind.marrow_uptake, "fraction")
    if agent.place == "csf" and agent.state == "injured":
        regimen["start"] = "1 h"
    formulation = formulate.new_formulation(
        payload=[part],
        layer=[{"id": "layer", "carrier": carrier, "holds": [part["id"]], "set": _carrier_set(agent)}],
        regimen=regimen,
        target={"unbound_above": "1 nmol/L", "duration": "7 d"},
        calculation={"horizon": "3650 d" if agent.place == "bone" else "1000 d"},
    )
    return prepare(formulation, draws)


def _route(agent: Agent, usual: str) -> str:
    if agent.route == "intravenous":
        return "intravenous"
    if agent.route == "local" and agent.place == "csf":
        return "intralesional"
    return usual


def payload_set(agent: Agent) -> dict[str, object]:
    """Give what a formulation file would set of the molecule: what the row gives, else what its class lets expect.

    A catalog payload keeps its own numbers.
    """
    from materials import catalog

    units = shipped().units
    mass = agent.molar_mass if agent.kind.form == "dissolved" or agent.holds_drug else None
    mass = mass or agent.drug.typical_molar_mass * 1e-3
    spread = KNOWN if agent.molar_mass else 1.5
    wanted: dict[str, object] = {"molar_mass": _factor(mass * 1e3, 1.02 if agent.molar_mass else spread, "g/mol")}
    for name, triple in agent.drug.properties.items():
        wanted[name] = _as_set(triple, units[name])
    if agent.charge is not None:
        wanted["net_charge"] = f"{agent.charge:g}"
    radius = radius_of(agent, mass)
    wanted["stokes_radius"] = _factor(radius * 1e9, KNOWN, "nm")
    if agent.kind.form == "crystal":
        assert agent.kind.crystal_diameter is not None
        wanted["crystal_diameter"] = _as_set(agent.kind.crystal_diameter, "um")
        wanted["crystal_density"] = "1.3 g/cm^3"
        wanted["diffusion_coefficient_water"] = _factor(3.3e-10 * 1e-9 / radius, 1.2, "m^2/s")
    if not agent.payload:
        return wanted
    entry = catalog.load().payload(agent.payload)
    at = {"species": "human", "state": agent.state, "payload": agent.payload}
    held = {name for name in wanted if entry.value(name, **at) is not None}
    if entry.value("diffusion_coefficient_water", **at) is not None:
        held.add("stokes_radius")
    return {name: given for name, given in wanted.items() if name not in held}


def radius_of(agent: Agent, molar_mass: float) -> float:
    """Give the radius of the molecule [m]: half the size given, else that of its molar mass [kg/mol].

    Notes
    -----
    Small molecules as spheres of 1300 kg/m3, ``r = (3 M/(4 pi rho N_A))^(1/3)``; above 2 kg/mol as proteins.
    """
    if agent.size is not None and agent.kind.form == "dissolved":
        return agent.size / 2
    if molar_mass > HEAVY:
        residues = molar_mass / RESIDUE
        wider = max(residues / LARGEST_FOLD, 1.0) ** 0.5  # beyond one fold: as a coil
        return float(protein_radius(min(residues, LARGEST_FOLD)) * wider)
    return float(math.cbrt(3.0 * molar_mass / (4.0 * math.pi * SOLID_DENSITY * AVOGADRO)))


def _carrier_set(agent: Agent) -> dict[str, object]:
    kind = agent.kind
    if kind.size is None or kind.form in ("dissolved", "crystal", "gel"):
        return {}
    size = _factor(agent.size * 1e9, KNOWN, "nm") if agent.size else _as_set(kind.size, "nm")
    if kind.form == "cell":
        return {"cell_diameter": size}
    found: dict[str, object] = {"diameter": size}
    if agent.zeta is not None:
        volts = agent.zeta * 1e3
        found["zeta_potential"] = _as_set((volts, volts - 3.0, volts + 3.0), "mV")
    elif kind.zeta is not None and kind.form == "particle":
        found["zeta_potential"] = _as_set(kind.zeta, "mV")
    return found


def _as_set(triple: Triple, unit: str) -> dict[str, str]:
    written = {
        name: f"{value:.9g} {unit}".removesuffix(" 1")
        for name, value in zip(("typical", "low", "high"), triple, strict=True)
    }
    return {**written, "spread": "p10_p90"}


def _factor(typical: float, factor: float, unit: str) -> dict[str, str]:
    return _as_set((typical, typical / factor, typical * factor), unit)


def drawn(draws: Draws, name: str, triple: Triple, support: str = "positive") -> Array:
    """Give draws of a prior, (draws, 1), in the units of the triple."""
    typical, low, high = triple
    spread = distribution(typical, low, high, Spread.P10_P90, support, 2.0)  # type: ignore[arg-type]  # of the two used
    return sample(spread, draws.standard_normal(f"fate.{name}"))[:, None]


def release_of(agent: Agent, time: Array, draws: Draws) -> Release:
    """Give the release of an agent by the law of its kind, at the times of a calculation."""
    shape = (draws.count, len(time))
    nothing, whole = np.zeros(shape), np.ones(shape)
    form = agent.kind.form
    if form == "dissolved":
        return Release(time, nothing, nothing, nothing, whole, nothing, nothing, nothing, nothing, False)
    if form == "crystal":
        assert agent.kind.embedded is not None
        assert agent.kind.keeps is not None
        slow = drawn(draws, "embedded", agent.kind.embedded, "fraction")
        held = slow * _halved(time, drawn(draws, "keeps", agent.kind.keeps) * DAY)
        return Release(
            time, held, nothing, (1.0 - slow) * whole, slow - held, nothing, nothing, nothing, nothing, False
        )
    held = held_share(agent, time, draws)
    substance = _halved(time, drawn(draws, "lasts", agent.kind.lasts) * DAY) if agent.kind.lasts else whole
    if form == "gel":
        return Release(time, held, nothing, nothing, 1.0 - held, 1.0 - held, 1.0 - held, whole, substance, True)
    return Release(time, nothing, held, nothing, 1.0 - held, nothing, whole, held, substance, True)


def held_share(agent: Agent, time: Array, draws: Draws, slower: float = 1.0) -> Array:
    """Give the share of what is followed that its carrier still holds, (draws, times)."""
    kind = agent.kind
    inside = kind.keeps if agent.holds_drug or kind.lasts is None else None
    if inside is not None:
        burst = drawn(draws, "burst", kind.burst, "fraction") if kind.burst else 0.0
        return (1.0 - burst) * _halved(time, drawn(draws, "keeps", inside) * DAY * slower)
    if kind.lasts is not None:
        return _halved(time, drawn(draws, "lasts", kind.lasts) * DAY * slower)
    return np.ones((draws.count, len(time)))


def _halved(time: Array, half_life: Array) -> Array:
    return np.asarray(np.exp2(-time / half_life))


IN_BODY = 2.0  # how many times as fast release runs in the body as in a beaker


def _by_prior(agent: Agent, draws: Draws, priors: Priors) -> Course:
    """Follow what no site model does: release in a beaker by the law of the kind, blood by its half-life."""
    time = np.concatenate([[0.0], np.geomspace(10.0, 1000 * DAY, 320)])
    if agent.place == "vitro":
        if agent.kind.form not in ("particle", "vesicle", "micelle", "gel"):
            raise FormulateError(f"in vitro: {agent.kind.id} releases nothing over time")
        held = held_share(agent, time, draws, IN_BODY)
        basis = f"release of a {agent.kind.id}, taken as {IN_BODY:g} times as slow as in the body"
        return Course(time, held, held, basis=basis, notes=agent.notes)
    stay = _stay(agent, priors)
    if stay is None:
        where = agent.tissue or agent.place
        raise FormulateError(f"nothing is known of a {agent.kind.id} in {where} after {agent.route}")
    life = drawn(draws, f"stay.{stay['id']}", tuple(stay["half_life"])) * 3600.0
    held = _halved(time, life)
    if "rise" in stay:  # an organ fills before it empties
        held = held - _halved(time, drawn(draws, f"rise.{stay['id']}", tuple(stay["rise"])) * 3600.0)
    return Course(
        time, held, held, plasma=held, fluid=held, basis=f"half-life of {stay['about']}, a prior", notes=agent.notes
    )


def _stay(agent: Agent, priors: Priors) -> Mapping[str, Any] | None:
    """Give the prior of the half-life of a kind in a place, that of the species first."""
    from formulate.fate.priors import holds_word

    fits = []
    for item in priors.stays:
        if item["place"] != agent.place or (item.get("kinds") and agent.kind.id not in item["kinds"]):
            continue
        if item.get("drugs") and agent.drug.id not in item["drugs"]:
            continue
        if item.get("tissues") and not any(holds_word(agent.tissue, word) for word in item["tissues"]):
            continue
        if item.get("species") and agent.species not in item["species"]:
            continue
        fits.append((sum(key in item for key in ("kinds", "drugs", "tissues", "species")), item))
    return max(fits, key=lambda pair: pair[0])[1] if fits else None
