"""What theory says of a loading in polymer particles: what the water can take, and what the polymer keeps in mixture.

Checks beside the loading, never its source: they read what is there and say what is lacking.
"""

from typing import TypeAlias

import numpy as np

from formulate.case import Case
from formulate.inputs import Subject
from formulate.ionisation import intrinsic_solubility, total_solubility
from formulate.loading import definitions, miscibility, polymer, solubility_parameters
from formulate.results import Detail
from formulate.sampling import Array
from materials.schema import Carrier

Checked: TypeAlias = tuple[tuple[Detail, ...], tuple[str, ...]]

CLASSES = ("polymer-microparticle", "polymer-nanoparticle")
STATED_PH = 7.4  # of the aqueous solubility in the catalog
ROOM = 298.15  # K
LARGEST_SMALL_MOLECULE = 2.0  # kg/mol; one segment of the Flory-Huggins theory is no protein
PROCESS = ("aqueous_to_organic_volume_ratio", "polymer_concentration_organic")
HANSEN = ("hansen_dispersion", "hansen_polar", "hansen_hydrogen_bonding")
BASES = ("pka_base_1", "pka_base_2")
ACIDS = ("pka_acid_1", "pka_acid_2", "pka_acid_3")


def polymer_checks(case: Case, drug_loading: Array, encapsulation_efficiency: Array | None) -> Checked:
    """Give what solubility in the water of the process and miscibility with the polymer say of a loading.

    The first are further numbers, the second sentences: warnings, and what could not be computed and why. Nothing
    for carriers that are no polymer particles.
    """
    carrier = case.inner.entry
    if not isinstance(carrier, Carrier) or carrier.carrier_class not in CLASSES:
        return (), ()
    water, told_of_water = _against_water(case, drug_loading, encapsulation_efficiency)
    mixing, told_of_mixing = _against_polymer(case, drug_loading)
    return (*water, *mixing), (*told_of_water, *told_of_mixing)


def _against_water(case: Case, share: Array, efficiency: Array | None) -> Checked:
    """Give the encapsulation efficiency below which solubility in the outer water lets no drug go."""
    needed = {"aqueous_solubility": case.payload.find("aqueous_solubility")}
    needed |= {name: case.process.find(name) for name in PROCESS}
    lacking = [name for name, value in needed.items() if value is None]
    fed = _fed(case, share, efficiency)
    if fed is None:
        lacking.append("feed_ratio")
    if fed is None or lacking:
        return (), (f"what the water of the process could dissolve was not computed: no {', '.join(lacking)}",)
    why = "what the water of the process can dissolve"
    outer, inner = (_read(case, name, why) for name in PROCESS)
    per_polymer = outer / inner
    solubility, words = _in_process(case)
    floor = polymer.encapsulation_floor(fed, solubility, per_polymer)
    water = f"{np.median(per_polymer / fed):.2g} mL of water for each mg of drug"  # 1 m3/kg is 1 mL/mg
    note = f"{water}, which dissolves {np.median(solubility):.2g} mg/mL {words}"
    below = 0.0 if efficiency is None else float((efficiency < floor).mean())
    if below >= 0.5:
        note += (
            f"; encapsulation efficiency is below it in {below:.0%} of the draws: drug is lost as crystals or with the "
            "finest particles, or taken up by micelles"
        )
    detail = Detail("encapsulation_floor", "encapsulation that solubility in water leaves", "percent", floor, note)
    if np.median(floor) >= 0.05:
        return (detail,), ()
    return (detail,), (
        f"the outer water of the process could dissolve all the drug ({water}): take less water, a pH at which it is "
        "less soluble, or water saturated with the drug",
    )


def _in_process(case: Case) -> tuple[Array, str]:
    """Give the solubility in the outer water [kg/m3], and in words what was taken into account."""
    payload, process = case.payload, case.process
    why = "what the water of the process can dissolve"
    solubility = payload.read("aqueous_solubility", why)[:, 0]
    bases, acids = ([payload.read(name, why)[:, 0] for name in names if payload.find(name)] for names in (BASES, ACIDS))
    words = "whatever its pH"
    if (bases or acids) and process.find("process_ph"):
        ph = _read(case, "process_ph", why)
        solubility = total_solubility(intrinsic_solubility(solubility, STATED_PH, bases, acids), ph, bases, acids)
        words = f"at pH {np.median(ph):.1f}"
    elif bases or acids:
        words = f"at pH {STATED_PH}, that of the process is not given"
    if not payload.find("solubilisation_capacity") or not process.find("surfactant_concentration"):
        return solubility, f"{words}, without what micelles take up"
    surfactant, critical = _read(case, "surfactant_concentration", why), np.zeros_like(solubility)
    if process.find("surfactant_critical_micelle_concentration"):
        critical = _read(case, "surfactant_critical_micelle_concentration", why)
    capacity = payload.read("solubilisation_capacity", why)[:, 0]
    return polymer.solubility_with_surfactant(solubility, surfactant, critical, capacity), f"{words}, micelles included"


def _fed(case: Case, share: Array, efficiency: Array | None) -> Array | None:
    """Give the drug fed per polymer fed [kg/kg]: as given, else what drug loading and efficiency make of it."""
    if case.process.find("feed_ratio"):
        return _read(case, "feed_ratio", "what the water of the process can dissolve")
    if efficiency is None:
        return None
    convention = case.holder.convention
    holds = (share > 0.0) & (efficiency > 0.0) & (share < (efficiency if convention == "B" else 1.0))
    if not holds.any():
        return None
    fed = np.empty_like(share)
    fed[holds] = definitions.feed_ratio(share[holds], efficiency[holds], convention)
    fed[~holds] = np.median(fed[holds])
    return fed


def _against_polymer(case: Case, share: Array) -> Checked:
    """Give how alike drug and polymer are, and the drug loading up to which they stay mixed; of small molecules."""
    why = "miscibility of drug and polymer"
    size = case.payload.find("molar_mass")
    if size is None or case.payload.typical("molar_mass", why) > LARGEST_SMALL_MOLECULE:
        return (), ()
    sides: dict[str, Subject] = {case.part.id: case.payload, case.inner.entry.id: case.inner}
    lacking = [who for who, subject in sides.items() if not all(subject.find(name) for name in HANSEN)]
    if lacking:
        who = " and ".join(lacking)
        return (), (f"miscibility of drug and polymer was not computed: no Hansen parameters of {who}",)
    distance = solubility_parameters.hansen_distance(
        *(subject.read(name, why)[:, 0] for subject in sides.values() for name in HANSEN)
    )
    note = "the smaller the better they mix; what dissolves PLA lies within 10.5"
    alike = Detail("hansen_distance", "Hansen distance of drug and polymer", "MPa^0.5", distance, note)
    needed = {"molar_mass": case.payload, "crystal_density": case.payload}
    needed |= {"molecular_weight": case.inner, "density": case.inner}
    lacking = [name for name, subject in needed.items() if not subject.find(name)]
    if lacking:
        return (alike,), (f"the drug loading that stays mixed was not computed: no {', '.join(lacking)}",)
    drug, drug_density, chain, density = (subject.read(name, why)[:, 0] for name, subject in needed.items())
    volume = solubility_parameters.molar_volume(drug, drug_density)
    chi = solubility_parameters.flory_huggins_chi_hansen(volume, distance, ROOM)
    if chi.max() > miscibility.LARGEST_CHI:
        return (alike,), ("the drug loading that stays mixed was not computed: drug and polymer are too unlike",)
    segments = miscibility.polymer_segments(chain, density, volume)
    mixed = miscibility.loading_from_volume_fraction(
        miscibility.largest_mixed_drug_fraction(chi, segments), drug_density, density
    )
    critical = float(np.median(miscibility.critical_chi(1.0, segments)))
    details = (
        alike,
        Detail(
            "flory_huggins_chi", "interaction parameter chi", "1", chi, f"mixed at any loading below {critical:.2f}"
        ),
        Detail(
            "miscible_drug_loading",
            "drug loading that stays mixed",
            "percent_w_w",
            mixed,
            "amorphous drug at room temperature; less stays if it crystallises",
        ),
    )
    above = float((share > mixed).mean())
    if above < 0.5:
        return details, ()
    return details, (
        f"in {above:.0%} of the draws drug loading is above what stays mixed with the polymer (typically "
        f"{np.median(mixed):.2%}): the rest is likely crystalline or on the surface, and leaves first",
    )


def _read(case: Case, name: str, why: str) -> Array:
    return case.process.read(name, why)[:, 0]
