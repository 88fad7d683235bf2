"""Whether a payload suits the way its carrier is loaded."""

import numpy as np

from formulate.case import Case
from formulate.feasibility.check import Check, Verdict, by_draws, check, missing
from formulate.feasibility.part import Part
from formulate.feasibility.words import called, length
from formulate.ionisation import neutral_fraction
from formulate.loading.prediction import LARGE_MOLECULE
from formulate.loading.stage_advice import HYDROPHILIC, LIPOPHILIC, method_advice, suits
from formulate.loading.stage_gels import network_details
from formulate.loading.stage_measured import known_loading
from formulate.report.text import number, share_text
from formulate.results import Loading
from formulate.retention.stage_drug import mobility
from formulate.sampling import Array
from materials.errors import FormulateError, MissingValueError
from materials.schema import Carrier, Method, Payload
from materials.units import to_si

BIOLOGIC = ("protein", "growth-factor", "cytokine", "mediator", "nucleic-acid", "gene", "secreted-mixture")
LIVING = ("cell-product",)
STAYS = 0.5  # dissolved share of a suspension, beyond which it is rather a solution
HARDLY = 0.1  # charged share, below which a molecule counts as neutral
BODY_PH = 7.4
WHY = "whether it suits the way of loading"


def mechanism_check(part: Part) -> Check:
    """Hold a payload against the way its carrier is loaded."""
    case = part.case
    if case is None:
        return check("mechanism", "not-applicable", "the carrier is itself the drug: nothing is loaded into it")
    if measured := _measured(case):
        return measured
    found = _by_mechanism(case, part.loading)
    if found is not None and found.verdict != "passes":
        return found
    if part.problem is not None and not isinstance(part.problem, MissingValueError):
        return check("mechanism", "fails", f"it cannot be loaded so: {part.problem}")
    if found is None and isinstance(part.problem, MissingValueError):
        return missing("mechanism", part.problem)
    return found or _open(case)


def _measured(case: Case) -> Check | None:
    """Give the check of a payload whose loading in this carrier somebody measured."""
    try:
        known = known_loading(case)
    except FormulateError:
        return None  # the loading stage refuses it in the same words
    if known.drug_loading is None and known.encapsulation_efficiency is None:
        return None
    found = case.inner.find("drug_loading") or case.inner.find("encapsulation_efficiency")
    return check(
        "mechanism",
        "passes",
        f"{called(case.payload)} was loaded into {called(case.inner)}: {known.basis}",
        found,
    )


def _by_mechanism(case: Case, loading: object) -> Check | None:
    carrier, payload = case.inner.entry, case.payload.entry
    assert isinstance(carrier, Carrier)
    assert isinstance(payload, Payload)
    if payload.payload_class in LIVING and carrier.form not in ("dissolved", "depot"):
        told = f"living cells are no payload of a {carrier.form or carrier.physical_form}; give them as a carrier"
        return check("mechanism", "fails", told)
    mechanism = case.loading_mechanism
    if mechanism == "suspended":
        return _suspended(case, loading)
    if mechanism == "dissolved":
        return check("mechanism", "passes", "whatever dissolves in the vehicle can be given as a solution")
    if mechanism == "adsorbed":
        return _adsorbed(case)
    if mechanism in ("soaked", "affinity-gel"):
        return _soaked(case) or _by_method(case)
    return _by_method(case)


def kind(case: Case) -> str:
    """Give what a payload is to a method: biologic, hydrophobic, hydrophilic, between or unknown."""
    payload = case.payload.entry
    assert isinstance(payload, Payload)
    mass = case.payload.find("molar_mass")
    if mass is not None:
        if to_si(mass.typical, mass.unit) >= LARGE_MOLECULE:
            return "biologic"
    elif payload.payload_class in BIOLOGIC:
        return "biologic"
    logp = case.payload.find("logp_octanol_water") or case.payload.find("logp_calculated")
    if logp is None:
        return "unknown"
    return "hydrophobic" if logp.typical >= LIPOPHILIC else "hydrophilic" if logp.typical < HYDROPHILIC else "between"


def _fits(case: Case, method: Method) -> bool | None:
    """Tell whether a payload suits a method, by what is known of the method itself, else by what it is said to suit."""
    found = suits(case, method.id)
    what = kind(case)
    if found is not None or not method.suits or what in ("unknown", "between"):
        return found
    return what in method.suits


def _by_method(case: Case) -> Check | None:
    method, carrier = case.method, case.inner.entry
    assert isinstance(carrier, Carrier)
    if method is None:
        return None
    fits, advice = _fits(case, method), next(iter(method_advice(case)), "")
    name = method.name.lower()
    if fits:
        told = advice or f"{_named(case)} suits {name}"
        return check("mechanism", "passes", told)
    if fits is None:
        return None
    known = case.inputs.catalog.methods
    others = [known[item] for item in carrier.methods if item in known and item != method.id]
    better = [item.name.lower() for item in others if _fits(case, item)]
    verdict: Verdict = "unsure" if better else "fails"
    told = f"{carrier.id} by {name} does not suit {_named(case)}"
    if better:
        told += f"; by {' or '.join(better)} it does: set method of layer {case.holder.id}"
    return check("mechanism", verdict, told if better or not advice else advice)


def _named(case: Case) -> str:
    words = {
        "biologic": "a large molecule", "hydrophobic": "lipophilic", "hydrophilic": "hydrophilic",
        "between": "between hydrophilic and lipophilic", "unknown": "of unknown lipophilicity",
    }  # fmt: skip
    return f"{called(case.payload)} ({words[kind(case)]})"


def _suspended(case: Case, loading: object) -> Check | None:
    if kind(case) == "biologic":
        return check("mechanism", "fails", f"{_named(case)} is not milled into crystals: give it in solution")
    if not isinstance(loading, Loading):
        return None
    share = loading.dissolved_share
    solubility = case.payload.find("aqueous_solubility")
    told = f"{share_text(float(np.median(share)))} of {called(case.payload)} dissolves in the vehicle typically"
    told += f" ({number(solubility.typical)} {solubility.unit})" if solubility else ""
    return by_draws("mechanism", share < STAYS, f"{told}; crystals stay where less than half does", solubility)


def _soaked(case: Case) -> Check | None:
    """Hold a payload against the mesh of a ready gel that it has to enter, as loading compares the two."""
    try:
        found = next((item for item in network_details(case) if item.name == "solute_to_mesh"), None)
    except MissingValueError:
        return None
    if found is None:
        return None
    share = number(float(np.median(found.draws)))
    told = f"the radius of {called(case.payload)} is {share} of the mesh of {called(case.inner)}, which it has to enter"
    return by_draws("mechanism", found.draws < 1.0, told)


def _adsorbed(case: Case) -> Check | None:
    """Hold a payload against the pores and the charge of what it is adsorbed on."""
    carrier = case.inner
    if carrier.find("pore_diameter") is not None:
        try:
            wide = 2.0 * mobility(case.payload)[1]
        except MissingValueError as error:
            return missing("mechanism", error)
        pores = carrier.read("pore_diameter", WHY)[:, 0]
        if float((wide < pores).mean()) < 1.0:
            told = f"{called(case.payload)} is {length(float(np.median(wide)))} wide, the pores of {called(carrier)} "
            return by_draws(
                "mechanism", wide < pores, f"{told}{length(float(np.median(pores)))}", carrier.find("pore_diameter")
            )
    surface, charge = carrier.find("zeta_potential"), _charge(case)
    if surface is None or charge is None:
        return None
    draws = carrier.read("zeta_potential", WHY)[:, 0]
    potential = f"{number(surface.typical)} mV on {called(carrier)}"
    if not charge:
        told = f"{called(case.payload)} is hardly charged at pH {BODY_PH}, so charge ({potential}) does not hold it"
        lost = kind(case) == "hydrophilic"
        told += ", and water does" if lost else "; what else does is a prior of how such drugs adsorb"
        return check("mechanism", "fails" if lost else "unsure", told, surface)
    against: Array = np.sign(draws) == np.sign(charge)
    share = float((~against.astype(bool)).mean())
    sign = "positive" if charge > 0 else "negative"
    told = f"{called(case.payload)} is {sign} at pH {BODY_PH} and meets {potential}, "
    told += f"opposite in {share_text(share)} of the draws"
    verdict: Verdict = "passes" if share >= 0.9 else "unsure"
    found = check("mechanism", verdict, told, surface)
    return Check(found.name, found.label, verdict, told, share, found.sources)


def _charge(case: Case) -> float | None:
    """Give the sign of the charge of a payload at pH 7.4, 0 where hardly any is charged, None where it is not known."""
    own = case.payload.find("net_charge")
    if own is not None:
        return float(np.sign(own.typical))
    bases = [found.typical for name in ("pka_base_1", "pka_base_2") if (found := case.payload.find(name))]
    acids = [found.typical for name in ("pka_acid_1", "pka_acid_2", "pka_acid_3") if (found := case.payload.find(name))]
    if not bases and not acids:
        return None
    basic = 1.0 - float(neutral_fraction(BODY_PH, bases)) if bases else 0.0
    acid = 1.0 - float(neutral_fraction(BODY_PH, (), acids)) if acids else 0.0
    return 0.0 if max(basic, acid) < HARDLY else float(np.sign(basic - acid))


def _open(case: Case) -> Check:
    """Give the check that no rule decides: loading is computed, and nothing known speaks against it."""
    carrier = case.inner.entry
    assert isinstance(carrier, Carrier)
    if carrier.form == "depot":
        return check(
            "mechanism",
            "passes",
            f"{called(case.payload)} is mixed into {called(carrier)}, which asks nothing of it",
        )
    what = kind(case)
    if what == "unknown":
        told = f"not known: lipophilicity of {called(case.payload)}; need logp_octanol_water, under [payload.set]"
        return check("mechanism", "not-known", told)
    way = case.method.name.lower() if case.method else "the way it is made"
    told = f"{_named(case)}: nothing known speaks for or against {way} of {carrier.id}"
    return check("mechanism", "unsure", told)
