"""How will microspheres release, and how sure is that? A script with text cells."""

# %% [markdown]
# # A release with its doubt
# Microspheres of PLGA 75:25, known by three numbers. Published profiles of their kind tell the rest, with a band.

# %%
import formulate
from formulate.forecast import points

DAY = 86400.0  # s
formulation = formulate.new_formulation(
    name="Microspheres before they are measured",
    payload=[{"id": "triamcinolone-acetonide", "dose": "10 mg"}],
    layer=[
        {
            "id": "microsphere",
            "carrier": "plga-microsphere",
            "holds": ["triamcinolone-acetonide"],
            "set": {
                "diameter": {"typical": "35 um", "low": "25 um", "high": "50 um", "basis": "volume"},
                "lactide_fraction": "0.75 mol/mol",
                "molecular_weight": {"typical": "60 kg/mol", "average": "weight"},
            },
        }
    ],
    regimen={"site": "knee", "volume": "5 mL"},
    calculation={"horizon": "90 d", "draws": 256},
)
before = formulate.forecast_release(formulation)
print(before.to_frame().iloc[::12].round(3).to_string(index=False))

# %% [markdown]
# The band is wide, because two laboratories with these three numbers differ that much. When would one measurement
# help most?

# %%
best = min(before.next_points, key=lambda point: point.width)
print(f"\nMeasure at {best.time / DAY:.0f} d: the band would be {best.width:.0%} of the dose wide on average.")

# %% [markdown]
# Three days were measured. Bayes' rule moves every curve.

# %%
after = formulate.forecast_release(formulation, points([0.25 * DAY, DAY, 3 * DAY], [0.022, 0.052, 0.092]))
for told, forecast in (("before", before), ("after", after)):
    half = next(number for number in forecast.numbers if number.name == "t50")
    end = "beyond the calculation" if half.high is None else f"{half.high:.0f} {half.unit}"
    print(f"half is out, {told}: {half.median:.0f} {half.unit} ({half.low:.0f} to {end})")
