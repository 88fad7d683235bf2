"""Encapsulation efficiency where nobody has measured it: a regression on published formulations, with its scatter.

The regression is linear in the logit of EE, with terms for the family of the carrier, the method, and few
descriptors of payload and preparation. A new study scatters about it more than the descriptors explain, so the
answer is a distribution; measurements of the same payload narrow it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulate.domain import require, require_fraction, require_not_negative, require_positive
from materials.errors import DomainError
from materials.priors import EfficiencyPrior, encapsulation

Floats: TypeAlias = NDArray[np.float64]

MEASURED_RANGE = (0.005, 0.995)  # a logit has no end; assays do not tell 0.995 from 1
OWN_STUDY = "yours"


@dataclass(frozen=True)
class Measurement:
    """One measured efficiency of the same payload, to narrow a prediction.

    Attributes
    ----------
    efficiency : float
        Encapsulation efficiency measured [1].
    family : str
        Family of the carrier it was measured in.
    method : str
        How that carrier was made; empty if not known.
    descriptors : mapping of str to float
        As for `predict_efficiency` [SI].
    study : str
        Measurements of one study share what is particular to it; "yours" is the study predicted for.
    """

    efficiency: float
    family: str
    method: str = ""
    descriptors: Mapping[str, float] = field(default_factory=dict)
    study: str = OWN_STUDY


@dataclass(frozen=True)
class EfficiencyPrediction:
    """Predicted encapsulation efficiency.

    Attributes
    ----------
    efficiency : ndarray, shape (draws,)
        Encapsulation efficiency, in the convention in which the carriers of the family are reported [1].
    used : tuple of str
        Descriptors that the prediction rests on.
    missing : tuple of str
        Descriptors that were not given; their spread is in the band.
    outside : tuple of str
        Descriptors beyond the range of the fit, taken at its end.
    basis : str
        Where the prediction comes from, in words.
    """

    efficiency: Floats
    used: tuple[str, ...]
    missing: tuple[str, ...]
    outside: tuple[str, ...]
    basis: str

    @property
    def low(self) -> float:
        """10th percentile of the efficiency [1]."""
        return float(np.quantile(self.efficiency, 0.1))

    @property
    def median(self) -> float:
        """Median of the efficiency [1]."""
        return float(np.quantile(self.efficiency, 0.5))

    @property
    def high(self) -> float:
        """90th percentile of the efficiency [1]."""
        return float(np.quantile(self.efficiency, 0.9))


@dataclass(frozen=True)
class Design:
    """One formulation as the regression sees it: its row of terms, and what is not known of it.

    Attributes
    ----------
    row : ndarray, shape (draws, terms)
        Value of each term [1].
    unknown : float
        Variance of the logit from descriptors, family and method that were not given or never seen [1].
    used, missing, outside : tuple of str
        As in `EfficiencyPrediction`.
    """

    row: Floats
    unknown: float
    used: tuple[str, ...]
    missing: tuple[str, ...]
    outside: tuple[str, ...]


def predict_efficiency(
    family: str,
    method: str,
    descriptors: Mapping[str, ArrayLike],
    scores: ArrayLike,
    measured: Sequence[Measurement] = (),
    prior: EfficiencyPrior | None = None,
) -> EfficiencyPrediction:
    """Encapsulation efficiency expected of a formulation that nobody has measured.

    Parameters
    ----------
    family : str
        Carrier family, such as polymer-nanoparticle; one never seen, or empty, widens the band.
    method : str
        Preparation method, such as nanoprecipitation; one never seen, or empty, widens the band.
    descriptors : mapping of str to array_like, shape (draws,)
        What is known of `logp` [1], `feed_ratio` [kg/kg], `molar_mass` [kg/mol] (from `LARGE_MOLECULE` on, a
        macromolecule), `macromolecule` (0 or 1) [1] and `surfactant_concentration` in the water [kg/m**3].
    scores : array_like, shape (draws,)
        Standard normal scores; EE rises with them [1].
    measured : sequence of Measurement, optional
        Efficiencies measured with the same payload.
    prior : EfficiencyPrior, optional
        The regression; the shipped one if not given.

    Returns
    -------
    EfficiencyPrediction
        Draws of the efficiency [1], and what they rest on.

    Raises
    ------
    DomainError
        If a descriptor is not one of these or not possible, a score is not finite, or a measured EE is not in 0..1.

    Notes
    -----
    ``logit(EE) = x b + sqrt(x V x + U + c**2 (s_study**2 + s_payload**2 + s_row**2)) z`` with terms x, coefficients
    b and their covariance V. U is the variance of what was not given, c how the scatter of this family and method
    compares with that of all.
    Given measurements y of the same payload, the mean moves by ``k M^-1 (y - x b)`` and the variance falls by
    ``k M^-1 k``: M is the covariance of the measurements, k theirs with the prediction; the payload's share is
    common to all, the study's to those of one study (best linear prediction, Robinson, Stat Sci 1991;6:15,
    doi 10.1214/ss/1177011926).
    A logP beyond the range of the fit counts as its end and is named in `outside`. Left out: ionisation at the pH of
    the process, the solvent, grade and size of the polymer, because none of them helped with payloads that the fit
    had not seen.

    Examples
    --------
    >>> made = ("polymer-microparticle", "emulsion-oil-in-water")
    >>> lipophilic, hydrophilic = (predict_efficiency(*made, {"logp": logp}, [-1.0, 0.0, 1.0]) for logp in (5.0, -1.0))
    >>> bool((lipophilic.efficiency > hydrophilic.efficiency).all()), lipophilic.missing
    (True, ('feed ratio',))
    """
    prior = prior or encapsulation()
    score = require("scores", scores, "", np.isfinite(np.asarray(scores, dtype=np.float64)), "finite")
    design = describe(prior, family, method, descriptors)
    b, covariance = _fit(prior)
    stretch = _stretch(prior, family, method) ** 2
    study, payload, row = (stretch * scatter**2 for scatter in (prior.study, prior.payload, prior.row))
    mean = design.row @ b
    variance = _quadratic(design.row, covariance, design.row) + design.unknown + study + payload + row
    if measured:
        values = np.array([float(require_fraction("measured efficiency", item.efficiency)) for item in measured])
        known = [describe(prior, item.family, item.method, item.descriptors) for item in measured]
        rows = np.vstack([item.row[:1] for item in known])
        labels = np.array([item.study for item in measured])
        unknown = np.diag([item.unknown for item in known])
        alike = labels[:, None] == labels
        together = rows @ covariance @ rows.T + payload + study * alike + row * np.eye(len(labels))
        shared = design.row @ covariance @ rows.T + payload + study * (labels == OWN_STUDY)
        weights = np.linalg.solve(together + unknown, shared.T).T
        mean = mean + weights @ (logit(values) - rows @ b)
        variance = variance - (weights * shared).sum(axis=1)
    efficiency = _expit(mean + np.sqrt(variance) * score)
    basis = _basis(prior, family, method, len(measured))
    return EfficiencyPrediction(efficiency, design.used, design.missing, design.outside, basis)


def logit(efficiency: ArrayLike) -> Floats:
    """Logit of a measured efficiency, held off the ends that an assay cannot tell from 0 and 1.

    Parameters
    ----------
    efficiency : array_like, shape (draws,)
        Encapsulation efficiency measured [1].

    Returns
    -------
    ndarray, shape (draws,)
        ``ln(EE/(1 - EE))`` [1].

    Raises
    ------
    DomainError
        If an efficiency is not in 0..1.

    Notes
    -----
    Below 0.005 and above 0.995 an efficiency counts as these.

    Examples
    --------
    >>> logit([0.5, 0.75, 1.0])
    array([0.    , 1.0986, 5.2933])
    """
    held = np.clip(require_fraction("efficiency", efficiency), *MEASURED_RANGE)
    return np.asarray(np.log(held) - np.log1p(-held))


def describe(prior: EfficiencyPrior, family: str, method: str, descriptors: Mapping[str, ArrayLike]) -> Design:
    """Row of terms of one formulation.

    Parameters
    ----------
    prior : EfficiencyPrior
        The regression.
    family, method : str
        As for `predict_efficiency`.
    descriptors : mapping of str to array_like, shape (draws,)
        As for `predict_efficiency` [SI].

    Returns
    -------
    Design
        The row, the variance of what is not known [1], and the descriptors by their words.

    Raises
    ------
    DomainError
        If a descriptor is not known or not possible.

    Notes
    -----
    A descriptor enters as ``(t - centre)/scale``, t its logarithm or itself, the centre that of the family; one
    that is not given enters as 0, and its spread in the family times the squared slope adds to the variance.
    Of a macromolecule logP is not used.

    Examples
    --------
    >>> describe(encapsulation(), "polymer-nanoparticle", "nanoprecipitation", {}).used
    ()
    """
    values = _transformed(prior, descriptors)
    b, _ = _fit(prior)
    known = prior.family(family)
    name = prior.same_as.get(method, method)
    shape = np.broadcast_shapes((1,), *(value.shape for value in values.values()))
    row = np.zeros((*shape, len(prior.terms)))
    slopes: dict[str, float] = {}
    used, missing, outside = [], [], []
    standard: dict[str, Floats] = {}
    for item in prior.descriptors:
        if item.name not in values:
            continue
        value = values[item.name]
        held = np.clip(value, item.smallest, item.largest)
        if (held != value).any():
            outside.append(item.words)
        standard[item.name] = (held - (known.centre.get(item.name, 0.0) if known else 0.0)) / item.scale
    for index, term in enumerate(prior.terms):
        kind, _, rest = term.partition(":")
        subject, _, only = rest.partition("|")
        match kind:
            case "all":
                row[..., index] = 1.0
            case "family":
                row[..., index] = subject == family
            case "method":
                row[..., index] = subject == name
            case "cell":
                row[..., index] = subject == family and only == name
            case _:  # a slope, of all families or of the one named
                if only and only not in (family, family.partition("-")[0]):
                    continue
                slopes[subject] = slopes.get(subject, 0.0) + b[index]
                if subject in standard:
                    row[..., index] = standard[subject]
    unknown = 0.0 if known else prior.new_family**2
    if f"method:{name}" not in prior.terms and (name or _has_methods(prior, family)):
        unknown += prior.new_method**2
    for item in prior.descriptors:
        if item.name not in slopes:
            continue
        if item.name in standard:
            used.append(item.words)
        elif item.name != "macromolecule":  # a drug, unless told otherwise
            spread = known.spread.get(item.name, item.scale) if known else item.scale
            unknown += (slopes[item.name] * spread / item.scale) ** 2
            missing.append(item.words)
    return Design(row, unknown, tuple(used), tuple(missing), tuple(outside))


LARGE_MOLECULE = 2.0  # kg/mol; proteins, long peptides and nucleic acids lie above, drugs below


def _transformed(prior: EfficiencyPrior, descriptors: Mapping[str, ArrayLike]) -> dict[str, Floats]:
    """Give the descriptors as the regression takes them, refusing what cannot be."""
    given = {name: np.atleast_1d(np.asarray(value, dtype=np.float64)) for name, value in descriptors.items()}
    for name in given.keys() - {"logp", "feed_ratio", "molar_mass", "macromolecule", "surfactant_concentration"}:
        need = "logp, feed_ratio, molar_mass, macromolecule or surfactant_concentration"
        raise DomainError(f"descriptor {name}", float(given[name].flat[0]), "", need)
    values: dict[str, Floats] = {}
    if "feed_ratio" in given:
        values["feed_ratio"] = np.log10(require_positive("feed_ratio", given["feed_ratio"], "kg/kg"))
    if "logp" in given:
        values["logp"] = require("logp", given["logp"], "", np.isfinite(given["logp"]), "finite")
    if "surfactant_concentration" in given:
        held = require_not_negative("surfactant_concentration", given["surfactant_concentration"], "kg/m**3")
        values["surfactant_free"] = np.asarray(held == 0.0, dtype=np.float64)
    if "molar_mass" in given:
        mass = require_positive("molar_mass", given["molar_mass"], "kg/mol")
        values["macromolecule"] = np.asarray(mass >= LARGE_MOLECULE, dtype=np.float64)
    if "macromolecule" in given:
        flag = given["macromolecule"]
        values["macromolecule"] = require("macromolecule", flag, "", (flag == 0.0) | (flag == 1.0), "0 or 1")
    if "macromolecule" in values and (values["macromolecule"] == 1.0).any():
        values.pop("logp", None)
    return values


def _has_methods(prior: EfficiencyPrior, family: str) -> bool:
    """Tell whether a family was published by methods that matter, so that not knowing it leaves something open."""
    return any(term.startswith(f"cell:{family}|") for term in prior.terms)


def _fit(prior: EfficiencyPrior) -> tuple[Floats, Floats]:
    lower = np.zeros((len(prior.terms), len(prior.terms)))
    for index, row in enumerate(prior.covariance):
        lower[index, : len(row)] = row
    return np.array(prior.coefficients), lower + np.tril(lower, -1).T


def _quadratic(left: Floats, matrix: Floats, right: Floats) -> Floats:
    return np.asarray(((left @ matrix) * right).sum(axis=-1))


def _expit(value: Floats) -> Floats:
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * value)))


def _stretch(prior: EfficiencyPrior, family: str, method: str) -> float:
    cell = prior.cell(family, method) or prior.cell(family, "")
    return cell.stretch if cell else 1.0


def _basis(prior: EfficiencyPrior, family: str, method: str, measured: int) -> str:
    """Say what a prediction rests on."""
    name = prior.same_as.get(method, method)
    cell, known = prior.cell(family, name), prior.family(family)
    words = known.words if known else "all carriers"
    made = f" made by {name.replace('-', ' ')}" if cell and name else ""
    if cell is None:
        cell, made = prior.cell(family, ""), ", by whatever method"
    if cell is None:
        rows = sum(item.rows for item in prior.cells if not item.method)
        studies = sum(item.studies for item in prior.cells if not item.method)
    else:
        rows, studies = cell.rows, cell.studies
    count = f"{rows} measurement{'s' * (rows != 1)} in {studies} stud{'ies' if studies != 1 else 'y'}"
    narrowed = f", narrowed by {measured} of this payload" if measured else ""
    return f"predicted from {count} of {words}{made}{narrowed}"
