"""Where particles, vesicles and cells go that were put into bone, or into blood on their way to bone."""

import numpy as np

from formulate.retention import blood
from formulate.retention.linear import system
from formulate.retention.site import Setting, Whereabouts
from formulate.retention.stage_bone_inputs import BODY, Reader
from formulate.retention.stage_drug import NEEDED
from formulate.retention.stage_survival import DEAD, followed
from formulate.sampling import Array
from materials.schema import Carrier

INTRAVENOUS = "intravenous"
IN_MARROW, CARRIED_OFF = "marrow", "carried off"
ORGANS = {"liver": "liver", "spleen": "spleen", "lung": "lung", "kidney": "kidney", "other": "other organs"}
BRUSH = ("peg_surface_density", "peg_molar_mass", "peg_lipid_concentration")  # each tells of a pegylated surface


def places(place: Setting, arrived: Array, home: str, mass: Array | None = None) -> Whereabouts:
    """Give where the carriers of one dose are; `mass` [kg], (draws,), of all of them, where it is known."""
    reader = Reader(place)
    if place.carrier is None:
        return Whereabouts({home: np.zeros_like(arrived)}, {})
    return followed(place, arrived, lambda alike, living: _places(alike, living, reader, home, mass))


def _places(place: Setting, arrived: Array, reader: Reader, home: str, mass: Array | None) -> Whereabouts:
    if place.event.route != INTRAVENOUS:
        return _put(place, arrived, reader, home)
    if place.form == "cell":
        return _cells(place, arrived, reader, home)
    return _particles(place, arrived, reader, home, mass)


def _put(place: Setting, arrived: Array, reader: Reader, home: str) -> Whereabouts:
    lost = DEAD if place.form == "cell" else CARRIED_OFF
    amounts = system([home], {}, {(home, lost): _leaving(place, reader)}).amounts(place.time, {home: arrived})
    return Whereabouts(amounts.inside, amounts.lost, _notes(place))


def _leaving(place: Setting, reader: Reader) -> Array:
    """Give the rate at which carriers at the site are lost [1/s], (draws,)."""
    own = "local_vesicle_half_life" if place.form == "vesicle" else "local_particle_half_life"
    life = reader.number(own) if place.cell_half_life is None else place.cell_half_life
    rate: Array = np.log(2.0) / life
    return rate


def _particles(place: Setting, arrived: Array, reader: Reader, home: str, mass: Array | None) -> Whereabouts:
    there = _homing(place, reader, "marrow_uptake_fraction")
    weights = {name: reader.number(f"{organ}_uptake_weight") for organ, name in ORGANS.items()}
    whole = np.asarray(sum(weights.values()))
    shares = {home: there} | {name: (1.0 - there) * weight / whole for name, weight in weights.items()}
    brushed = is_brushed(place)
    saturates = place.form == "particle" and not brushed and mass is not None
    filled = reader.number("particle_half_saturation") * _body_mass(place) if saturates else None
    rate = np.log(2.0) / _half_life(place, reader, brushed)
    found = blood.taken_up(place.time, arrived, rate, shares, mass if saturates else None, filled)
    held = system([home], {}, {(home, CARRIED_OFF): _leaving(place, reader)}).amounts(
        place.time, {home: found.pop(home)}
    )
    return Whereabouts(held.inside, {**found, **held.lost}, (*_notes(place), *_by_dose(place, brushed, saturates)))


def _by_dose(place: Setting, brushed: bool, saturates: bool) -> tuple[str, ...]:
    """Say how the time in blood goes with the dose."""
    if brushed or place.form != "particle":
        return ()
    if not saturates:
        return ("uptake of bare particles saturates; their mass is not known here, so a small dose is assumed",)
    return (
        "uptake of bare particles saturates: from about 100 mg/kg, a prior, they circulate longer; doses that overlap "
        "in blood are followed one by one",
    )


def _cells(place: Setting, arrived: Array, reader: Reader, home: str) -> Whereabouts:
    weights = {name: reader.number(f"{organ}_uptake_weight") for organ, name in ORGANS.items() if organ != "lung"}
    whole = np.asarray(sum(weights.values()))
    found = blood.cells_in_blood(
        place.time,
        arrived,
        reader.number("lung_first_pass_fraction"),
        1.0 / reader.number("lung_residence_time"),
        np.log(2.0) / reader.number("extracellular_vesicle_blood_half_life"),
        _homing(place, reader, "homing_fraction"),
        {name: weight / whole for name, weight in weights.items()},
        home,
        _leaving(place, reader),
    )
    return Whereabouts({home: found.pop(home)}, found, _notes(place))


def _homing(place: Setting, reader: Reader, name: str) -> Array:
    """Give the share that reaches marrow, (draws,): the carrier's own where it has one, times the odds of a booster."""
    own = place.carrier if place.carrier is not None and place.carrier.find(name) is not None else place.site
    share = own.read(name, NEEDED)[:, 0]
    if place.site.find("homing_gain") is None:
        return share
    return blood.boosted_share(share, reader.number("homing_gain"))


def is_brushed(place: Setting) -> bool:
    """Say whether a carrier has a brush of polyethylene glycol."""
    carrier = place.carrier
    return carrier is not None and any(carrier.find(name) or carrier.entry.values(name) for name in BRUSH)


def _half_life(place: Setting, reader: Reader, brushed: bool) -> Array:
    """Give the half-life in blood [s]: the carrier's own, else by its surface."""
    carrier = place.carrier
    assert carrier is not None
    if carrier.find("plasma_half_life") is not None:
        return carrier.read("plasma_half_life", NEEDED)[:, 0]
    if "extracellular" in carrier.entry.class_id:
        return reader.number("extracellular_vesicle_blood_half_life")
    return reader.number("pegylated_particle_blood_half_life" if brushed else "particle_blood_half_life")


def _body_mass(place: Setting) -> float:
    return place.part(BODY).typical("body_mass", NEEDED)


def _notes(place: Setting) -> tuple[str, ...]:
    """Give the pitfalls of following these carriers."""
    assert place.carrier is not None
    assert isinstance(place.carrier.entry, Carrier)
    said = ["osteocytes are out of reach: their canaliculi let nothing wider than about 7 nm pass; carriers act on "
            "surfaces and in marrow"]  # fmt: skip
    if place.form == "cell":
        said.append("how many cells live on in bone was read from signals that last 12 to 14 days: a wide prior")
    else:
        said.append(
            "fluorescent dyes outlive the carrier that bore them and free iodide leaves it: dye signals are upper "
            "bounds of retention, radioiodine lower ones"
        )
    if place.event.route != INTRAVENOUS:
        if place.form == "vesicle":
            said.append("no local half-life of vesicles in bone was found: 1 to 3 days is a prior")
        elif place.form != "cell":
            said.append("no local half-life of particles in bone was found: 3 to 60 days is a prior")
        return tuple(said)
    if place.form == "cell":
        said.append(
            "cells given into a vein are caught in the lungs first; 0.01 to 3 % reach bone, and no more was shown for "
            "any booster: set homing_gain (2 to 5 is a prior) to try one"
        )
        if place.since_injury > 0.0:
            said.append("in mice a fracture took up most cells when they were given on day 7, more than on day 1 or 14")
    else:
        said.append(
            "the share that marrow takes (1 to 10 % untargeted) is a prior; vesicles made for its macrophages reached "
            "over 60 % in rabbits, which other species need not do: set marrow_uptake_fraction or homing_gain"
        )
    return tuple(said)
