"""What is shown at the first start: what this is, and three examples to open."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static
from textual.widgets.option_list import Option

from tui.app.screens.base import AppModal, TooSmall
from tui.app.widgets.options import Options

EXAMPLES = (
    ("dasatinib-knee.toml", "Compare", "Which carrier for dasatinib in an osteoarthritic knee?"),
    ("release-microspheres.csv", "Release data", "Which law does this measured release follow?"),
    ("triamcinolone-design.toml", "Design", "What has to be made to hold a level for two weeks?"),
)


class Welcome(AppModal):
    """The greeting; an example chosen is opened."""

    HELP: ClassVar[str | None] = "Choose an example to open it, or press Escape to start with an empty desk."

    def compose(self) -> ComposeResult:
        """Lay out the greeting."""
        yield TooSmall()
        with Vertical(classes="box") as box:
            box.border_title = "Welcome to Formulate"
            box.border_subtitle = "Enter opens   Esc starts without"
            yield Static(
                "Choose and design a drug delivery system. Every number has its source, every prediction its band. "
                "A research design tool: nothing it says is medical advice.\n",
                markup=False,
            )
            yield Static("Start with an example", classes="heading")
            yield Options(*(Option(f"{screen:<13} {question}") for _, screen, question in EXAMPLES), markup=False)
            yield Static("\nF1 helps everywhere, Ctrl+P lists every command.", classes="muted", markup=False)

    def on_mount(self) -> None:
        """Start at the first example."""
        self.query_one(Options).focus()

    @on(Options.OptionSelected)
    def _chosen(self, event: Options.OptionSelected) -> None:
        name = EXAMPLES[event.option_index][0]
        self.dismiss(None)
        self.formulate.open_example(name)
