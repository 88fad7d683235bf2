"""What the catalog may name is what is implemented, and what a mechanism says it needs is what it reads."""

import contextlib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import pytest

from formulate import inputs, pipeline
from formulate.case import Case
from formulate.comparison import compare
from formulate.formulation import Formulation, Question
from formulate.inputs import Inputs
from formulate.loading import stage as loading_stage
from formulate.loading import total
from formulate.loading.stage import LOADING
from formulate.release.stage import RELEASE
from formulate.retention.stage import RETENTION
from formulate.sampling import TypicalDraw
from materials import catalog
from materials.errors import DomainError, FormulateError, MissingValueError
from materials.mechanisms import MECHANISMS, mechanism
from materials.schema import Carrier, Entry, Method, Payload, Site

IMPLEMENTED = {"loading": LOADING, "release": RELEASE, "retention": RETENTION}
KNOWN = catalog.load()
KIND = {Carrier: "needs_carrier", Method: "needs_carrier", Payload: "needs_payload", Site: "needs_site"}
KINDS = tuple(dict.fromkeys(KIND.values()))
BODY = "systemic-circulation"  # read of every species that is scaled
SITES = [site for site in KNOWN.sites.values() if site.mechanisms.retention]


@pytest.mark.parametrize("stage", IMPLEMENTED)
def test_what_is_declared_is_what_is_implemented(stage):
    assert {declared.id for declared in MECHANISMS if declared.stage == stage} == set(IMPLEMENTED[stage])


def test_a_mechanism_is_declared_once_and_found():
    assert len({(declared.stage, declared.id) for declared in MECHANISMS}) == len(MECHANISMS)
    for declared in MECHANISMS:
        assert mechanism(declared.stage, declared.id) is declared
    with pytest.raises(KeyError, match="not declared"):
        mechanism("loading", "immediate")  # a mechanism of another stage


def test_every_entry_names_declared_mechanisms():
    for entry in (*KNOWN.carriers.values(), *KNOWN.sites.values()):
        for stage, name in entry.mechanisms.model_dump().items():
            if name:
                assert name in IMPLEMENTED[stage], (entry.id, stage, name)
    assert KNOWN.site("knee").mechanisms.retention


def test_every_mechanism_is_used():
    named = {
        (stage, name)
        for entry in (*KNOWN.carriers.values(), *KNOWN.sites.values())
        for stage, name in entry.mechanisms.model_dump().items()
        if name
    }
    named |= {("loading", entry.loading) for entry in KNOWN.methods.values() if entry.loading}
    assert named == {(declared.stage, declared.id) for declared in MECHANISMS}


@pytest.mark.parametrize("declared", MECHANISMS, ids=lambda item: f"{item.stage}-{item.id}")
def test_every_need_is_a_property_of_the_vocabulary(declared):
    for needs in (
        declared.needs_carrier,
        declared.needs_payload,
        declared.needs_site,
        *declared.needs_parts.values(),
        declared.may_use,
    ):
        assert len(set(needs)) == len(needs)
        for name in needs:
            assert name in KNOWN.properties


def question() -> Question:
    return Question(
        schema_version=1,
        payload=[{"id": "dasatinib", "dose": "5 mg"}],
        regimen={"site": "knee", "state": "osteoarthritis", "volume": "5 mL"},
        calculation={"draws": 16},
    )


def loadable() -> Iterator[Formulation]:
    """Give a formulation of each kind of carrier that can be loaded, by each of its methods, with unlike drugs."""
    common = {"schema_version": 1, "regimen": {"site": "knee", "volume": "5 mL"}, "calculation": {"draws": 16}}
    seen = set()
    for identifier in KNOWN.loadable_carriers():
        carrier = KNOWN.carrier(identifier)
        like = (carrier.carrier_class, carrier.mechanisms.loading, carrier.methods)
        if carrier.form == "system" or like in seen:
            continue
        seen.add(like)
        layer = {"id": "layer", "carrier": identifier}
        if carrier.mechanisms.loading == "own-drug":
            dose = "20 million cells" if carrier.form == "cell" else "1e9 particles"
            yield Formulation(layer=[{**layer, "dose": dose}], **common)
            continue
        for method in carrier.methods or ("",):
            for payload in ("dasatinib", "mirna-mimic"):
                part = {"id": payload, "dose": "0.1 mg"}
                yield Formulation(payload=[part], layer=[{**layer, "holds": [payload], "method": method}], **common)


def solution(identifier: str = "triamcinolone-acetonide", **more: str) -> dict[str, object]:
    layer = {"id": "free", "carrier": "free-drug-solution", "holds": [identifier]}
    return {"payload": [{"id": identifier, "dose": "0.01 mg", "set": more}], "layer": [layer]}


def inside(*carriers: str, identifier: str = "triamcinolone-acetonide", by: str = "") -> dict[str, object]:
    held = [identifier, *(f"layer-{index}" for index in range(len(carriers)))]
    layers = [
        {"id": f"layer-{index}", "carrier": carrier, "holds": [held[index]]} for index, carrier in enumerate(carriers)
    ]
    layers[0]["release_from"] = by
    return {"payload": [{"id": identifier, "dose": "0.01 mg"}], "layer": layers}


def given_at(site: Site) -> Iterator[Formulation]:
    """Give what a site can be asked about: drug in every form, by every route, in every state and some species."""
    contents = [
        solution(),
        inside("free-drug-suspension"),
        inside("plga-microsphere"),
        inside("plga-nanoparticle"),
        inside("liposome"),
        inside("hyaluronic-acid-hydrogel"),
        inside("plga-microsphere", "hyaluronic-acid-hydrogel"),
        inside("plga-microsphere", by="mechanism"),
        inside("liposome", by="mechanism"),
        *(solution(**dict(pair)) for pair in (SPECIAL[:1], SPECIAL[1:3], SPECIAL[3:])),
        solution(**dict(SPECIAL)),
    ]
    first, local = site.states[0], site.routes[0]
    yield from (asked(content, site, "human", first, local) for content in contents)
    for content in (contents[0], contents[3]):
        yield from (asked(content, site, "human", state, local) for state in site.states[1:])
        yield from (asked(content, site, "human", first, route) for route in site.routes[1:])
    yield asked(contents[3], site, site.species[-1], site.states[-1], local)


def asked(content: dict[str, object], site: Site, species: str, state: str, route: str) -> Formulation:
    regimen = {"site": site.id, "species": species, "state": state, "route": route, "start": "1 d", "volume": "0.1 mL"}
    return Formulation(
        schema_version=1, regimen=regimen, calculation={"draws": 16, "horizon": "2 h"}, target={"duration": "1 h"},
        **content,
    )  # fmt: skip


# what few drugs have, and a mechanism reads where it is there
SPECIAL = (
    ("net_charge", "2"),
    ("cartilage_site_concentration", "100 umol/L"),
    ("cartilage_dissociation_constant", "10 umol/L"),
    ("disc_site_concentration", "100 umol/L"),
    ("disc_dissociation_constant", "10 umol/L"),
)

Reads = dict[tuple[str, str], dict[str, set[str]]]


@cache
def reads() -> Reads:
    """Give what each stage read of carrier, payload and site, by stage and mechanism, over every carrier."""
    found: Reads = defaultdict(lambda: defaultdict(set))
    parts: Reads = defaultdict(lambda: defaultdict(set))  # of sites, by their ids
    now: list[tuple[str, str]] = []

    def watched(stage: str, run: object, name_of: object) -> object:
        def call(case: Case, *rest: object) -> object:
            now.append((stage, name_of(case)))
            try:
                return run(case, *rest)
            finally:
                now.pop()

        return call

    def recorded(method: object) -> object:
        def call(self: Inputs, entry: Entry, name: str, *rest: object, **named: object) -> object:
            if now and now[-1][0] == "retention" and isinstance(entry, Site):
                parts[now[-1]][entry.id].add(name)
            elif now:
                found[now[-1]][KIND[type(entry)]].add(name)
            return method(self, entry, name, *rest, **named)

        return call

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inputs.Inputs, "read", recorded(Inputs.read))
        patch.setattr(inputs.Inputs, "typical", recorded(Inputs.typical))
        watched_load = watched("loading", loading_stage.load, lambda c: c.loading_mechanism)
        patch.setattr(pipeline, "load", watched_load)
        patch.setattr(
            pipeline, "release", watched("release", pipeline.release, lambda c: c.inner.entry.mechanisms.release)
        )
        patch.setattr(
            pipeline, "retain", watched("retention", pipeline.retain, lambda c: c.site.entry.mechanisms.retention)
        )
        assert all(row.prediction for row in compare(question()).rows)
        for site in SITES:
            for formulation in given_at(site):
                with contextlib.suppress(FormulateError):  # a gel into a vein, a drug without dissociation constant
                    pipeline.predict(formulation, TypicalDraw())
        patch.setattr(loading_stage, "load", watched_load)
        own = watched("loading", total.own_drug, lambda place: place.carrier.entry.mechanisms.loading)
        patch.setattr(total, "own_drug", own)
        for formulation in loadable():
            with contextlib.suppress(DomainError, MissingValueError):  # RNA in a gradient, crystals of what dissolves
                total.load_all(formulation)
    for site in SITES:
        of_site = parts[("retention", site.mechanisms.retention)]
        found[("retention", site.mechanisms.retention)]["needs_site"] = of_site.pop(site.id)
        PARTS[site.mechanisms.retention] = dict(of_site)
    return found


PARTS: dict[str, dict[str, set[str]]] = {}  # filled by `reads`


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.id)
def test_what_is_read_of_the_parts_of_a_site_is_declared(site):
    reads()
    declared = mechanism("retention", site.mechanisms.retention)
    read = PARTS[declared.id]
    for part, needs in declared.needs_parts.items():
        assert set(needs) <= read.get(part, set()), part
        assert read[part] <= set(needs) | set(declared.may_use), part
    undeclared = {
        part: names - set(declared.may_use)
        for part, names in read.items()
        if part not in declared.needs_parts and part != BODY
    }
    assert not any(undeclared.values()), undeclared


def all_read(kind: str) -> set[str]:
    return set().union(*(by_kind[kind] for by_kind in reads().values()))


@pytest.mark.parametrize("declared", MECHANISMS, ids=lambda item: f"{item.stage}-{item.id}")
def test_every_declared_need_is_read(declared):
    place = (declared.stage, declared.id)
    by_kind = reads()[place]
    for kind in KINDS:
        idle = set(getattr(declared, kind)) - by_kind[kind]
        assert not idle, idle


@pytest.mark.parametrize("declared", MECHANISMS, ids=lambda item: f"{item.stage}-{item.id}")
def test_nothing_is_read_that_is_not_declared_or_optional(declared):
    place = (declared.stage, declared.id)
    by_kind = reads()[place]
    for kind in KINDS:
        assert by_kind[kind] <= set(getattr(declared, kind)) | set(declared.may_use), kind


@pytest.mark.parametrize("carrier", [entry for entry in KNOWN.carriers.values() if entry.mechanisms.release])
def test_a_carrier_gives_what_its_mechanisms_need(carrier):
    methods = [KNOWN.method(name) for name in carrier.methods]
    given = {value.name for entry in (carrier, *methods) for value in entry.property}
    given |= {gap.name for gap in carrier.missing}
    needed = set()
    for stage, name in carrier.mechanisms.model_dump().items():
        if name:
            needed |= set(mechanism(stage, name).needs_carrier)
    assert needed <= given, carrier.id


def test_the_watch_sees_the_reads():
    # that the watch is not blind: these are read wherever there is a particle, a drug, a knee
    assert {"diameter", "burst_fraction"} <= all_read("needs_carrier")
    assert "molar_mass" in all_read("needs_payload")
    assert "lymph_flow" in all_read("needs_site")
