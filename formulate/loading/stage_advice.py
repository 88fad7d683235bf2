"""Which preparation methods suit a payload, with what was published of each, and what works against it."""

from formulate.case import Case
from formulate.loading.prediction import LARGE_MOLECULE
from materials.priors import EfficiencyPrior, encapsulation
from materials.schema import Carrier, Payload
from materials.units import to_si
from materials.values import Value

FEWEST_STUDIES = 5  # below it a family says too little, and what the catalog gives for the carrier is taken
LIPOPHILIC, HYDROPHILIC = 2.0, 1.0  # logP above and below which a method is advised for or against
DOUBLE_EMULSION = "emulsion-water-in-oil-in-water"
ONE_PHASE = ("nanoprecipitation", "emulsion-oil-in-water", "emulsion-solvent-evaporation")
FILM, REMOTE = "thin-film-hydration", "remote-loading"
WEAKEST_BASE, STRONGEST_BASE, OUTSIDE = 5.5, 11.0, 7.4  # pKa that a gradient can use, and the pH around the vesicles
NUCLEIC = ("nucleic-acid", "gene")


def fitted_family(case: Case, prior: EfficiencyPrior) -> str:
    """Give the family whose published efficiencies speak for the carrier, or nothing."""
    carrier = case.inner.entry
    if not isinstance(carrier, Carrier) or (case.method and case.method.id == "remote-loading"):
        return ""
    cell = prior.cell(carrier.carrier_class, "")
    return cell.family if cell and cell.studies >= FEWEST_STUDIES else ""


def method_advice(case: Case) -> tuple[str, ...]:
    """Give which preparation methods suit the payload, with what was published of them, and what works against it."""
    prior, family = encapsulation(), fitted_family(case, encapsulation())
    carrier = case.inner.entry
    if not isinstance(carrier, Carrier) or carrier.form not in ("particle", "vesicle"):
        return ()
    kinds = {name: suits(case, name) for name in carrier.methods}
    good = [_published(prior, family, name) for name, fits in kinds.items() if fits]
    large = _is_large(case)  # hardly any was published by the others: their medians are of small molecules
    poor = [
        name.replace("-", " ") if large else _published(prior, family, name)
        for name, fits in kinds.items()
        if fits is False
    ]
    sentences = []
    if good:
        against = f", rather than {' or '.join(poor)}" if poor else ""
        reason = _reason_in_vesicle(case) if carrier.form == "vesicle" else _reason(case)
        sentences.append(f"{_named(case)} suits {' or '.join(good)}{against}: {reason}")
    elif poor:
        reason = _reason_in_vesicle(case) if carrier.form == "vesicle" else _reason(case)
        sentences.append(f"{_named(case)} does not suit {' or '.join(poor)}: {reason}")
    return (*sentences, *(_ionised(case) if family.startswith("polymer") else ()))


def method_doubts(case: Case) -> tuple[str, ...]:
    """Give the advice when the method in use does not suit the payload; nothing when it does."""
    if case.method is None or suits(case, case.method.id) is not False:
        return ()
    unpublished = "no macromolecule made so is among the published formulations: the prediction means little"
    return (*method_advice(case), *([unpublished] if _is_large(case) else []))


def _is_large(case: Case) -> bool | None:
    found = case.payload.find("molar_mass")
    return None if found is None else to_si(found.typical, found.unit) >= LARGE_MOLECULE


def _logp(case: Case) -> float | None:
    found = case.payload.find("logp_octanol_water") or case.payload.find("logp_calculated")
    return None if found is None else found.typical


def suits(case: Case, method: str) -> bool | None:
    """Tell whether a method suits the payload; None where nothing speaks for or against."""
    logp = _logp(case)
    if method == REMOTE:
        return drawn_in(case)
    if method == FILM:
        if _is_large(case):
            return False
        return None if logp is None else True if logp >= LIPOPHILIC else False if logp < HYDROPHILIC else None
    if _is_large(case):
        return None if method not in (*ONE_PHASE, DOUBLE_EMULSION) else method == DOUBLE_EMULSION
    if logp is None:
        return None
    if method == DOUBLE_EMULSION:
        return False if logp >= LIPOPHILIC else True if logp < HYDROPHILIC else None
    if method in ONE_PHASE:
        return True if logp >= LIPOPHILIC else False if logp < HYDROPHILIC else None
    return None


def drawn_in(case: Case) -> bool | None:
    """Tell whether a gradient of ammonium sulfate draws the payload in: a base, neutral enough outside, and no acid."""
    bases = [found.typical for name in ("pka_base_1", "pka_base_2") if (found := case.payload.find(name))]
    acids = [found.typical for name in ("pka_acid_1", "pka_acid_2", "pka_acid_3") if (found := case.payload.find(name))]
    if not bases and not acids and case.payload.find("logp_octanol_water") is None:
        return None
    return bool(bases) and WEAKEST_BASE <= max(bases) <= STRONGEST_BASE and all(acid > OUTSIDE + 1 for acid in acids)


def _reason_in_vesicle(case: Case) -> str:
    """Give why a payload suits the ways a vesicle is loaded, or not."""
    logp = _logp(case)
    if _is_large(case):
        return "it crosses no bilayer, and of the water only the little that is trapped holds it"
    drawn = drawn_in(case)
    base = "as a base it crosses the bilayer neutral and is held inside as the ion" if drawn else ""
    if logp is not None and logp >= LIPOPHILIC:
        return f"it dissolves in the bilayers{'; ' + base if base else ''}"
    return base or "the bilayers hold little of it, and no base means no gradient to draw it in"


def _named(case: Case) -> str:
    words = []
    logp, solubility = _logp(case), case.payload.find("aqueous_solubility")
    if logp is not None:
        words.append(f"logP {logp:.1f}")
    if solubility is not None:
        words.append(f"{to_si(solubility.typical, solubility.unit):.2g} mg/mL in water")  # kg/m3 is mg/mL
    return f"{case.part.id} ({', '.join(words)})" if words else case.part.id


def _published(prior: EfficiencyPrior, family: str, method: str) -> str:
    cell = prior.cell(family, method)
    words = method.replace("-", " ")
    return f"{words} (published median {cell.median:.0%} in {cell.studies} studies)" if cell else words


def _reason(case: Case) -> str:
    entry = case.payload.entry
    if isinstance(entry, Payload) and entry.payload_class in NUCLEIC:
        return (
            "a nucleic acid does not dissolve with the polymer, and its charge draws it into the water; "
            "bind it to a polycation or calcium phosphate first"
        )
    if _is_large(case):
        return "it does not dissolve with the polymer in the solvent, and the solvent may harm it"
    logp = _logp(case)
    if logp is not None and logp >= LIPOPHILIC:
        return "it dissolves with the polymer, and an inner water phase holds little of it"
    return "it leaves a single oil phase for the outer water"


def _ionised(case: Case) -> tuple[str, ...]:
    """Give what ionisation in the water of the process does, where a pKa and the pH are known."""
    process = case.process.find("process_ph")
    if process is None or _is_large(case):
        return ()
    ph = process.typical
    base = case.payload.find("pka_base_1")
    acid = case.payload.find("pka_acid_1")
    told = []
    if base is not None and base.typical > ph + 1:
        remedy = "raise the pH, or take a polymer with free acid ends, which binds it"
        told.append(_charged(case, "base", base, ph, remedy))
    if acid is not None and acid.typical < ph - 1:
        told.append(_charged(case, "acid", acid, ph, "lower the pH of the water"))
    # one remedy undoes the other in what is acid and base
    return tuple(told) if len(told) < 2 else (f"{case.part.id}, acid and base, is charged in water of pH {ph:g}",)


def _charged(case: Case, kind: str, pka: Value, ph: float, remedy: str) -> str:
    what = f"{case.part.id}, {kind} of pKa {pka.typical:g}, is mostly ionised in water of pH {ph:g}"
    return f"{what} and leaves for it: {remedy}"
