"""What figures show, as tables: every number with its unit in the header and all of its digits."""

from typing import TYPE_CHECKING

import numpy as np

from formulate.criteria import BY_NAME, PERFORMANCE
from formulate.exposure import Exposed
from formulate.formulation import Formulation
from formulate.report import curves
from formulate.report.exposure_page import depth_columns, exposure_curves
from formulate.report.scores import contributions, score_band
from formulate.report.sensitivity_page import bars_of
from formulate.rows import Comparison
from formulate.sensitivity.analysis import Drivers

if TYPE_CHECKING:
    import pandas as pd

_ENDS = ("low", "median", "high")


def nest_frame(formulation: Formulation) -> "pd.DataFrame":
    """Give the nest, one row for each thing that a layer holds."""
    import pandas as pd

    names = {part.id: part.entry.name for part in formulation.payload}
    names |= {layer.id: layer.entry.name for layer in formulation.layer}
    doses = {part.id: part.dose or "" for part in formulation.payload}
    rows: list[dict[str, object]] = [
        {
            "layer": layer.id,
            "carrier": layer.entry.name,
            "dose": layer.dose or "",
            "holds": held,
            "what is held": names.get(held, held),
            "share held (fraction)": share,
            "dose held": doses.get(held, ""),
        }
        for layer in formulation.layer
        for held, share in (layer.shares or {"": 0.0}).items()
    ]
    return pd.DataFrame(rows)


def release_frame(comparison: Comparison) -> "pd.DataFrame":
    """Give the release curves at every time computed; below them what was measured on the bench."""
    import pandas as pd

    frames = []
    for row in comparison.rows:
        if row.prediction is None or not row.prediction.release.has_carriers:
            continue
        curve = curves.released(row.prediction)
        ends = {f"released {end} (fraction)": getattr(curve, end) for end in _ENDS}
        time = {"time (d)": curves.days(row.prediction)}
        frames.append(pd.DataFrame({"carrier": row.label, "what": "computed", **time, **ends}))
        for item in curves.measured(row.prediction.formulation):
            what = "measured on the bench" if item.kind == "points" else "law on the bench"
            given = {"time (d)": item.days, "released median (fraction)": item.share}
            frames.append(pd.DataFrame({"carrier": row.label, "what": what, **given}))
    heads = ["carrier", "what", "time (d)", *(f"released {end} (fraction)" for end in _ENDS)]
    return pd.concat(frames, ignore_index=True)[heads] if frames else pd.DataFrame(columns=heads)


def concentration_frame(comparison: Comparison) -> "pd.DataFrame":
    """Give the unbound concentrations in the target compartment and in plasma, and the target."""
    import pandas as pd

    frames = []
    for row in comparison.rows:
        if (found := row.prediction) is None:
            continue
        place = found.formulation.compartment.replace("-", " ")
        columns: dict[str, object] = {"carrier": row.label, "time (d)": curves.days(found)}
        for name, curve in ((place, curves.unbound(found)), ("plasma", curves.unbound(found, "plasma"))):
            columns |= {f"unbound in {name} {end} (nmol/L)": getattr(curve, end) for end in _ENDS}
        level = curves.target_level(found)
        columns["target (nmol/L)"] = np.nan if level is None else level
        frames.append(pd.DataFrame(columns))
    return pd.concat(frames, ignore_index=True)


def ranking_frame(comparison: Comparison) -> "pd.DataFrame":
    """Give the score of each carrier, its band, and what each part adds to it."""
    import pandas as pd

    places = {row.id: place for place, row in enumerate(comparison.ranked, start=1)}
    records = []
    for row in comparison.rows:
        if row.score is None:
            continue
        mean, low, high = score_band(row)
        record: dict[str, object] = {"carrier": row.label, "id": row.id, "rank": places.get(row.id)}
        record |= {"score mean (0 to 1)": mean, "score low (0 to 1)": low, "score high (0 to 1)": high}
        record["best in (share of draws)"] = row.best_probability
        added = contributions(comparison, row)
        for name in comparison.used_parts():
            record[f"{BY_NAME[name].label}, added to the score (0 to 1)"] = added.get(name, 0.0)
        records.append(record)
    return pd.DataFrame(records).astype({"rank": "Int64"})


def pareto_frame(comparison: Comparison) -> "pd.DataFrame":
    """Give what carriers earn along the two axes, with the bands; empty where it is not known."""
    import pandas as pd

    front = {row.id for row in comparison.front}
    records = []
    for row in comparison.rows:
        if row.score is None:
            continue
        record: dict[str, object] = {"carrier": row.label, "id": row.id}
        for axis in comparison.axes:
            label = "performance" if axis == PERFORMANCE else BY_NAME[axis].label
            draws = comparison.draws_along(row, axis)
            low, high = (np.nan, np.nan) if draws is None else np.quantile(draws, [0.1, 0.9])
            ends = {"low": low, "mean": comparison.along(row, axis), "high": high}
            record |= {f"{label} {end} (0 to 1)": value for end, value in ends.items()}
        records.append({**record, "on the front": row.id in front, "ranked": row.is_ranked})
    return pd.DataFrame(records)


def exposure_frame_of(found: Exposed, name: str) -> "pd.DataFrame":
    """Give what a figure of an exposure shows: concentration, amounts or depth."""
    import pandas as pd

    if name == "depth":
        frames = (pd.DataFrame(_renamed(depth_columns(found, place))) for place in found.depths)
        return pd.concat(list(frames), ignore_index=True)
    columns: dict[str, object] = {"time (d)": found.time / curves.DAY}
    for place, curve in exposure_curves(found, name).items():
        unit = "fraction" if curve.unit == "1" else curve.unit
        for end in _ENDS:
            columns[f"{'unbound in ' if name == 'concentration' else ''}{place} {end} ({unit})"] = getattr(curve, end)
    return pd.DataFrame(columns)


def _renamed(columns: dict[str, object]) -> dict[str, object]:
    """Give the columns of a profile with their unit in the header."""
    unit = columns["unit"]
    return {
        f"unbound {name} ({unit})" if name in _ENDS else name: given
        for name, given in columns.items()
        if name not in ("what", "quantity", "unit")
    }


def tornado_frame(drivers: Drivers) -> "pd.DataFrame":
    """Give the bars of one number, the longest first: what it is with one input low and high, the rest typical."""
    import pandas as pd

    unit = drivers.estimate.unit
    return pd.DataFrame(
        [
            {
                "number": drivers.estimate.label,
                "input": effect.key,
                f"with the input at its 10th percentile ({unit})": low,
                f"with the input at its 90th percentile ({unit})": high,
                f"with all inputs typical ({unit})": drivers.typical,
            }
            for effect, low, high in bars_of(drivers)
        ]
    )
