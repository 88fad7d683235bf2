"""Model-dependent comparison: a model fitted to each unit, its parameters compared in the spread of the reference."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from formulate.curves.model import Model
from formulate.domain import require, require_positive
from formulate.experiment.data import Profile
from formulate.similarity.multivariate import Distance, distance
from formulate.similarity.results import Floats, ModelRegion
from materials.errors import DomainError

EDGE = 121  # points of an ellipse
MOST = 3  # parameters a model may have, by FDA (1997)


def model_region(
    reference: ArrayLike,
    test: ArrayLike,
    names: Sequence[str],
    *,
    model: str = "",
    level: float = 0.9,
    limit: float = 3.0,
    warnings: tuple[str, ...] = (),
) -> ModelRegion:
    """Compare the parameters of two products, a row for each unit.

    Parameters
    ----------
    reference, test : array_like, shape (units, parameters)
        Parameters of the model for each unit, on the scale on which they scatter normally, as logarithms [any].
    names : sequence of str
        Of the parameters, on that scale.
    model : str
        Its name, for the record.
    level : float
        Of the confidence region of the difference [1].
    limit : float
        Standard deviations between the reference's units that the region may reach, for each parameter [1].
    warnings : tuple of str
        Of the fits, for the record.

    Returns
    -------
    ModelRegion
        Difference of the means, its confidence region, and how many standard deviations hold it.

    Raises
    ------
    DomainError
        As for `distance`, if a parameter does not differ between the reference's units, the level is not in 0..1, or
        the limit is not positive.

    Notes
    -----
    The confidence region of the difference d is ``K (m - d)' S^-1 (m - d) <= F(level)``, S the pooled covariance; it
    reaches ``|d_i| + h_i`` along parameter i, ``h_i = sqrt[F(level) S_ii/K]``, exactly. The similarity region is a box
    of 1, 2 or 3 standard deviations s_i of the reference to each side: the region of the difference lies within it if
    ``needed = max (|d_i| + h_i)/s_i`` is at most that number. Sathe, Tsong and Shah, Pharm. Res. 13, 1799 (1996); FDA
    (1997), who set the similarity region from the variation between units of standard batches. With few units the
    region is wide and equal products may fail.

    Examples
    --------
    >>> first = [[0.0, 0.0], [1.0, 1.0], [2.0, -1.0], [3.0, 0.0]]
    >>> result = model_region(first, first, ["ln alpha", "ln beta"])
    >>> result.distance, result.low, bool(result.needed > 1.0)
    (0.0, 0.0, True)
    """
    require("level", level, "", 0.0 < level < 1.0, "> 0 and < 1")
    require_positive("limit", limit, "")
    first, second = (np.atleast_2d(np.asarray(rows, dtype=np.float64)) for rows in (reference, test))
    found = distance(first, second)
    deviation = first.std(axis=0, ddof=1)
    hint = "it is the measure of similarity; all units of the reference have the same value"
    require("spread of a parameter between the reference's units", deviation, "", deviation > 0.0, "> 0", hint)
    radius = found.radius(level)
    half_width = radius * np.sqrt(np.diag(found.covariance))
    middle = float(np.sqrt(found.squared))
    return ModelRegion(
        model=model,
        names=tuple(names),
        reference=first,
        test=second,
        difference=found.difference,
        half_width=half_width,
        deviation=deviation,
        level=level,
        distance=middle,
        low=middle - radius if middle > radius else 0.0,
        high=middle + radius,
        needed=float(np.max((np.abs(found.difference) + half_width) / deviation)),
        limit=limit,
        ellipse=_ellipse(found, radius) if found.difference.size == 2 else None,
        warnings=warnings,
    )


def _ellipse(found: Distance, radius: float) -> Floats:
    angle = np.linspace(0.0, 2.0 * np.pi, EDGE)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    return np.asarray((found.difference[:, None] + radius * np.linalg.cholesky(found.covariance) @ circle).T)


def fitted_units(profile: Profile, model: Model, longest: float) -> tuple[Floats, tuple[str, ...], tuple[str, ...]]:
    """Fit a model to each unit of a profile.

    Parameters
    ----------
    profile : Profile
        Percent released by each unit [%].
    model : Model
        What to fit.
    longest : float
        Time in which the parameters count time, so that the unit of the data is of no consequence [unit of the data].

    Returns
    -------
    parameters : ndarray, shape (units, parameters)
        A row for each unit that could be fitted; the logarithm of those parameters that are positive by nature.
    names : tuple of str
        Of the columns.
    warnings : tuple of str
        Units left out, and why.

    Raises
    ------
    DomainError
        If the model has more than three parameters.

    Notes
    -----
    Unweighted least squares. A unit whose fit stops at the end of a parameter's domain is left out.
    """
    from formulate.fitting.fit import fit
    from formulate.fitting.points import points_of

    hint = "FDA (1997): select a model with no more than three"
    require("parameters of the model", len(model.names), "", len(model.names) <= MOST, f"<= {MOST}", hint)
    positive = np.array([parameter.low >= 0.0 for parameter in model.parameters])
    rows, warnings = [], []
    for unit, name in enumerate(profile.unit_names):
        label = f"{profile.name} {name}".strip()
        try:
            fitted = fit(points_of(profile, "1", unit), model)
        except DomainError as error:
            warnings.append(f"{label} left out of the model-dependent comparison: {error}")
            continue
        row = fitted.values
        if model.rescaled is not None:
            row = np.array([float(value) for value in model.rescaled(longest, *row)])
        stopped = [parameter.name for parameter in fitted.parameters if parameter.at_bound]
        if stopped or not fitted.converged or np.any(row[positive] <= 0.0):
            why = f"{', '.join(stopped)} at the end of its domain" if stopped else "the fit did not come to an end"
            warnings.append(f"{label} left out of the model-dependent comparison: {why}")
            continue
        rows.append(np.where(positive, np.log(np.where(positive, row, 1.0)), row))
    names = tuple(f"ln {name}" if log else name for name, log in zip(model.names, positive, strict=True))
    return np.array(rows).reshape(-1, len(names)), names, tuple(warnings)


def compare_models(
    reference: Profile, test: Profile, model: Model, *, level: float = 0.9, limit: float = 3.0
) -> ModelRegion:
    """Fit a model to each unit of two profiles and compare the parameters.

    Parameters
    ----------
    reference, test : Profile
        Percent released by each unit; the times may differ [%].
    model : Model
        What to fit, with three parameters at most.
    level, limit : float
        As for `model_region` [1].

    Returns
    -------
    ModelRegion
        As for `model_region`, with the warnings of the fits.

    Raises
    ------
    DomainError
        As for `fitted_units` and `model_region`.

    Notes
    -----
    Parameters count time in the last time of either profile. See `fitted_units` and `model_region`.
    """
    longest = float(max(reference.time[-1], test.time[-1]))
    first, names, of_first = fitted_units(reference, model, longest)
    second, _, of_second = fitted_units(test, model, longest)
    return model_region(first, second, names, model=model.id, level=level, limit=limit, warnings=of_first + of_second)
