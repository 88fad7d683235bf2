"""What do these release data say? A script with text cells."""

# %% [markdown]
# # Fit measured release
# Three vials, in percent of the dose. A file is read by `formulate.read_release("my-release.csv")`; arrays do as well.
# The numbers are invented.

# %%
import formulate

times = [0.25, 1, 3, 7, 14, 21, 28]  # d
vials = [
    [6.0, 13.2, 22.4, 38.9, 63.5, 79.8, 88.7],
    [7.1, 14.9, 24.0, 41.2, 66.0, 82.1, 90.4],
    [5.4, 13.8, 23.1, 40.3, 64.9, 80.6, 89.9],
]
data = formulate.release_data(times, vials, time_unit="d", unit="percent")

# %% [markdown]
# Name the models beforehand: the best of very many may be best by chance.

# %%
analysis = formulate.fit(data, models="first_order,weibull_2,higuchi,korsmeyer_peppas")
profile = analysis.profile()
for place in profile.ranking.places:
    print(f"{place.place}. {place.name}, AICc {place.value:.1f}, weight {place.weight:.2g}")

# %% [markdown]
# The best one with intervals, and what the data cannot tell.

# %%
for item in profile.best.fit.parameters:
    print(f"  {item.name} = {item.value:.3g} ({item.low:.3g} to {item.high:.3g}) {item.unit.format(t='d')}")
for finding in profile.best.findings:
    print(f"  ! {finding.text}")

# %% [markdown]
# Is a second batch alike? Here the same batch, 3 % faster, stands for it.

# %%
second = formulate.release_data(
    times, [[1.03 * point for point in vial] for vial in vials], time_unit="d", unit="percent"
)
alike = formulate.compare_profiles(data, second)
print(f"\nf2 = {alike.factors.f2:.1f}")
