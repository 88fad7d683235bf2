"""Loading of particles by adsorption from a finite volume of drug solution (Langmuir).

What the user measured, or the catalog gives for this payload, wins over what is computed.
"""

import numpy as np

from formulate.case import Case
from formulate.loading import adsorption, adsorption_sites
from formulate.loading.stage_measured import measured_held
from formulate.results import Detail, Held
from formulate.sampling import Array

WHY = "the load by adsorption"
MANY = 0.1  # of the draws, for a warning


def adsorbed(case: Case) -> Held:
    """Drug adsorbed on particles at equilibrium with the solution it was taken from."""
    if (measured := measured_held(case)) is not None:
        return measured
    capacity = case.process.read("adsorption_capacity", WHY)[:, 0]
    affinity = case.process.read("adsorption_affinity", WHY)[:, 0]
    solid = case.process.read("adsorbent_concentration", WHY)[:, 0]
    feed = case.process.read("feed_ratio", WHY)[:, 0]
    held = adsorption.adsorb_langmuir(feed * solid, 1.0, solid, capacity, affinity)
    details = [
        Detail("uptake", "drug per bare carrier", "mg/g", held.uptake),
        Detail("occupied_share", "adsorption sites filled", "percent", held.uptake / capacity),
        Detail("free_concentration", "drug left in the loading solution", "mg/mL", held.free_concentration),
    ]
    warnings: list[str] = []
    ceiling = _monolayer(case)
    if ceiling is not None:
        note = "the whole surface under molecules of the Stokes radius lying side by side"
        details.append(Detail("monolayer", "drug that covers the surface once", "mg/g", ceiling, note))
        beyond = float((held.uptake > ceiling).mean())
        if beyond > MANY:
            warnings.append(f"in {beyond:.0%} of the draws more is adsorbed than one layer on the surface takes")
    _solubility_check(case, feed * solid, warnings)
    after, told = _after_injection(case, held.uptake, capacity, affinity)
    basis = "computed from the Langmuir balance of the loading solution"
    return Held(held.drug_loading, held.encapsulation_efficiency, "A", basis, (*details, after), (*warnings, *told))


def fluid_volume(case: Case) -> Array:
    """Give the fluid of the site that an injection mixes with [m3]; none where the site is not known to have any."""
    if case.site.find("synovial_fluid_volume") is None:
        return np.zeros(case.inputs.draws.count)
    return case.site.read("synovial_fluid_volume", "the dilution at the site")[:, 0]


def _monolayer(case: Case) -> Array | None:
    """Give the drug that covers the surface once [kg/kg], where surface and molecule are known."""
    if case.inner.find("specific_surface_area") is None or case.payload.find("stokes_radius") is None:
        return None
    surface = case.inner.read("specific_surface_area", "the surface to cover")[:, 0]
    radius = case.payload.read("stokes_radius", "the surface to cover")[:, 0]
    molar = case.payload.read("molar_mass", "the surface to cover")[:, 0]
    return adsorption_sites.monolayer_capacity(surface, np.pi * radius**2, molar)


def _solubility_check(case: Case, concentration: Array, warnings: list[str]) -> None:
    """Add a warning where the loading solution would need more drug than water dissolves."""
    if case.payload.find("aqueous_solubility") is None:
        return
    solubility = case.payload.read("aqueous_solubility", "the loading solution")[:, 0]
    beyond = float((concentration > solubility).mean())
    if beyond > MANY:
        warnings.append(
            f"in {beyond:.0%} of the draws the loading solution needs more drug than water dissolves, typically "
            f"{np.median(concentration):.2g} against {np.median(solubility):.2g} mg/mL: load from another solvent, "
            "whose affinity differs, or from a larger volume"
        )


def _after_injection(case: Case, uptake: Array, capacity: Array, affinity: Array) -> tuple[Detail, tuple[str, ...]]:
    """Give the share still adsorbed once the injection has mixed with the fluid of the site, at equilibrium."""
    volume = case.volume + fluid_volume(case)
    solid = case.dose / uptake
    left = adsorption.held_after_rinsing(uptake, solid, capacity, affinity, volume) / uptake
    note = "Langmuir equilibrium of the wanted dose in injection and fluid; binding in part irreversible holds more"
    detail = Detail("held_after_injection", "drug still adsorbed after dilution at the site", "percent", left, note)
    typical = float(np.median(left))
    if typical >= 0.5:
        return detail, ()
    return detail, (
        f"only {typical:.0%} typically stays adsorbed at equilibrium once diluted in injection and fluid of the site",
    )
