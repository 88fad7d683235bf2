"""Diffusion and partition of a solute in cartilage from its size and charge, with the numbers of the knee."""

import re
from typing import TYPE_CHECKING

import numpy as np

from formulate.diffusivity import stokes_einstein_diffusivity
from formulate.fate.agent import Agent
from formulate.fate.course import drawn, radius_of
from formulate.retention import hindrance
from formulate.retention.partition import charge_partition
from formulate.sampling import Array, Draws
from materials.errors import FormulateError

if TYPE_CHECKING:
    from formulate.inputs import Inputs
    from materials.schema import Site

BODY_TEMPERATURE, WATER_VISCOSITY = 310.15, 0.69e-3  # K, Pa s
LARGEST_PARTITION = 500.0
PRESSED = (0.60, 0.55, 0.66)  # water content under 10 to 22 atm; a judgement
CALCIFIED = (1e-3, 3e-4, 3e-3)  # diffusivity in calcified cartilage over that in soft; a judgement


def in_cartilage(quantity: str, agent: Agent, draws: Draws) -> tuple[Array, str]:
    """Give diffusivity [m2/s] or partition coefficient of a solute in cartilage, (draws,), and what it rests on.

    Parameters
    ----------
    quantity : {"diffusion", "partition"}
        Which of the two.
    agent : Agent
        The solute: size or molar mass, charge.
    draws : Draws
        How many.

    Raises
    ------
    FormulateError
        Neither size nor molar mass is given.

    Notes
    -----
    The kernels of `formulate.retention.hindrance` and `partition`: ``D = a D_0 exp(-r/b)`` up to 2 nm, fibres beyond;
    ``K = Phi_fibres x^z``. Cartilage under load loses water, so that ``D`` falls by ``(w/(2 - w))^2`` and fibres and
    charge become denser by ``(1 - w)/w``.
    """
    if agent.size is None and agent.molar_mass is None:
        raise FormulateError("a coefficient of cartilage needs the size or the molar mass of the solute")
    site = _knee(agent, draws)

    def number(name: str) -> Array:
        human = site[0].value(name, species="human", state=agent.state, payload="")
        assert human is not None
        return site[1].determined(f"knee.{name}", human, "catalog")

    radius = np.full(draws.count, radius_of(agent, agent.molar_mass or 0.0)) if agent.molar_mass or agent.size else None
    assert radius is not None
    loaded = re.search(r"\batm\b|loaded|compress|pressed", agent.tissue) and "unloaded" not in agent.tissue
    free = 0.75
    water = drawn(draws, "pressed", PRESSED, "fraction")[:, 0] if loaded else np.full(draws.count, free)
    denser = ((1.0 - water) / water) / ((1.0 - free) / free)
    fraction = number("glycosaminoglycan_volume_fraction") * denser
    fibre = number("cartilage_fibre_radius")
    if quantity == "partition":
        charge = agent.charge if agent.charge is not None else _usual_charge(agent)
        enters = hindrance.fibre_partition(radius, fraction, fibre)
        fixed = number("fixed_charge_density") * denser
        by_charge = charge_partition(
            np.full(draws.count, charge), fixed, number("salt_concentration"), LARGEST_PARTITION
        )
        binding = agent.drug.properties.get("cartilage_binding_ratio")
        bound = 1.0 + (drawn(draws, "binding", binding)[:, 0] if binding else 0.0)
        return enters * by_charge * bound, f"size exclusion and a charge of {charge:+g}"
    in_water = stokes_einstein_diffusivity(radius, BODY_TEMPERATURE, WATER_VISCOSITY)
    ratio, scale = number("cartilage_diffusion_ratio"), number("cartilage_diffusion_decay_radius")
    small = hindrance.diffusivity_in_cartilage(in_water, np.minimum(radius, hindrance.LARGEST_FITTED), ratio, scale)
    wide = hindrance.diffusivity_between_fibres(in_water, radius, fraction, fibre, water)
    slowed = (water / (2.0 - water) / (free / (2.0 - free))) ** 2
    found = np.where(radius <= hindrance.LARGEST_FITTED, small * slowed, wide)
    if "calcified" in agent.tissue or "subchondral" in agent.tissue:
        found = found * drawn(draws, "calcified", CALCIFIED)[:, 0]
    return found, "Stokes radius in a fibre network"


def _usual_charge(agent: Agent) -> float:
    given = agent.drug.properties.get("net_charge")
    if given is not None:
        return given[0]
    words = agent.name.casefold()
    if re.search(r"iodide|chloride|ioxaglate|diatrizoate|fluorescein", words):
        return -1.0
    if re.search(r"dtpa|sulfate|sulphate", words):
        return -2.0
    return 2.0 if "cationic" in words else 0.0


def _knee(agent: Agent, draws: Draws) -> "tuple[Site, Inputs]":
    from formulate.inputs import Circumstances, Inputs
    from materials import catalog

    known = catalog.load()
    return known.site("knee"), Inputs(known, draws, Circumstances("human", agent.state, ""))
