"""What was followed through a site: as plain data, as a table of curves, as figures and as a page."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from formulate.estimate import BAND
from formulate.exposure import Exposed, Group
from formulate.report.canvas import (
    BAND_FILL,
    INK,
    MAIN,
    MUTED,
    PLASMA,
    TARGET,
    WANTED,
    decades,
    drawing,
    panels,
    readable_time,
)
from formulate.report.curves import DAY, Curve, band, sparse
from formulate.report.html import document_html
from formulate.report.legends import legend, line, patch
from formulate.report.page import Document, Picture, Points, Section, Table
from formulate.report.provenance import described, driver_text
from formulate.report.text import duration_text, estimate_text, number
from formulate.sampling import Array
from materials.units import convert

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

POINTS = 120
NEXT_DOSE: dict[str, Any] = {"color": MUTED, "linestyle": ":", "linewidth": 0.7}
DECADES = 7  # a logarithmic axis shows at most
LEVELS = ((1 - BAND) / 2, 0.5, (1 + BAND) / 2)
FIGURES = ("concentration", "amounts", "depth")
HEADS = ("number", "median and 80 % band", "of it from assumed values", "strongest input")


def exposure_results(found: Exposed) -> dict[str, object]:
    """Give what was followed as plain data: numbers by group, curves, doses, inputs, notes."""
    kept = sparse(len(found.time), POINTS)
    return {
        "what": found.what,
        "doses": [
            {"route": event.route, "time": {"value": event.start / DAY, "unit": "d"}, "share": event.share}
            for event in found.events
        ],
        "target": {"text": found.target_text, **_target(found)},
        "numbers": [
            {
                "subject": group.title,
                "estimates": {item.name: {"label": item.label, **item.to_dict()} for item in group.numbers},
            }
            for group in found.groups
        ],
        "curves": {
            "time": {"unit": "d", "values": [float(found.time[index] / DAY) for index in kept]},
            **{
                kind: {name: _shown(curve, kept) for name, curve in curves.items()}
                for kind, curves in _curves(found).items()
            },
        },
        "depths": {name: _depth(found, name) for name in found.depths},
        "notes": list(found.notes),
        "inputs": [described(item.key, item.value, item.set_by) for item in found.inputs],
    }  # fmt: skip


def exposure_frame(found: Sequence[Exposed]) -> "pd.DataFrame":
    """Give every curve, one row per subject, place, time and depth: median and 80 % band."""
    import pandas as pd

    rows = []
    for item in found:
        rows += [pd.DataFrame(depth_columns(item, name)) for name in item.depths]
        for kind, curves in _curves(item).items():
            for place, curve in curves.items():
                rows.append(
                    pd.DataFrame(
                        {
                            "what": item.what,
                            "quantity": kind,
                            "place": place,
                            "unit": curve.unit,
                            "time (d)": item.time / DAY,
                            "depth (mm)": np.nan,
                            "low": curve.low,
                            "median": curve.median,
                            "high": curve.high,
                        }
                    )
                )
    return pd.concat(rows, ignore_index=True)


def exposure_html(found: Sequence[Exposed], date: str | None = None) -> str:
    """Give the report as one HTML page; the same result gives the same bytes."""
    return document_html(exposure_document(found, date or ""))


def exposure_document(found: Sequence[Exposed], date: str = "") -> Document:
    """Give the report as a document that every writer can write."""
    first = found[0]
    sections = []
    for place, item in enumerate(found):
        blocks: list[Table | Picture] = []
        for name in FIGURES:
            if has_figure(item, name):
                blocks.append(Picture(f"{name}{place}", exposure_figure(item, name), CAPTIONS[name]))
        for group in item.groups:
            blocks.append(Table(HEADS, number_rows(group), group.title))
        sections.append(Section(item.what, blocks))
    told = list(dict.fromkeys(note for item in found for note in item.notes))
    warnings = list(dict.fromkeys(text for item in found for text in item.warnings))
    sections.append(Section("Pitfalls that apply here", (Points(told),) if told else ()))
    sections.append(Section("Warnings", (Points(warnings),) if warnings else ()))
    rows = [
        (str(row["key"]), f"{number(float(str(row['typical'])))} {row['unit']}", str(row["band"]), str(row["evidence"]))
        for row in (described(item.key, item.value, item.set_by) for item in first.inputs)
    ]
    inputs = Table(("input", "typical", "band", "evidence"), rows, folded=f"{len(rows)} numbers")
    sections.append(Section("What it rests on", (inputs,)))
    question = f"How long does it stay in the {where(first)}, and where does it go?"
    return Document(first.formulation.label, question, answer(first), sections, date=date)


def answer(found: Exposed) -> str:
    """Give the stay at the site in one sentence."""
    half = next(item for item in found.groups[0].numbers if item.name.endswith("initial_half_life"))
    text = estimate_text(half) if half.exists else half.reason
    return f"{found.what}: {half.label} {text}."


def where(found: Exposed) -> str:
    """Give the site, species and state in words.

    >>> import formulate
    >>> one = {"payload": [{"id": "dasatinib", "dose": "1 mg"}], "regimen": {"site": "knee"}}
    >>> layer = {"id": "free", "carrier": "free-drug-solution", "holds": ["dasatinib"]}
    >>> from formulate.exposure import expose
    >>> from formulate.sampling import TypicalDraw
    >>> where(expose(formulate.new_formulation(layer=[layer], **one), TypicalDraw())[0])
    'human knee, healthy'
    """
    regimen = found.formulation.regimen
    state = f", {regimen.state_or_first.replace('-', ' ')}" if regimen.state_or_first else ""
    return f"{regimen.species} {regimen.site.replace('-', ' ')}{state}"


def number_rows(group: Group) -> list[tuple[str, str, str, str]]:
    """Give the numbers of a group as rows: label, median with band or why there is none, what the band comes from."""
    return [
        (
            item.label,
            estimate_text(item) if item.exists else item.reason,
            "" if item.assumed_share is None else f"{item.assumed_share:.0%}",
            driver_text(item.drivers[0][0]) if item.drivers else "",
        )
        for item in group.numbers
    ]


def has_figure(found: Exposed, name: str) -> bool:
    """Tell whether a figure can be drawn: a carrier that is the drug has no concentration, a fluid no depth."""
    return {"concentration": bool(found.unbound), "amounts": True, "depth": bool(found.depths)}[name]


def exposure_figure(found: Exposed, name: str) -> "Figure":
    """Give a figure: concentration, amounts, or depth."""
    with drawing():
        return {"concentration": _concentrations, "amounts": _amounts, "depth": _depths}[name](found)


CAPTIONS = {
    "concentration": "Unbound concentration in each compartment: median and 80 % band; dashed, the target.",
    "amounts": "Share of all that is given, by where it is: median and 80 % band.",
    "depth": "Unbound concentration against depth in the tissue at some times: median and 80 % band.",
}


def stay_figure(found: Exposed) -> "Figure":
    """Give how much is at the site, and how much of that still acts, in one panel."""
    kinds = _curves(found)
    with drawing():
        figure, (axis,) = panels(1)
        _frame(axis, "", found)
        axis.set_ylim(-0.02, 1.05)
        _draw(axis, found, band(np.sum(list(found.at_site.values()), axis=0), "1"))
        handles = [line(MAIN, "at the site, median"), patch(BAND_FILL, "80 % band")]
        for name, curve in kinds["active share"].items():
            axis.plot(found.time / DAY, curve.median, **PLASMA)
            handles.append(line(PLASMA, f"{name}, median"))
        figure.supylabel("share of all that is given", fontsize=9, color=INK)
        legend(figure, handles)
    return figure


def _concentrations(found: Exposed) -> "Figure":
    curves = exposure_curves(found, "concentration")
    target = None if found.target is None else found.target * _per_mole(found)
    top = max(float(curve.high.max()) for curve in curves.values())
    if target is not None:
        top = max(top, target)
    top = top if top > 0 else 1.0
    shown = [float(curve.median[1:].min()) for curve in curves.values() if curve.median[1:].min() > 0]
    least = min([*shown, *([target / 3] if target else []), top / 30])
    figure, axes = panels(len(curves))
    for axis, (name, curve) in zip(axes, curves.items(), strict=True):
        _frame(axis, name, found)
        axis.set_yscale("log")
        floor = max(least, top * 10.0**-DECADES)
        axis.set_ylim(floor, 2 * top)
        decades(axis, floor, 2 * top)
        _draw(axis, found, curve)
        if target is not None and name == found.formulation.compartment.replace("-", " "):
            wanted = found.formulation.target.seconds / DAY
            axis.fill_between([0, wanted], target, 2 * top, **WANTED)
            axis.axhline(target, **TARGET)
    figure.supylabel("unbound, nmol/L", fontsize=9, color=INK)
    handles = [line(MAIN, "median"), patch(BAND_FILL, "80 % band")]
    if target is not None:
        handles.append(line(TARGET, f"target {number(target)} nmol/L"))
        handles.append(patch(WANTED, f"wanted: above the target for {duration_text(found.formulation.target.seconds)}"))
    legend(figure, [*handles, *_dose_handles(found)])
    return figure


def _amounts(found: Exposed) -> "Figure":
    curves = exposure_curves(found, "amounts")
    figure, axes = panels(len(curves))
    for axis, (name, curve) in zip(axes, curves.items(), strict=True):
        _frame(axis, name, found)
        axis.set_ylim(-0.02, 1.05)
        _draw(axis, found, curve)
    figure.supylabel("share of all that is given", fontsize=9, color=INK)
    legend(figure, [line(MAIN, "median"), patch(BAND_FILL, "80 % band"), *_dose_handles(found)])
    return figure


def _dose_handles(found: Exposed) -> list[Any]:
    return [line(NEXT_DOSE, "a further dose")] if len(found.events) > 1 else []


def _depths(found: Exposed) -> "Figure":
    panes = [(name, index) for name, profile in found.depths.items() for index in range(len(profile.time))]
    figure, axes = panels(len(panes))
    for axis, (name, index) in zip(axes, panes, strict=True):
        profile = found.depths[name]
        depth = np.median(profile.depth, axis=0) * 1e3
        low, median, high = _levels(found, name)[:, :, index]
        title = f"{name.replace('-', ' ')}, {duration_text(float(f'{profile.time[index]:.2g}'))}"
        axis.set_title(title, fontsize=9, loc="left", color=INK)
        axis.fill_between(depth, low, high, **BAND_FILL)
        axis.plot(depth, median, **MAIN)
        axis.set_xlim(0.0, float(depth[-1]))
        axis.set_ylim(0.0, 1.05 * float(high.max()) or 1.0)
        axis.tick_params(labelleft=True, labelbottom=True)  # each on its own scale: levels fall by decades
    figure.supxlabel("depth, mm", fontsize=9, color=INK)
    figure.supylabel("unbound, nmol/L", fontsize=9, color=INK)
    legend(figure, [line(MAIN, "median"), patch(BAND_FILL, "80 % band")])
    return figure


def _frame(axis: "Axes", name: str, found: Exposed) -> None:
    readable_time(axis, float(found.time[-1] / DAY))
    axis.set_title(name, fontsize=9, loc="left", color=INK)
    for event in found.events[1:]:
        axis.axvline(event.start / DAY, **NEXT_DOSE)


def _draw(axis: "Axes", found: Exposed, curve: Curve) -> None:
    days = found.time / DAY
    axis.fill_between(days, curve.low, curve.high, **BAND_FILL)
    axis.plot(days, curve.median, **MAIN)


def exposure_curves(found: Exposed, name: str) -> dict[str, Curve]:
    """Give the curves that a figure shows, by place: concentration, or amounts that are more than nothing."""
    kinds = _curves(found)
    if name == "concentration":
        return kinds["unbound concentration"]
    every = {**kinds["share at the site"], **kinds["active share"], **kinds["share elsewhere"]}
    return {place: curve for place, curve in every.items() if curve.high.max() > 1e-4} or every


def _curves(found: Exposed) -> dict[str, dict[str, Curve]]:
    """Give every curve by quantity and place."""
    factor = _per_mole(found) if found.molar_mass else 1.0
    return {
        "unbound concentration": dict(_bands(found.unbound, "nmol/L", factor)),
        "share at the site": dict(_bands(found.at_site, "1", 1.0)),
        "share elsewhere": dict(_bands(found.elsewhere, "1", 1.0)),
        "active share": dict(_bands(found.active, "1", 1.0)),
    }


def _bands(curves: Mapping[str, Array], unit: str, factor: float) -> Iterator[tuple[str, Curve]]:
    for name, draws in curves.items():
        yield name.replace("-", " "), band(draws, unit, factor)


def _per_mole(found: Exposed) -> float:
    """Give the factor from kg/m3 to nmol/L."""
    assert found.molar_mass
    return convert(1.0 / found.molar_mass, "nmol/L")


def _target(found: Exposed) -> dict[str, object]:
    if found.target is None:
        return {"median": None, "unit": "nmol/L", "reason": "no target concentration is known"}
    return {"median": found.target * _per_mole(found), "unit": "nmol/L"}


def _shown(curve: Curve, kept: Sequence[int]) -> dict[str, object]:
    ends = {"low": curve.low, "median": curve.median, "high": curve.high}
    return {
        "unit": curve.unit,
        "band": BAND,
        **{end: [float(row[index]) for index in kept] for end, row in ends.items()},
    }


def depth_columns(found: Exposed, name: str) -> dict[str, object]:
    """Give the columns of a profile: every depth at every time."""
    profile = found.depths[name]
    depth = np.median(profile.depth, axis=0) * 1e3
    low, median, high = (end.T.ravel() for end in _levels(found, name))
    return {
        "what": found.what,
        "quantity": "unbound concentration at depth",
        "place": name.replace("-", " "),
        "unit": "nmol/L",
        "time (d)": np.repeat(profile.time / DAY, len(depth)),
        "depth (mm)": np.tile(depth, len(profile.time)),
        "low": low,
        "median": median,
        "high": high,
    }


def _levels(found: Exposed, name: str) -> Array:
    """Give low, median and high of a profile [nmol/L], (3, depths, moments)."""
    return np.asarray(np.quantile(found.depths[name].unbound, LEVELS, axis=0) * _per_mole(found))


def _depth(found: Exposed, name: str) -> dict[str, object]:
    profile = found.depths[name]
    low, median, high = _levels(found, name)
    return {
        "depth": {"unit": "mm", "values": [float(value) for value in np.median(profile.depth, axis=0) * 1e3]},
        "times": {"unit": "d", "values": [float(value / DAY) for value in profile.time]},
        "unbound": {"unit": "nmol/L", "band": BAND, "low": low.T.tolist(), "median": median.T.tolist(),
                    "high": high.T.tolist()},
    }  # fmt: skip
