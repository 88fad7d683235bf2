"""Morris screening: elementary effects of every input over its whole band, by the optional SALib."""

from collections.abc import Callable
from dataclasses import dataclass

from formulate.formulation import Formulation
from formulate.inputs import Input
from formulate.pipeline import predict
from formulate.sampling import Draws
from formulate.sensitivity.analysis import columns_of, computed, measured, on_one_scale
from formulate.sensitivity.design import Recorded
from materials.errors import DomainError, FormulateError, UnknownIdError

LEVELS = 4
EDGE = 0.05  # quantiles from here to one less it are stepped over


@dataclass(frozen=True)
class Screened:
    """What one input does to a number over its band.

    Attributes
    ----------
    mean_effect : float
        mu*, mean size of an elementary effect, per step over the whole band from the 5th to the 95th percentile.
    doubt : float
        Half of the 95 % interval of it.
    spread : float
        sigma, standard deviation of the effects: large beside mu* where the input interacts or acts in a curve.
    """

    key: str
    item: Input
    mean_effect: float
    doubt: float
    spread: float


@dataclass(frozen=True)
class Screening:
    """The inputs behind one number by the size of their elementary effects, and the scale these are in."""

    name: str
    label: str
    scale: str
    effects: tuple[Screened, ...]
    evaluations: int


def screen(
    formulation: Formulation, output: str, trajectories: int, progress: Callable[[str], None] | None = None
) -> Screening:
    """Screen the inputs of one number of a formulation.

    Parameters
    ----------
    formulation : Formulation
        What to compute.
    output : str
        Name of the number (`Assessment.estimates`).
    trajectories : int
        Walks through the inputs, at least 4; each takes one draw more than there are inputs.
    progress : callable, optional
        Called with a line on what is computed; raise from it to cancel.

    Raises
    ------
    FormulateError
        SALib is not installed.
    UnknownIdError
        A number that this formulation does not have.
    DomainError
        Fewer than 4 trajectories, or a number that is the same in every draw.
    FileError, MissingValueError
        As `predict`.

    Notes
    -----
    Elementary effects on four levels of the quantiles from 0.05 to 0.95 of each input (Morris, Technometrics
    1991;33:161), mu* after Campolongo, Cariboni and Saltelli, Environ Model Softw 2007;22:1509, as SALib has them.
    Shares are taken as they are, other numbers in the decadic logarithm.
    """
    if trajectories < 4:
        raise DomainError("trajectories", trajectories, "", "at least 4")
    try:
        from SALib.analyze import morris as analyse
        from SALib.sample import morris as sample
    except ImportError:
        raise FormulateError(
            "Morris screening needs SALib, which is not installed: pip install 'formulate-delivery[sensitivity]'"
        ) from None
    from scipy.special import ndtri

    asked = formulation.calculation
    recorded = Recorded(Draws(asked.draws, asked.seed))
    prediction = predict(formulation, recorded)
    known = prediction.assessment.estimates
    if output not in known:
        raise UnknownIdError("number", output, tuple(known))
    item = known[output]
    found = measured(item)
    doubtful = {one.key: one for one in prediction.inputs if not one.exact}
    columns = columns_of(doubtful, recorded.columns)
    if found is None or not columns:
        raise DomainError(output, 0.0, "", "a number that differs between draws", item.reason)
    keys = list(columns)
    problem = {"num_vars": len(keys), "names": keys, "bounds": [[EDGE, 1.0 - EDGE]] * len(keys)}
    points = sample.sample(problem, trajectories, num_levels=LEVELS, seed=asked.seed)
    if progress:
        progress(f"{formulation.label}: {len(points)} draws")
    scores = {columns[key]: ndtri(points[:, place]) for place, key in enumerate(keys)}
    results = on_one_scale([computed(formulation, scores, len(points), [output])[output]], found[1])[0]
    effects = analyse.analyze(problem, points, results, num_levels=LEVELS, scaled=False, seed=asked.seed)
    ranked = [
        Screened(key, doubtful[key], float(mean), float(doubt), float(spread))
        for key, mean, doubt, spread in zip(
            keys, effects["mu_star"], effects["mu_star_conf"], effects["sigma"], strict=True
        )
    ]
    ranked.sort(key=lambda one: (-one.mean_effect, one.key))
    return Screening(output, item.label, found[1], tuple(ranked), len(points) + asked.draws)
