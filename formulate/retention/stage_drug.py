"""What every site asks of a drug: how fast it spreads in water and how wide it is."""

from formulate.diffusivity import protein_radius, stokes_einstein_diffusivity, stokes_einstein_radius
from formulate.inputs import Subject
from formulate.sampling import Array
from materials.errors import MissingValueError

NEEDED = "retention"
BODY_TEMPERATURE, WATER_VISCOSITY = 310.15, 0.69e-3  # K, Pa s
LIGHTEST_PROTEIN, HEAVIEST_PROTEIN, RESIDUE = 2.0, 200.0, 0.110  # kg/mol; a chain between them is taken to be folded


def optional(subject: Subject, name: str, otherwise: float) -> Array | float:
    """Give a number, (draws,), or what holds where nobody gives it."""
    return otherwise if subject.find(name) is None else subject.read(name, NEEDED)[:, 0]


def mobility(payload: Subject) -> tuple[Array, Array]:
    """Give diffusivity in water [m2/s] and Stokes radius [m], (draws,), either from the other where it is missing.

    Raises
    ------
    MissingValueError
        Neither is known of a drug that is no protein; the radius of a protein follows from its molar mass.
    """
    speed, size = "diffusion_coefficient_water", "stokes_radius"
    known = {name: payload.read(name, NEEDED)[:, 0] for name in (speed, size) if payload.find(name) is not None}
    if not known:
        mass = payload.read("molar_mass", NEEDED)[:, 0]
        if mass.min() < LIGHTEST_PROTEIN or mass.max() > HEAVIEST_PROTEIN:
            hint = f"set it in the file, in m^2/s, or {size} in nm"
            raise MissingValueError(payload.entry.id, speed, NEEDED, hint)
        known[size] = protein_radius(mass / RESIDUE)
    if speed not in known:
        known[speed] = stokes_einstein_diffusivity(known[size], BODY_TEMPERATURE, WATER_VISCOSITY)
    if size not in known:
        known[size] = stokes_einstein_radius(known[speed], BODY_TEMPERATURE, WATER_VISCOSITY)
    return known[speed], known[size]
