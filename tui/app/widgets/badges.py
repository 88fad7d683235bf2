"""How well something is known and what speaks for or against: a sign and a word, never a colour alone."""

from rich.text import Text

from materials.evidence import Evidence

SIGNS = {
    Evidence.USER: "◆",
    Evidence.PRIMARY: "●",
    Evidence.SECONDARY: "◐",
    Evidence.REVIEW: "○",
    Evidence.DERIVED: "∴",
    Evidence.ASSUMED: "?",
}
WORDS = {Evidence.USER: "yours"}
_STYLES = {
    Evidence.USER: "bold",
    Evidence.ASSUMED: "italic",
    Evidence.DERIVED: "italic",
}
MEANING = "● primary source   ◐ secondary   ○ stated in a review   ∴ derived   ? assumed   ◆ yours"
VERDICTS = {"for": "+ for", "against": "− against", "risk": "! risk", "caution": "! left out"}


def evidence_badge(evidence: Evidence | str) -> Text:
    """Give a level of evidence as sign and word.

    >>> str(evidence_badge("primary")), str(evidence_badge("user"))
    ('● primary', '◆ yours')
    """
    level = Evidence(evidence)
    return Text(f"{SIGNS[level]} {WORDS.get(level, level.value)}", _STYLES.get(level, ""))


def verdict(is_good: bool | None, word: str) -> Text:
    """Give a verdict as sign and word: it holds, it does not, or it is not known.

    >>> str(verdict(True, "fits the needle")), str(verdict(None, "not known"))
    ('✓ fits the needle', '· not known')
    """
    sign = {True: "✓", False: "✗", None: "·"}[is_good]
    return Text(f"{sign} {word}", {True: "", False: "bold", None: "dim"}[is_good])
