"""The catalog in force, checked: numbers with a source, references that resolve, units, ranges, mechanisms, words."""

from collections import Counter
from collections.abc import Iterator

from formulate.equations.calculation import describe
from formulate.equations.registry import calculators
from formulate.validation.case import Cases
from materials import catalog, sources, tables
from materials.errors import FormulateError
from materials.evidence import Evidence
from materials.mechanisms import MECHANISMS
from materials.readiness import readiness
from materials.schema import Entry
from materials.units import convert, to_si
from materials.values import Value

cases = Cases("catalog")


def _values() -> Iterator[tuple[Entry, Value, str]]:
    """Give each value that an entry has of its own, with words that name it."""
    for entry in catalog.load().entries():
        for value in entry.property:
            if not value.inherited_from:
                yield entry, value, ".".join(filter(None, (entry.id, value.name, value.payload, value.state)))


@cases.without_fault
def entries_agree() -> list[str]:
    """Ids, properties, layers, states, parents and mechanisms that entries name exist"""
    return [f"{entry}: {field}: {problem}" for entry, field, problem in catalog.problems_between(catalog.load())]


@cases.without_fault
def names_lead_to_one_entry() -> list[str]:
    """An id is of one entry, and an id or synonym leads to one entry of its kind"""
    known = catalog.load()
    twice = [name for name, count in Counter(entry.id for entry in known.entries()).items() if count > 1]
    for kind in catalog.KINDS:
        names = Counter(name for entry in known.kind(kind).values() for name in {entry.id, *entry.synonyms})
        twice += [f"{kind} {name}" for name, count in names.items() if count > 1]
    return twice


@cases.without_fault
def numbers_have_a_source() -> list[str]:
    """Every number has a source, or says how it was derived or why it was assumed"""
    return [
        where
        for _, value, where in _values()
        if not (value.source or value.note) and value.evidence is not Evidence.USER
    ]


@cases.without_fault
def sources_resolve() -> list[str]:
    """Every source that the catalog or this validation names stands in the bibliography"""
    from formulate.validation.run import cases as every_case

    named = {*tables.uses(catalog.load()), *(case.source for case in every_case() if case.source)}
    return sorted(named - sources.keys())


@cases.without_fault
def numbers_in_order() -> list[str]:
    """Low, typical and high of every value stand in this order, and shares are from 0 to 1"""
    known, faults = catalog.load(), []
    for _, value, where in _values():
        low, typical, high = value.ends
        support = known.property(value.name).support
        least, most = to_si(low, value.unit), to_si(high, value.unit)
        beyond = (support != "real" and least < 0.0) or (support == "fraction" and most > 1.0 + 1e-12)
        if not low <= typical <= high or beyond:
            faults.append(f"{where}: {low:g}, {typical:g}, {high:g} {value.unit}")
    return faults


@cases.without_fault
def numbers_are_conceivable() -> list[str]:
    """Every number lies within what its property can be"""
    known = catalog.load()
    told = ((where, known.property(value.name).outside(end, value.unit))
            for _, value, where in _values() for end in value.ends)  # fmt: skip
    return [f"{where}: {problem}" for where, problem in told if problem]


@cases.without_fault
def units_there_and_back() -> list[str]:
    """Every unit of the catalog is read, and a number taken to SI comes back as it was"""
    known = catalog.load()
    faults = []
    for unit in sorted({value.unit for _, value, _ in _values()} | {item.unit for item in known.properties.values()}):
        try:
            back = convert(to_si(0.37, unit), unit)
            if abs(back - 0.37) > 1e-12:
                faults.append(f"{unit}: 0.37 comes back as {back:.15g}")
        except FormulateError as error:
            faults.append(str(error))
    return faults


@cases.without_fault
def distributions_about_the_typical_value() -> list[str]:
    """The distribution that is drawn from has the typical value as its median"""
    known, faults = catalog.load(), []
    for _, value, where in _values():
        typical = to_si(value.typical, value.unit)
        median = known.distribution(value).median
        if abs(median - typical) > 1e-9 * abs(typical):
            faults.append(f"{where}: median {median:g}, typical {typical:g}")
    return faults


@cases.without_fault
def mechanisms_have_what_they_need() -> list[str]:
    """What a mechanism needs of a carrier that names it is given, or said to be missing"""
    known, faults = catalog.load(), []
    for carrier in known.carriers.values():
        told = {gap.name for part in (carrier.id, *carrier.layers) for gap in known.carriers[part].missing}
        for stage in readiness(known, carrier):
            lacks = set(stage.missing) - told if stage.named else set()
            faults += [f"{carrier.id}: no {name} for {stage.mechanism}" for name in sorted(lacks)]
    return faults


@cases.without_fault
def mechanisms_speak_of_known_properties() -> list[str]:
    """Every property that a mechanism reads is in the vocabulary"""
    known = catalog.load().properties
    needed = (
        (declared.id, name)
        for declared in MECHANISMS
        for name in (*declared.needs_carrier, *declared.needs_payload, *declared.needs_site, *declared.may_use)
    )
    return [f"{mechanism}: {name}" for mechanism, name in needed if name not in known]


@cases.without_fault
def calculators_say_their_units() -> list[str]:
    """Every calculator says what it takes and gives, each number with its unit"""
    faults = []
    for name in calculators():
        told = describe(name)
        nameless = [item.name for item in told.inputs if item.kind in ("number", "numbers") and not item.unit]
        faults += [f"{name}: {item} has no unit" for item in nameless]
        if not (told.title and told.outputs):
            faults.append(f"{name}: no title or no result")
    return faults
