"""The two themes of our own, calm ones; Textual's others can be chosen too."""

from textual.theme import Theme

DARK = Theme(
    name="formulate-dark", dark=True,
    primary="#6cb6c9", secondary="#8fa3b8", accent="#e0b36a",
    foreground="#d8dee6", background="#12171d", surface="#171d25", panel="#1f2731",
    success="#86c28b", warning="#e0b36a", error="#e58b88",
    variables={
        "border": "#33404e", "border-blurred": "#2a343f", "footer-key-foreground": "#6cb6c9",
        "footer-background": "#1a212a", "input-selection-background": "#6cb6c9 35%", "text-muted": "#8794a3",
    },
)  # fmt: skip
LIGHT = Theme(
    name="formulate-light", dark=False,
    primary="#1c6e85", secondary="#51677d", accent="#9a6412",
    foreground="#1f2933", background="#fbfaf7", surface="#f4f2ec", panel="#e9e6dd",
    success="#2f7a3b", warning="#9a6412", error="#b03a36",
    variables={
        "border": "#c9c4b6", "border-blurred": "#dad6ca", "footer-key-foreground": "#1c6e85",
        "footer-background": "#ece9e0", "input-selection-background": "#1c6e85 25%", "text-muted": "#6a7480",
    },
)  # fmt: skip
