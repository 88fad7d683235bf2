"""An agent as a row of a table names it, understood: what it is, and where, in whom, by which route it is given."""

import re
from dataclasses import dataclass, replace

from formulate.fate.priors import DrugClass, Kind, Priors, holds_word, shipped, words_of
from materials.errors import DomainError, FormulateError, nearest, shorten

MICRO = 1e-6  # m; from this diameter on a particle is a microparticle
HEAVY = 2.0  # kg/mol; a molecule above it is no small one
CARRIES = ("particle", "vesicle", "micelle", "gel")
VITRO = "vitro"
_EARLIEST_STATE = {
    "knee": {
        "rheumatoid": r"\bra\b|rheumatoid|synovitis|arthritis|arthritic|inflam|\blps\b|\baia\b|\bcia\b|septic",
        "osteoarthritis": r"\boa\b|osteoarthr|\bacl\b|menisc|\bmmt\b|\bdmm\b|traumatic|collagenase|papain|transect"
        r"|degenerat|deplet",
        "osteoarthritis-effusion": r"effusion",
        "healthy": r"health|normal|naive|na.ve|control|intact|uninjured",
    },
    "disc": {
        "late-degenerate": r"severe|late|advanced|grade [45]",
        "early-degenerate": r"degenerat|mild|early|herniat|patient|grade [23]",
        "healthy": r"health|normal|naive|control|intact",
    },
    "csf": {
        "injured": r"injur|contus|lesion|\bsci\b|transect|compress|clip|penumbra",
        "healthy": r"health|normal|naive|control|intact|uninjured|distal",
    },
    "bone": {"osteoporotic": r"osteopor|ovx|ovariect", "healthy": r"health|normal|naive|control"},
    "defect": {"nonunion": r"nonunion|non-union", "segmental-defect": r"segment|defect", "fracture": r"fractur|callus"},
}
_FIRST_STATE = {"knee": "healthy", "disc": "healthy", "csf": "healthy", "bone": "healthy", "defect": "segmental-defect"}
_TRACER = r"\d{1,3}m?(?:H|C|I|Tc|In|Y|Re|Fe|Cr|S|P|Lu|Zr|Ga|Cu)\b|endogenous|tracer"
_RESIDUALISING = r"tyramine.cellobiose|dilactitol|residuali[sz]ing"
_LOCAL = r"\blocal|implant|subcut|\bsc\b|\bs\.c\.|ectopic|intramuscular|injection|intralesional|intramedullary"


@dataclass(frozen=True)
class Agent:
    """What is given, where, to whom. Numbers in SI; None where nobody gave them."""

    name: str
    kind: Kind
    drug: DrugClass
    payload: str  # of the catalog, where the name is one of its; else empty
    size: float | None
    molar_mass: float | None
    zeta: float | None
    charge: float | None  # net charge number of a molecule
    place: str  # knee, disc, csf, blood, bone, defect, vitro
    tissue: str  # in the words of the row
    species: str
    state: str
    route: str
    dose: float | None  # kg
    holds_drug: bool  # what is followed is inside the carrier, not part of it
    is_tracer: bool = False  # labelled with an isotope, or the body's own: given in little fluid
    label_stays: bool = False  # cells that break it down keep its label
    seen_in: str = ""  # the compartment that the tissue column names
    small_joint: bool = False  # of a horse: carpus, fetlock
    notes: tuple[str, ...] = ()


def understand(
    name: str,
    kind: str = "",
    *,
    size: float | None = None,
    molar_mass: float | None = None,
    zeta: float | None = None,
    zeta_words: str = "",
    species: str = "",
    site: str = "",
    tissue: str = "",
    state: str = "",
    route: str = "",
    dose: float | None = None,
    priors: Priors | None = None,
) -> Agent:
    """Give what a row says of an agent.

    Parameters
    ----------
    name : str
        What it is called: "dexamethasone sodium phosphate solution". Words in it tell the class of the drug.
    kind : str
        small_molecule, protein, nanoparticle, liposome, hydrogel, cells ... ; found in the name where empty.
    size, molar_mass, zeta : float, optional
        Diameter [m], molar mass [kg/mol], zeta potential [V].
    zeta_words : str
        Where it is told in words: "positive pI 10.5".
    species, site, tissue, state, route : str
        As written; "minipig", "RA effusion", "IV" are understood.
    dose : float, optional
        [kg].

    Raises
    ------
    FormulateError
        A kind, species or place that is not known; a size, molar mass that is not above zero.
    """
    known = priors or shipped()
    for what, value, unit in (("size", size, "m"), ("molar mass", molar_mass, "kg/mol"), ("dose", dose, "kg")):
        if value is not None and not value > 0:
            raise DomainError(what, value, unit, "> 0")
    text = words_of(name)
    found = _kind(known, words_of(kind), text, name)
    drug, named = _drug(known, found, text)
    holds = found.holds_drug or (found.form in CARRIES and (named or molar_mass is not None))
    found, holds = _by_size_and_cargo(known, found, size, text, holds)
    if drug.id == "dye" and found.form == "dissolved":
        found = next(item for item in known.kinds if item.id == "dye")
    if molar_mass is not None and molar_mass > HEAVY and drug.id == "small-molecule":
        drug = known.drug("protein" if molar_mass > 6.0 else "peptide")
    place, way = _place(known, words_of(site), words_of(tissue), words_of(route), words_of(state), words_of(species))
    whose, notes = _species(known, words_of(species), place)
    where = f"{words_of(state)} {words_of(tissue)}"
    return Agent(
        name=name,
        kind=found,
        drug=drug,
        payload="" if found.fixed_drug or (holds and found.form == "gel") else _catalog_payload(text),
        size=size,
        molar_mass=molar_mass,
        zeta=zeta if zeta is not None else _zeta_in_words(zeta_words or ("cationic" if "cationic" in text else "")),
        charge=_charge_in_name(name),
        place=place,
        tissue=where.strip(),
        species=whose,
        state=_state(place, where, whose),
        route=way,
        dose=dose if dose is not None else _dose_in_name(name),
        holds_drug=holds,
        is_tracer=re.search(_TRACER, name) is not None,
        label_stays=re.search(_RESIDUALISING, name, re.IGNORECASE) is not None,
        seen_in=_seen_in(words_of(tissue), place),
        small_joint=whose == "horse" and re.search(r"carp|fetlock|phalang|tarsocrural|hock|coffin", where) is not None,
        notes=notes,
    )


def kind_of(text: str) -> Kind:
    """Give the kind that a word stands for; a FormulateError names the nearest."""
    return _kind(shipped(), words_of(text), "", text)


def _kind(known: Priors, kind: str, text: str, name: str) -> Kind:
    for item in known.kinds:
        if kind and (kind in item.words or kind == item.id.replace("-", " ")):
            return item
    for looked in (kind, text):
        held = [(len(word), item) for item in known.kinds for word in item.words if looked and holds_word(looked, word)]
        if held:
            return max(held, key=lambda pair: pair[0])[1]
    if not kind:
        drug = next((item for item in known.drugs for word in item.words if holds_word(text, word)), None)
        if drug is not None:
            return next(item for item in known.kinds if item.drug == drug.id or item.drug == "small-molecule")
    listed = [item.id for item in known.kinds]
    given = f"kind {shorten(kind)!r} is not known" if kind else f"no kind, and {shorten(name)!r} does not tell it"
    raise FormulateError(f"{given}; nearest: {', '.join(nearest(kind or text, listed))}")


def _drug(known: Priors, kind: Kind, text: str) -> tuple[DrugClass, bool]:
    if kind.fixed_drug:
        return known.drug(kind.drug), False
    for item in known.drugs:
        if any(holds_word(text, word) for word in item.words):
            if item.is_label and (kind.form != "dissolved" or kind.family != "drug"):
                continue  # it marks the carrier or the protein
            return item, True
    return known.drug(kind.drug), False


def _by_size_and_cargo(known: Priors, kind: Kind, size: float | None, text: str, holds: bool) -> tuple[Kind, bool]:
    """Move a row to the kind that its size and its name say it is."""
    by_id = {item.id: item for item in known.kinds}
    if kind.form == "dissolved" and re.search(r"suspension|crystal", text) and kind.family == "drug":
        return by_id["suspension"], False
    if kind.id == "nanoparticle" and not holds and re.search(r"magnetic|iron|gold|silica|colloid|spion|cerium", text):
        return by_id["inorganic-nanoparticle"], False
    if size is not None and size >= MICRO and kind.id in ("nanoparticle", "pegylated-nanoparticle"):
        return by_id["microparticle"], holds
    if size is not None and size < MICRO and kind.id == "microparticle":
        return by_id["nanoparticle"], holds
    if kind.id == "liposome" and re.search(r"multivesicular|depocyt|depofoam|exparel", text):
        return by_id["multivesicular-liposome"], True
    if kind.form == "particle" and re.search(r"hydrogel|\bgel\b", text) and size is None:
        return by_id["nanoparticle-in-hydrogel"], True
    if kind.id == "crosslinked-gel" and holds:
        return by_id["drug-hydrogel"], True
    if kind.id == "microparticle" and holds:
        return by_id["drug-microsphere"], True
    return kind, holds


def _catalog_payload(text: str) -> str:
    """Give the payload of the catalog that the name begins or stands by itself, longest first."""
    from materials import catalog

    found = []
    for item in catalog.load().payloads.values():
        for word in {words_of(item.name), item.id.replace("-", " ")}:
            if len(word) > 3 and holds_word(text.replace("-", " "), word.replace("-", " ")):
                found.append((len(word), item.id))
    return max(found)[1] if found else ""


def _place(known: Priors, site: str, tissue: str, route: str, state: str, species: str) -> tuple[str, str]:
    """Give place and route."""
    if not site and (
        VITRO in f"{route} {state} {tissue}".replace("in vitro", VITRO) or species in ("none", "in vitro")
    ):
        return VITRO, "in vitro"
    tissue = site or tissue
    intravenous = holds_word(route, "iv") or "intravenous" in route or "systemic" in route
    for place in ("knee", "disc", "csf"):
        words = known.places[place]["words"]
        if route and not intravenous and any(holds_word(route, word) for word in words):
            return place, str(known.places[place]["route"])
    if intravenous:
        for place in ("blood", "disc", "csf", "knee", "bone", "defect"):
            if any(holds_word(tissue, word) for word in known.places[place]["words"]):
                return ("bone" if place == "defect" else place), "intravenous"
        return ("blood" if not tissue else "organ"), "intravenous"
    if re.search(r"\boral\b|intranasal|\bip\b|intraperit", route):
        return "organ", route
    if route and re.search(_LOCAL, route):
        is_cord = any(holds_word(tissue, word) for word in ("spinal cord", "cord"))
        return ("csf", "local") if is_cord else ("defect", "local")
    for place, item in known.places.items():
        if tissue and any(holds_word(tissue, word) for word in item["words"]):
            return place, str(item["route"])
    if state and not tissue and not route:
        return "knee", "intra-articular"
    need = "need one of knee, disc, csf, blood, bone, defect, or a route such as intra-articular, intrathecal, IV"
    raise FormulateError(f"no place ({shorten(tissue or route or 'nothing')!r}); {need}")


def _seen_in(tissue: str, place: str) -> str:
    """Give the compartment that a tissue column names, empty where it names the site as a whole."""
    if re.search(r"\b(blood|plasma|serum|urine)\b", tissue):
        return "plasma"
    if re.search(r"\bcsf\b|synovial fluid|\bsf\b", tissue):
        return "fluid"
    if place == "knee" and re.search(r"cartilage", tissue):
        return "tissue"
    return "synovium" if place == "knee" and re.search(r"synovi", tissue) else ""


def _species(known: Priors, text: str, place: str) -> tuple[str, tuple[str, ...]]:
    if place == VITRO:
        return "human", ()
    if not text:
        return "human", ("no species given: human",)
    hits = []
    for name, item in known.species.items():
        at = [text.find(word) for word in item["words"] if holds_word(text, word)]
        if at:
            hits.append((min(at), name))
    if not hits:
        raise FormulateError(
            f"species {shorten(text)!r} is not known; nearest: {', '.join(nearest(text, known.species))}"
        )
    own = min(hits)[1]
    like = known.species[own].get("like", {}).get(place, own)
    if like == own:
        return own, ()
    return like, (f"the site is not described for the {own}: computed as a {like}, which is nearest in size",)


def _state(place: str, text: str, species: str) -> str:
    """Give the state whose word comes first."""
    patterns = _EARLIEST_STATE.get(place, {})
    hits = [(m.start(), name) for name, pattern in patterns.items() if (m := re.search(pattern, text))]
    if not hits:
        return "early-degenerate" if (place, species) == ("disc", "human") else _FIRST_STATE.get(place, "")
    first = min(hits)[1]
    if first == "osteoarthritis" and "effusion" in text:
        return "osteoarthritis-effusion"
    return first


def _zeta_in_words(text: str) -> float | None:
    words = words_of(text)
    if re.search(r"positive|cationic|\+", words):
        return 0.02
    if re.search(r"negative|anionic", words):
        return -0.025
    return -0.002 if "neutral" in words else None


def _charge_in_name(name: str) -> float | None:
    """Give the charge of an ion that its name ends in: SO4 2-, Na+."""
    found = re.search(r"(?:\s(\d)|(?<=[A-Za-z]))([+\-])$", name.strip())
    return None if found is None else float(found.group(1) or 1) * (1.0 if found.group(2) == "+" else -1.0)


def _dose_in_name(name: str) -> float | None:
    found = re.search(r"(\d+(?:\.\d+)?)\s*(mg|ug|µg|μg)\b(?!\s*/)", name)
    return None if found is None else float(found.group(1)) * (1e-6 if found.group(2) == "mg" else 1e-9)


def moved(agent: Agent, **changed: object) -> Agent:
    """Give the agent with some of it changed."""
    return replace(agent, **changed)  # type: ignore[arg-type]  # the fields are named by the caller
