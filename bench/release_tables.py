"""Scores of the learned release as a file, as tables, and as a picture."""

import csv
from collections.abc import Mapping
from math import isnan, nan
from pathlib import Path

Scores = Mapping[str, Mapping[str, Mapping[str, float]]]  # data set, way of use, quantity

SETS = {
    "injectables": "Long-acting set, drug-polymer groups left out",
    "microparticles": "Microparticles, components left out",
    "liposomes": "Liposomes, drugs left out",
}
BARS = {
    ("injectables", "a priori"): "0.185 (aim 0.165)",
    ("injectables", "early columns"): "0.117 (aim 0.105)",
    ("injectables", "after 3 d"): "0.118",
    ("injectables", "after 7 d"): "0.095",
    ("microparticles", "a priori"): "mean curve",
    ("microparticles", "after 3 d"): "0.113",
    ("liposomes", "a priori"): "mean curve (aim 0.20)",
}
OF_BANDS = ("held", "width", "interval")
HEAD = "| | profiles | error (groups) | R2 | 80 % band holds, width, score | 90 % band holds, width, score | bar |"
DRAWN = {"a priori": "#1f4e79", "early columns": "#c55a11", "after 3 d": "#548235", "after 7 d": "#7f6000",
         "after 2 h": "#c55a11", "after 6 h": "#548235", "after 1 d": "#7f6000",
         "all carriers": "#1f4e79", "polymer nanoparticle": "#c55a11", "polymer microparticle": "#548235",
         "lipid vesicle": "#7f6000", "extracellular vesicle": "#7030a0",
         "all fates": "#1f4e79", "the knee": "#c55a11", "other places": "#548235"}  # fmt: skip
_SIDE, _LEFT, _TOP = 200.0, 45.0, 30.0


def write(scores: Scores, path: Path) -> None:
    """Write scores, one a line."""
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(("set", "way", "quantity", "value"))
        for source, ways in scores.items():
            for way, found in ways.items():
                without = isnan(found.get("width 80", 0.0))  # peers have no band
                kept = {n: value for n, value in found.items() if not (without and n.startswith(OF_BANDS))}
                lines.writerows((source, way, name, f"{value:.4f}") for name, value in kept.items())


def read(path: Path) -> dict[str, dict[str, dict[str, float]]]:
    """Read what `write` wrote."""
    scores: dict[str, dict[str, dict[str, float]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            way = scores.setdefault(line["set"], {}).setdefault(line["way"], {})
            way[line["quantity"]] = float(line["value"])
    return scores


def markdown(scores: Scores) -> str:
    """Give scores as tables; a way of use without a band has empty cells."""
    said = []
    for source, ways in scores.items():
        said += [SETS[source], "", HEAD, "|" + "---|" * 7]
        for way, found in ways.items():
            bands = []
            for level in ("80", "90"):
                three = [found.get(f"{name} {level}", nan) for name in ("held", "width", "interval")]
                bands.append("" if isnan(three[1]) else ", ".join(f"{value:.2f}" for value in three))
            said.append(
                f"| {way} | {found['profiles']:.0f} | {found['profile']:.3f} ({found['group']:.3f}) | "
                f"{found['pooled R2']:.2f} | {bands[0]} | {bands[1]} | {BARS.get((source, way), '')} |"
            )
        said.append("")
    return "\n".join(said)


def held_by(found: Mapping[str, float]) -> dict[float, float]:
    """Give the share of points that the bands of each level hold, by the level."""
    return {float(name[5:]) / 100: value for name, value in found.items() if name.startswith("held ")}


def coverage_plot(scores: Scores) -> str:
    """Give an SVG of how often bands of each level hold, a panel for each data set."""
    drawn = {source: {way: held_by(found) for way, found in ways.items() if way in DRAWN}
             for source, ways in scores.items()}  # fmt: skip
    least = min(share for ways in drawn.values() for held in ways.values() for share in held.values())
    floor = min(0.4, 0.2 * (least // 0.2))
    said = []
    for panel, (source, ways) in enumerate(drawn.items()):
        left = _LEFT + panel * (_SIDE + 55.0)

        def at(level: float, held: float, left: float = left) -> str:
            return f"{left + _SIDE * (level - 0.4) / 0.6:.1f},{_TOP + _SIDE * (1.0 - held) / (1.0 - floor):.1f}"

        said.append(f'<text x="{left}" y="{_TOP - 10}">{source}</text>')
        said.append(f'<rect x="{left}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#888"/>')
        said.append(
            f'<polyline points="{at(0.4, 0.4)} {at(1.0, 1.0)}" fill="none" stroke="#bbb" stroke-dasharray="4"/>'
        )
        for share in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
            x, y = at(share, share).split(",")
            if share >= 0.4:
                said.append(f'<text x="{x}" y="{_TOP + _SIDE + 15}" text-anchor="middle">{share:.1f}</text>')
            if share >= floor:
                said.append(f'<text x="{left - 5}" y="{float(y) + 4:.1f}" text-anchor="end">{share:.1f}</text>')
        for row, (way, held) in enumerate(ways.items()):
            points = " ".join(at(level, value) for level, value in sorted(held.items()))
            said.append(f'<polyline points="{points}" fill="none" stroke="{DRAWN[way]}" stroke-width="2"/>')
            y = _TOP + _SIDE + 52 + 15 * row
            said.append(f'<text x="{left}" y="{y}" fill="{DRAWN[way]}">{way}</text>')
        middle = left + 0.5 * _SIDE
        said.append(f'<text x="{middle}" y="{_TOP + _SIDE + 32}" text-anchor="middle">level of the band</text>')
    height = _TOP + _SIDE + 50.0 + 15.0 * max(len(ways) for ways in drawn.values())
    width = _LEFT + len(drawn) * (_SIDE + 55.0)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" font-family="sans-serif" '
        f'font-size="12"><rect width="100%" height="100%" fill="white"/>'
    )
    held = f'<text transform="translate(12 {_TOP + _SIDE / 2}) rotate(-90)" text-anchor="middle">points held</text>'
    return "\n".join([head, held, *said, "</svg>\n"])
