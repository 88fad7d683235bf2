"""Which carrier for a steroid in an arthritic knee? A script with text cells: run it, or open it as a notebook."""

# %% [markdown]
# # Which carrier?
# A question is what is given, where, and what is wanted. Here: triamcinolone acetonide in a knee with osteoarthritis,
# an unbound concentration above 4 nmol/L for two weeks. Numbers carry their units as text; they are read once, here.

# %%
import formulate
from materials import catalog

question = formulate.new_question(
    payload=[{"id": "triamcinolone-acetonide", "dose": "10 mg"}],
    regimen={"site": "knee", "state": "osteoarthritis", "volume": "4 mL"},
    target={"unbound_above": "4 nmol/L", "duration": "14 d"},
    carriers=["plga-microsphere", "liposome", "hyaluronic-acid-hydrogel", "free-drug-suspension"],
    calculation={"draws": 256},
)
comparison = formulate.compare(question)

# %% [markdown]
# Each row is a carrier; the best stands first. Its numbers are medians with 80 % bands. Look at the band before the
# rank.

# %%
for place, row in enumerate(comparison.rows, start=1):
    cover = row.prediction.assessment.estimates["cover"]
    assumed = "" if cover.assumed_share is None else f"; {cover.assumed_share:.0%} of the band is assumed"
    band = f"({cover.low:.0f} to {cover.high:.0f})"
    print(f"{place}. {row.id}: {cover.label} {cover.median:.0f} {band} {cover.unit}{assumed}")

# %% [markdown]
# Which input moves the answer most, and who says so? The catalog knows the source of every value.

# %%
best = comparison.rows[0].prediction
name, share = best.assessment.estimates["cover"].drivers[0]
print(f"\nThe time above the target hangs most on {name} ({share:.0%} of its band).")
used = next(item for item in best.inputs if item.key == name)
value = used.value
print(f"  {value.typical:g} {value.unit}, {value.evidence}; source: {value.source or 'none'}")

# %% [markdown]
# The same numbers as a table for further work, units in the headers.

# %%
table = comparison.to_frame()
print(f"\n{len(table)} rows, {len(table.columns)} columns; catalog {catalog.load().version}")
