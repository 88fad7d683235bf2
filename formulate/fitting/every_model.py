"""Many models fitted to the same readings in the same way; what cannot be fitted is told, not raised."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from formulate.curves.model import Floats, Model
from formulate.experiment.data import Profile
from formulate.fitting.results import Fit, Points
from formulate.fitting.units import Failure, UnitAnalysis
from formulate.fitting.window import Window
from materials.errors import FormulateError

if TYPE_CHECKING:
    from formulate.fitting.shared import SharedFit

Progress: TypeAlias = Callable[[int, int], None]

# what numbers do to one model must not cost the others theirs; errors of linear algebra are of the second kind
NUMERICAL = (ArithmeticError, ValueError)


@dataclass(frozen=True)
class EveryModel:
    """How every model is fitted."""

    models: tuple[Model, ...]
    fixed: Mapping[str, float]
    bounds: Mapping[str, tuple[float, float]]
    level: float
    weighting: str
    time_unit: str
    window: Window
    step: Callable[[], None]  # called after each fit
    start: Mapping[str, float] = field(default_factory=dict)  # of parameters of formulas

    def points(self, profile: Profile, replicates: str | int) -> Points:
        """Give the readings of a profile or of one of its units."""
        from formulate.fitting.points import points_of

        return points_of(profile, self.weighting, replicates, self.time_unit, self.window)

    def own(self, model: Model) -> dict[str, Any]:
        """Give what holds for the parameters this model has."""
        return {
            "fixed": {name: value for name, value in self.fixed.items() if name in model.names},
            "bounds": {name: ends for name, ends in self.bounds.items() if name in model.names},
        }

    def begun(self, model: Model, points: Points) -> Floats | None:
        """Give where the user starts the parameters of a formula."""
        from formulate.fitting.starting import started

        given = {name: value for name, value in self.start.items() if name in model.names}
        if not given or model.group != "formula":
            return None
        return started(model, points, given | {name: self.fixed[name] for name in model.names if name in self.fixed})

    def fits(self, points: Points) -> tuple[tuple[Fit, ...], tuple[Failure, ...]]:
        """Fit every model to some readings."""
        from formulate.fitting.fit import fit

        done: list[Fit] = []
        failed: list[Failure] = []
        for model in self.models:
            try:
                starts = self.begun(model, points)
                done.append(fit(points, model, level=self.level, starts=starts, **self.own(model)))
            except FormulateError as error:
                failed.append(Failure(model.id, model.name, str(error)))
            except NUMERICAL as error:
                failed.append(Failure(model.id, model.name, f"the search broke down: {error}"))
            self.step()
        return tuple(done), tuple(failed)

    def units(self, profile: Profile) -> tuple[UnitAnalysis, ...]:
        """Fit every model to each unit of a profile by itself."""
        found = []
        for index, name in enumerate(profile.unit_names):
            try:
                fits, failures = self.fits(self.points(profile, index))
            except FormulateError as error:  # a unit without a reading
                fits, failures = (), tuple(Failure(model.id, model.name, str(error)) for model in self.models)
            found.append(UnitAnalysis(name, fits, failures))
        return tuple(found)

    def together(
        self, points: Sequence[Points], shared: Sequence[str]
    ) -> tuple[tuple["SharedFit", ...], tuple[Failure, ...]]:
        """Fit every model that has one of these parameters to several profiles at once, with them in common."""
        from formulate.fitting.shared import fit_shared

        done: list[SharedFit] = []
        failed: list[Failure] = []
        for model in self.models:
            names = [name for name in shared if name in model.names]
            if not names:
                continue
            try:
                done.append(fit_shared(points, model, shared=names, level=self.level, **self.own(model)))
            except FormulateError as error:
                failed.append(Failure(model.id, model.name, str(error)))
            except NUMERICAL as error:
                failed.append(Failure(model.id, model.name, f"the search broke down: {error}"))
        return tuple(done), tuple(failed)


def counted(progress: Progress | None, total: int) -> Callable[[], None]:
    """Give what counts one fit more and tells it."""
    numbers: Iterator[int] = iter(range(1, total + 1))

    def step() -> None:
        if progress is not None:
            progress(next(numbers, total), total)

    return step
