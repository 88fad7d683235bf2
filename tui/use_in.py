"""A measured release on its way to the tissue: put into a formulation, predicted, saved."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from materials.errors import shorten
from tui.deliver import check_outputs
from tui.refusal import Refusal, of_file

if TYPE_CHECKING:
    from formulate.experiment.data import ReleaseData
    from formulate.fitting.results import Fit
    from formulate.pipeline import Prediction

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--use-in", "formulation", metavar="FILE.toml", type=click.Path(path_type=Path),
                 help="Put the law in the place of the predicted release of this formulation, and predict."),
    click.option("--layer", default="",
                 help="With --use-in: the layer that was measured; the one that holds the payload if left out."),
    click.option("--in-body-factor", default="", help='With --use-in: how many times as fast in the body: "2".'),
    click.option("--save", metavar="FILE.toml", type=click.Path(path_type=Path),
                 help="With --use-in: write the formulation with the measured law, for predict and compare."),
)  # fmt: skip


def use_in_options(command: Command) -> Command:
    """Give a command the options that carry a law on."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True)
class UseIn:
    """What was asked of the law."""

    formulation: Path | None
    layer: str = ""
    in_body_factor: str = ""
    save: Path | None = None

    def check(self, inputs: list[Path]) -> None:
        """Refuse what cannot be done, before anything is computed."""
        check_outputs([self.save] if self.save else [], (".toml",), inputs, option="--save")
        for option, given in (
            ("--layer", self.layer), ("--save", self.save), ("--in-body-factor", self.in_body_factor),
        ):  # fmt: skip
            if given and self.formulation is None:
                raise Refusal(f"{option}: needs --use-in FILE.toml, the formulation it is for")

    def predicted(self, fit: "Fit", data: "ReleaseData") -> "tuple[Prediction, dict[Path, str]]":
        """Give what follows from the law, and the file to be written with it."""
        from formulate.formulation import Formulation, read
        from formulate.onward import to_toml, use_in
        from formulate.pipeline import predict

        assert self.formulation
        name = shorten(self.formulation, 120)
        formulation = read(self.formulation)
        if not isinstance(formulation, Formulation):
            raise Refusal(f'{name}: kind: "question" asks which carrier; need kind = "formulation"')
        measured = use_in(formulation, fit, data, self.layer, self.in_body_factor or None)
        with of_file(self.formulation, measured):
            prediction = predict(measured)
        if self.save is None:
            return prediction, {}
        return prediction, {self.save: to_toml(self.formulation.read_text("utf-8-sig"), measured, name)}
