"""What may be asked of an open formulation or table beyond its report, and the fields that say how."""

from collections.abc import Mapping
from dataclasses import replace

from formulate.form.parts import Choice, Field

ASKED = "asked"  # the first part of the path of each field
OWN = "as the formulation has it"
PATIENTS = ("young", "elderly", "systemic-disease", "blood-disease")
_DESIGNS = (128, 256, 512, 1024, 2048)


def _field(name: str, label: str, default: str = "", help_text: str = "", unit: str = "", **more: object) -> Field:
    kind = "quantity" if unit else "text"
    return replace(Field((ASKED, name), label, kind, default=default, unit=unit, help=help_text), **more)  # type: ignore[arg-type]  # names of its fields


_FIELDS: Mapping[str, tuple[Field, ...]] = {
    "plan": (
        _field("patient", "patients", "all kinds", "Whose cells suit this kind of patient.", kind="choice",
               choices=tuple(Choice(name, name.replace("-", " ")) for name in PATIENTS)),
    ),
    "schedules": (
        _field("above", "level to hold", OWN, "Unbound, such as 0.1 umol/L. Where the formulation has none either, "
               "the effective concentration of the catalog.", kind="concentration"),
        _field("duration", "held for", OWN, "From the first hour on.", "d"),
        _field("probability", "share of draws", OWN, "The share of the draws that must hold it: 80 %.", "percent"),
        _field("injections", "injections", "a few common", "Numbers to try, with commas between: 1,2,4."),
    ),
    "drivers": (
        _field("of", "numbers", "the main ones",
               "By their names, with commas between: cover, drug_half_life, release_t50; all for all there are."),
        _field("design", "draws of a design", "none: its own",
               "Sobol indices from draws of their own, which tell what inputs do together; they take longer.",
               kind="choice", choices=tuple(Choice(str(draws), str(draws)) for draws in _DESIGNS)),
    ),
    "recipe": (
        _field("doses", "doses", "1", "Injections to make; leave it out where you give a batch mass.", kind="number"),
        _field("overage", "overage", "0 %", "Made beyond the doses.", "percent"),
        _field("process_yield", "yield", "of assay or method", "Product per drug and carrier put in.", "percent"),
        _field("fill_loss", "lost in filling", "5 %, assumed", "Stays in vials, needles and syringes.", "percent"),
        _field("batch_mass", "batch mass", "by the doses", "Loaded carrier to make, in place of doses.", "g"),
        _field("solvent", "solvent", "of the method", "Another than the usual one: an id such as acetone."),
    ),
    "dialysis": (
        _field("models", "laws", "a few common", "Release laws to try, with commas between: first_order, weibull_2."),
        _field("donor", "in the bag", "not told", "The volume, together with that around the bag. Without both "
               "nothing goes back into the bag.", "mL"),
        _field("receiver", "around the bag", "not told", "The volume of the medium outside.", "mL"),
        _field("unbound", "not bound again", "100 %", "Of the drug that was released in the bag.", "percent"),
        _field("recovery", "recovery fitted", "no", "Of the run of free drug too, which may end below 100 %.",
               kind="choice", choices=(Choice("yes", "yes"),)),
        _field("level", "level", "95 %", "Of every interval and band.", "percent"),
    ),
}  # fmt: skip


ASKING = tuple(_FIELDS)


def asked_fields(kind: str, given: Mapping[str, str]) -> list[Field]:
    """Give the fields of what is asked, with what was typed into them; none of a kind that asks nothing."""
    return [replace(field, given=given.get(str(field.path[-1]), "")) for field in _FIELDS.get(kind, ())]
