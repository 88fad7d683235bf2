"""Drug released, from the concentration in a vessel that samples are taken from, replaced or not."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_not_negative, require_positive

Floats: TypeAlias = NDArray[np.float64]


def released_amount(
    concentration: ArrayLike, volume: ArrayLike, sample: ArrayLike = 0.0, replaced: bool = True
) -> Floats:
    """Drug that has entered a vessel by each sampling time.

    Parameters
    ----------
    concentration : array_like, shape (units, times)
        C, of the drug in each sample, one after the other [kg/m**3]; NaN where no sample was taken.
    volume : array_like
        V_0, of the liquid at the start [m**3].
    sample : array_like, of one volume or of as many as there are samples
        V_s, of each sample [m**3].
    replaced : bool
        Whether each sample was replaced by as much fresh liquid.

    Returns
    -------
    ndarray, shape (units, times)
        Q, drug in the vessel and in the samples taken before [kg]; NaN where no sample was taken.

    Raises
    ------
    DomainError
        If a volume is not positive, a sample is negative, or one is not smaller than the liquid left.

    Notes
    -----
    Replaced: ``Q_n = C_n V_0 + sum_{i<n} V_s,i C_i``. Not replaced: ``Q_n = C_n (V_0 - sum_{i<n} V_s,i) +
    sum_{i<n} V_s,i C_i``. Both are the mass balance of a well-mixed vessel that loses nothing but samples. Every time
    with a concentration counts as a sample, time 0 too; no evaporation, nothing bound to the vessel. In any unit of
    drug, percent of the dose too; a small negative concentration, as noise gives, is taken as it stands.
    Source: mass balance.

    Examples
    --------
    5 mL of 500 mL at 10 and 15 ug/mL: 5 mg, then 7.5 mg in the vessel and the 0.05 mg taken before; or 15 ug/mL in 495
    mL and these:

    >>> released_amount([0.010, 0.015], 500e-6, 5e-6)
    array([5.00e-06, 7.55e-06])
    >>> released_amount([0.010, 0.015], 500e-6, 5e-6, replaced=False)
    array([5.000e-06, 7.475e-06])
    """
    measured = np.asarray(concentration, dtype=np.float64)
    liquid = require_positive("volume", volume, "m**3")
    each = np.asarray(np.broadcast_to(require_not_negative("sample", sample, "m**3"), measured.shape))
    is_taken = np.isfinite(measured)
    volumes = np.where(is_taken, each, 0.0)
    drug = np.where(is_taken, each * np.where(is_taken, measured, 0.0), 0.0)
    taken_before = np.cumsum(volumes, axis=-1) - volumes
    drug_before = np.cumsum(drug, axis=-1) - drug
    left = liquid - (0.0 if replaced else taken_before) + np.zeros(measured.shape)
    require("sample", each, "m**3", ~is_taken | (each < left), "less than the liquid left in the vessel")
    return np.asarray(measured * left + drug_before)
