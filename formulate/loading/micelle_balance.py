"""Drug among cores, water and precipitate of micelles at equilibrium: when loaded, and when diluted in a fluid."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require_not_negative, require_positive
from formulate.loading.micelles import core_to_water, micellised_concentration, share_in_cores

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class MicelleLoad:
    """Drug in a dispersion of micelles at equilibrium.

    Attributes
    ----------
    encapsulation_efficiency : ndarray, shape (draws,)
        Drug in cores per drug added [1].
    dissolved_share : ndarray, shape (draws,)
        Drug free in the water per drug added [1].
    precipitated_share : ndarray, shape (draws,)
        Drug beyond what water and cores take, per drug added [1].
    drug_loading : ndarray, shape (draws,)
        Drug in cores per drug in cores and copolymer [kg/kg].
    drug_in_cores : ndarray, shape (draws,)
        Drug in cores per volume of the whole [kg/m**3].
    """

    encapsulation_efficiency: Floats
    dissolved_share: Floats
    precipitated_share: Floats
    drug_loading: Floats
    drug_in_cores: Floats


def load_micelles(
    drug_concentration: ArrayLike,
    copolymer_concentration: ArrayLike,
    critical_micelle_concentration: ArrayLike,
    partition_coefficient: ArrayLike,
    solubility: ArrayLike,
    core_mass_share: ArrayLike,
    core_density: ArrayLike,
) -> MicelleLoad:
    """Share drug among cores, water and precipitate, and give the loading of the micelles.

    Parameters
    ----------
    drug_concentration : array_like, shape (draws,)
        All drug per volume of the whole [kg/m**3].
    copolymer_concentration : array_like, shape (draws,)
        All copolymer per volume of the whole [kg/m**3].
    critical_micelle_concentration : array_like, shape (draws,)
        CMC [kg/m**3].
    partition_coefficient : array_like, shape (draws,)
        Drug per volume of core over drug per volume of water [1].
    solubility : array_like, shape (draws,)
        Solubility of the drug in the water [kg/m**3].
    core_mass_share : array_like, shape (draws,)
        Core-forming block per copolymer [kg/kg].
    core_density : array_like, shape (draws,)
        Density of the core [kg/m**3].

    Returns
    -------
    MicelleLoad
        Efficiency, loading, and what stays in the water or precipitates.

    Raises
    ------
    DomainError
        If drug or copolymer is not positive, or as for `core_to_water` and `solubilisation_capacity`.

    Notes
    -----
    With v cores per volume, drug C per volume: the water holds ``c = min(S, C/(1 - v + K v))``, cores ``K c v``, and
    the rest is precipitate. Copolymer counts whole in the loading, single chains included, as it is weighed.

    Examples
    --------
    1 mg/mL of drug and 10 mg/mL of copolymer, K = 10000: the water could hold 0.0234 mg/mL of it. At a solubility
    of 0.02 mg/mL a seventh precipitates.

    >>> load = load_micelles(1.0, 10.0, 0.0, 1e4, [1.0, 0.02], 0.5, 1200.0)
    >>> load.encapsulation_efficiency, load.precipitated_share
    (array([0.9767, 0.8333]), array([0.    , 0.1468]))
    >>> load.drug_loading
    array([0.08898, 0.07692])
    """
    drug = require_positive("drug_concentration", drug_concentration, "kg/m**3")
    polymer = require_positive("copolymer_concentration", copolymer_concentration, "kg/m**3")
    partition = require_not_negative("partition_coefficient", partition_coefficient, "")
    limit = require_not_negative("solubility", solubility, "kg/m**3")
    ratio = core_to_water(polymer, critical_micelle_concentration, core_mass_share, core_density)
    water = 1.0 / (1.0 + ratio)  # per whole volume
    room = water * (1.0 + partition * ratio)  # drug in solution and cores per concentration in the water
    free = np.minimum(limit, drug / room)
    inside = free * partition * ratio * water
    solid = np.where(limit * room < drug, drug - free * room, 0.0)
    return MicelleLoad(
        encapsulation_efficiency=np.asarray(np.minimum(inside / drug, 1.0)),  # rounding may lift it over 1
        dissolved_share=np.asarray(free * water / drug),
        precipitated_share=np.asarray(solid / drug),
        drug_loading=np.asarray(inside / (inside + polymer)),
        drug_in_cores=np.asarray(inside),
    )


@dataclass(frozen=True)
class DilutedMicelles:
    """Micelles after dilution.

    Attributes
    ----------
    copolymer_concentration : ndarray, shape (draws,)
        Copolymer per volume after dilution [kg/m**3].
    times_critical : ndarray, shape (draws,)
        That concentration over the CMC; below 1 no micelle is left [1].
    share_in_micelles : ndarray, shape (draws,)
        Copolymer still in micelles per copolymer [1].
    drug_in_cores_before : ndarray, shape (draws,)
        Drug in cores per drug before dilution [1].
    drug_in_cores : ndarray, shape (draws,)
        Drug in cores per drug after dilution [1].
    drug_kept : ndarray, shape (draws,)
        Drug in cores after dilution per drug in cores before; zero where there was none [1].
    free_concentration : ndarray, shape (draws,)
        Drug per volume of water after dilution [kg/m**3].
    """

    copolymer_concentration: Floats
    times_critical: Floats
    share_in_micelles: Floats
    drug_in_cores_before: Floats
    drug_in_cores: Floats
    drug_kept: Floats
    free_concentration: Floats


def dilute_micelles(
    drug_concentration: ArrayLike,
    copolymer_concentration: ArrayLike,
    critical_micelle_concentration: ArrayLike,
    partition_coefficient: ArrayLike,
    core_mass_share: ArrayLike,
    core_density: ArrayLike,
    injected_volume: ArrayLike,
    fluid_volume: ArrayLike,
) -> DilutedMicelles:
    """Micelles and drug after mixing with a fluid, at equilibrium.

    Parameters
    ----------
    drug_concentration : array_like, shape (draws,)
        Drug per volume of the injection [kg/m**3].
    copolymer_concentration : array_like, shape (draws,)
        Copolymer per volume of the injection [kg/m**3].
    critical_micelle_concentration : array_like, shape (draws,)
        CMC in the fluid [kg/m**3].
    partition_coefficient : array_like, shape (draws,)
        Drug per volume of core over drug per volume of water [1].
    core_mass_share : array_like, shape (draws,)
        Core-forming block per copolymer [kg/kg].
    core_density : array_like, shape (draws,)
        Density of the core [kg/m**3].
    injected_volume : array_like, shape (draws,)
        Volume of the injection [m**3].
    fluid_volume : array_like, shape (draws,)
        Volume of fluid it mixes with, such as that of the joint; zero for none [m**3].

    Returns
    -------
    DilutedMicelles
        Concentrations and shares after dilution.

    Raises
    ------
    DomainError
        If the CMC, the copolymer or the injected volume is not positive, another amount is negative, or as for
        `core_to_water`.

    Notes
    -----
    ``C' = C V/(V + V_fluid)``; in micelles ``max(0, 1 - CMC/C')``; drug in cores ``K phi'/(1 + K phi')`` with phi'
    from C'. Drug below its solubility in the water, as dilution makes it. Equilibrium: a glassy or crystalline core
    takes hours to days to follow, and proteins that bind copolymer or drug take more than this gives.

    Examples
    --------
    10 mg/mL, CMC 0.03 mg/mL, 1 mL into 9 mL: 1 mg/mL, 3 % of it single chains.

    >>> after = dilute_micelles(1.0, 10.0, 0.03, 1e4, 0.5, 1200.0, 1e-6, 9e-6)
    >>> float(after.share_in_micelles), float(after.drug_in_cores_before), float(after.drug_in_cores)
    (0.97, 0.9766, 0.8017)
    """
    drug = require_not_negative("drug_concentration", drug_concentration, "kg/m**3")
    polymer = require_positive("copolymer_concentration", copolymer_concentration, "kg/m**3")
    critical = require_positive("critical_micelle_concentration", critical_micelle_concentration, "kg/m**3")
    injected = require_positive("injected_volume", injected_volume, "m**3")
    fluid = require_not_negative("fluid_volume", fluid_volume, "m**3")
    dilution = injected / (injected + fluid)
    polymer_after = polymer * dilution
    ratio = core_to_water(polymer_after, critical, core_mass_share, core_density)
    before = share_in_cores(partition_coefficient, core_to_water(polymer, critical, core_mass_share, core_density))
    after = share_in_cores(partition_coefficient, ratio)
    return DilutedMicelles(
        copolymer_concentration=np.asarray(polymer_after),
        times_critical=np.asarray(polymer_after / critical),
        share_in_micelles=np.asarray(micellised_concentration(polymer_after, critical) / polymer_after),
        drug_in_cores_before=before,
        drug_in_cores=after,
        drug_kept=np.asarray(
            np.divide(after, before, out=np.zeros(np.broadcast(after, before).shape), where=before > 0.0)
        ),
        free_concentration=np.asarray(drug * dilution * (1.0 - after) * (1.0 + ratio)),
    )
