"""What must a gel be to hold a growth factor for two weeks? A script with text cells."""

# %% [markdown]
# # Design to a target
# A target says what is wanted, what must not be passed, and what may be chosen.

# %%
import formulate

target = formulate.new_target(
    name="BMP-2 in a PEG gel for a nonunion, two weeks",
    schema_version=1,
    kind="target",
    carriers=["peg-hydrogel"],
    payload=[{"id": "bmp2", "dose": "1 mg"}],
    regimen={"site": "bone-defect", "state": "nonunion"},
    target={"unbound_above": "1 nmol/L", "duration": "14 d", "probability": 0.7},
    limits={"volume": "5 mL", "plasma_below": "20 pmol/L", "excipients": "1 g"},
    choice=[
        {"name": "dose", "low": "0.2 mg", "high": "6 mg"},
        {"of": "peg-hydrogel", "name": "polymer_mass_fraction", "low": "5 percent_w_w", "high": "25 percent_w_w"},
        {"of": "peg-hydrogel", "name": "molar_mass_between_crosslinks", "low": "0.5 kg/mol", "high": "10 kg/mol"},
    ],
    calculation={"draws": 64},
)
found = formulate.design(target, designs=32)

# %% [markdown]
# Is there one? The probabilities are from fresh draws that had no part in the choice.

# %%
print("can be met" if found.is_met else "cannot be met within these choices")
for number, proposal in enumerate(found.proposals, start=1):
    chosen = ", ".join(f"{setting.name} {setting.value:.3g}" for setting in proposal.outcome.settings)
    low, high = proposal.interval
    print(f"{number}. {chosen}: all of it held with {proposal.probability:.0%} ({low:.0%} to {high:.0%})")

# %% [markdown]
# A proposal is a formulation like any other: predict it, check it, weigh it out.

# %%
first = found.proposals[0].formulation
for check in formulate.check_feasibility(first):
    print(f"  {check.name}: {check.verdict}")
