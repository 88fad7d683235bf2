"""Carriers that are themselves the drug: cells, vesicles, particles that act; counted, not filled."""

from dataclasses import dataclass

import numpy as np

from formulate.case import OwnPlace
from formulate.fields import own_dose
from formulate.inputs import Subject
from formulate.layer import Layer
from formulate.loading import particles, sizes, vesicle_counts
from formulate.loading.cells import cell_concentration, cell_volume_share, cells_to_thaw, suspension_volume
from formulate.loading.particles import WIDEST_DLS
from formulate.loading.stage_sizes import BASES
from formulate.results import Detail, OwnLoading
from formulate.sampling import Array
from materials.errors import DomainError
from materials.schema import Carrier
from materials.units import si_factor, to_si
from materials.values import Value

DAY = 86400.0  # s
PACKED = 0.64 ** (1 / 3)  # diameter at random packing per that at which spheres would fill the volume
OFTEN = 0.1  # share of the draws from which something is told
ADVERSE = "dose response"  # the topic of risks of cells that grow with their number
SIZE_CLASSES = ("exosome-generic", "microvesicle-generic")  # the entries that define a class by size


def own_drug(place: OwnPlace, layer: Layer) -> OwnLoading:
    """One injection of a carrier that is itself the drug."""
    assert layer.dose is not None
    dose, unit = own_dose(layer.dose)
    carrier = place.carrier.entry
    assert isinstance(carrier, Carrier)
    if carrier.form == "cell" or carrier.physical_form == "cell":
        if unit == "kg":
            raise DomainError("dose", dose, "kg", "a number of cells", f'{carrier.id} is counted: "20 million cells"')
        details, warnings = _cells(place, dose)
    elif carrier.carrier_class.endswith("extracellular-vesicle"):
        details, warnings = _vesicles(place, dose, unit)
    else:
        details, warnings = _particles(place, dose, unit)
    told = (*warnings, *_volume_warnings(place))
    return OwnLoading(layer.id, carrier.id, dose, unit, tuple(details), told)


def preparation(carrier: Subject, number: Array, per_protein: Array, what: str) -> list[Detail]:
    """Give what it takes to have a number of vesicles."""
    found = [
        Detail("vesicles", f"vesicles {what}", "1", number),
        Detail("vesicle_protein", f"protein {what}", "ug", number / per_protein),
    ]
    if carrier.find("particles_per_cell_per_day"):
        rate = carrier.read("particles_per_cell_per_day", "the cells to culture")[:, 0]
        cells = vesicle_counts.cells_for_vesicles(number, rate, DAY)
        found.append(Detail("cell_days", "cells that secrete them in a day", "1", cells, "no vesicle lost"))
    if carrier.find("density") and carrier.find("diameter"):
        size = carrier.read("diameter", "the protein outside vesicles")[:, 0]
        density = carrier.read("density", "the protein outside vesicles")[:, 0]
        free = vesicle_counts.free_protein_share(per_protein, size, density)
        found.append(Detail("free_protein", "protein outside the vesicles", "percent", free, "at least"))
    return found


def uncertain_count(carrier: Subject) -> list[str]:
    """Tell how far the vesicles per protein are from known, unless the user counted."""
    value = carrier.find("particles_per_protein_mass")
    if value is None or value.is_yours or value.low is None or value.high is None:
        return []
    return [
        f"vesicles per protein run {value.high / value.low:.0f}-fold between preparations ({value.low:.0e} to "
        f"{value.high:.0e} {value.unit}): count yours and set particles_per_protein_mass"
    ]


def size_class(carrier: Subject) -> list[str]:
    """Tell which classes of vesicles a diameter fits, and that some sizes fit both."""
    value = carrier.find("diameter")
    if value is None:
        return []
    size = to_si(value.typical, value.unit)
    ranges = {}
    for name in SIZE_CLASSES:
        entry = carrier.inputs.catalog.carriers.get(name)
        limits = entry.value("diameter") if entry else None
        if limits is not None and limits.low is not None and limits.high is not None:
            ranges[name.removesuffix("-generic")] = (to_si(limits.low, limits.unit), to_si(limits.high, limits.unit))
    if len(ranges) < 2:
        return []
    fits = [
        f"{name}s ({low * 1e9:.0f} to {high * 1e9:.0f} nm)"
        for name, (low, high) in ranges.items()
        if low <= size <= high
    ]
    low = max(low for low, _ in ranges.values())
    high = min(high for _, high in ranges.values())
    told = f"{size * 1e9:.4g} nm fits {' and '.join(fits) or 'no class of vesicles by size'}"
    if low <= size <= high:
        told += f"; sizes of {low * 1e9:.0f} to {high * 1e9:.0f} nm fit both, so size alone does not tell them apart"
    # an entry names its class in its id: msc-exosome, microvesicle-bmsc
    named = [name for name in ranges if name in carrier.entry.id.split("-")]
    if named and not any(name.startswith(named[0]) for name in fits):
        told += f": by size {carrier.entry.id} is no {named[0]}"
    return [told]


def _cells(place: OwnPlace, dose: float) -> tuple[list[Detail], list[str]]:
    """Give what it takes to inject a number of living cells."""
    carrier, count = place.carrier, place.inputs.draws.count
    living = np.full(count, dose)
    dense = cell_concentration(living, place.volume)
    if carrier.find("cell_diameter"):  # what no volume can hold, by the typical size
        one = np.pi / 6.0 * np.median(carrier.read("cell_diameter", "the volume of the cells")) ** 3
        if dose * one > place.volume:
            need = f"at most {place.volume / one:.2g} in {place.volume * 1e6:.3g} mL"
            raise DomainError("dose", dose, "cells", need, "the cells would take more than the whole volume")
    details = [
        Detail("living_cells", "living cells", "1", living, dose_guidance(carrier)),
        Detail("cell_concentration", "living cells per volume", "1/mL", dense),
    ]
    warnings: list[str] = []
    if carrier.find("viability"):
        share = carrier.read("viability", "the cells to give")[:, 0]
        given = cells_to_thaw(living, share)
        details.append(Detail("cells_given", "cells given, dead ones among them", "1", given))
    if carrier.find("thaw_recovery"):
        found = carrier.read("thaw_recovery", "the cells to thaw")[:, 0]  # of living cells: the dead are counted in it
        details.append(Detail("cells_to_thaw", "cells to thaw", "1", cells_to_thaw(living, 1.0, found)))
    if carrier.find("cell_diameter"):
        size = carrier.read("cell_diameter", "the volume of the cells")[:, 0]
        full = 1.0 / np.cbrt(np.pi / 6.0 * dense)  # the diameter at which they fill the injection
        crowded = float((size > full * PACKED).mean())
        if crowded > OFTEN:
            warnings.append(
                f"in {crowded:.0%} of the draws the cells take more than 64 % of the injection, as packed at random"
            )
        share = cell_volume_share(dense, np.minimum(size, full))
        details.append(Detail("volume_share", "volume that they take", "percent", share))
    usual = carrier.find("cell_concentration")
    if usual is not None:
        common = carrier.read("cell_concentration", "the volume for the cells")[:, 0]
        details.append(
            Detail("usual_volume", "volume at a common concentration", "mL", suspension_volume(living, common))
        )
        harm = f"; {harm_of_crowding(carrier).told}" if is_crowded(usual, dense[0]) else ""
        warnings += [told + harm for told in _beyond(usual, float(dense[0]), "cells per volume")]
    return details, [*dose_warnings(carrier, dose), *warnings]


def _vesicles(place: OwnPlace, dose: float, unit: str) -> tuple[list[Detail], list[str]]:
    """Give what it takes to inject a number of vesicles, or a mass of their protein."""
    carrier, count = place.carrier, place.inputs.draws.count
    per_protein = carrier.read("particles_per_protein_mass", "number and protein of the vesicles")[:, 0]
    number = vesicle_counts.particles_from_protein(dose, per_protein) if unit == "kg" else np.full(count, dose)
    details = [
        *preparation(carrier, number, per_protein, "in the dose"),
        Detail("vesicle_concentration", "vesicles per volume", "1/mL", number / place.volume),
    ]
    warnings = ["a mass of vesicles is taken as the mass of their protein"] if unit == "kg" else []
    warnings += [*uncertain_count(carrier), *size_class(carrier)]
    if carrier.find("max_particle_concentration"):
        most = carrier.read("max_particle_concentration", "what can be injected")[:, 0]
        often = float((number / place.volume > most).mean())
        if often > OFTEN:
            warnings.append(f"in {often:.0%} of the draws there are more vesicles per volume than stay apart")
    return details, warnings


def _particles(place: OwnPlace, dose: float, unit: str) -> tuple[list[Detail], list[str]]:
    """Give number, mass and concentration of particles that are the drug, as far as size and density are known."""
    carrier, count = place.carrier, place.inputs.draws.count
    amount = np.full(count, dose)
    details: list[Detail] = []
    warnings: list[str] = []
    mass = amount if unit == "kg" else None
    if all(carrier.find(name) for name in ("diameter", "density", "polydispersity_index")):
        each, _ = mean_mass(carrier)
        mass = amount if unit == "kg" else amount * each
        number = mass / each
        details.append(Detail("particles", "particles in the dose", "1", number))
    elif unit == "1":
        warnings.append(
            f"the mass of {dose:.3g} particles is not known: set diameter, polydispersity_index and density"
        )
    if mass is None:
        details.append(Detail("particle_concentration", "particles per volume", "1/mL", amount / place.volume))
        return details, warnings
    details.append(Detail("mass", "mass of the dose", "mg", mass))
    details.append(Detail("concentration", "concentration", "mg/mL", mass / place.volume))
    if carrier.find("max_injectable_concentration"):
        most = carrier.read("max_injectable_concentration", "what can be injected")[:, 0]
        often = float((mass / place.volume > most).mean())
        if often > OFTEN:
            warnings.append(f"in {often:.0%} of the draws the dose is denser than can be injected")
    return details, warnings


def dose_guidance(carrier: Subject) -> str:
    """Give the numbers of cells that the sources tell, each with what it was told of."""
    told = []
    for entry in carrier.inputs.catalog.carriers.values():
        for value in entry.values("cell_dose"):
            if not value.inherited_from:
                split = _by_route(entry)
                told.append(f"{entry.id} {_interval(value)} ({value.conditions}{split})")
    return "given by others: " + "; ".join(told) if told else ""


def _by_route(entry: Carrier) -> str:
    """Give how a dose was split over two routes."""
    names = {"intravenous": "intravenous_cell_dose", "intrathecal": "intrathecal_cell_dose"}
    parts = [f"{_interval(value)} {route}" for route, name in names.items() for value in entry.values(name)[:1]]
    return ": " + " and ".join(parts) if parts else ""


def dose_warnings(carrier: Subject, dose: float) -> tuple[str, ...]:
    """Tell when a number of cells is outside all that the sources tell of any cells."""
    every = [
        value
        for entry in carrier.inputs.catalog.carriers.values()
        for value in entry.values("cell_dose")
        if not value.inherited_from
    ]
    if not every:
        return ()
    low = min(value.ends[0] * si_factor(value.unit) for value in every)
    high = max(value.ends[2] * si_factor(value.unit) for value in every)
    if low * (1 - 1e-9) <= dose <= high * (1 + 1e-9):
        return ()
    where = "above" if dose > high else "below"
    return (f"{_number(dose)} cells are {where} the doses of the reviews, {_number(low)} to {_number(high)}",)


def _beyond(value: Value, given: float, what: str) -> list[str]:
    """Tell when a number is outside the interval of a value."""
    factor = si_factor(value.unit)
    low, _, high = value.ends
    if low * factor * (1 - 1e-9) <= given <= high * factor * (1 + 1e-9):
        return []
    where = "above" if given > high * factor else "below"
    unit = "" if value.unit == "1" else f" {value.unit}"
    return [f"{_number(given / factor)} is {where} what is told of {what}: {_interval(value)}{unit}"]


@dataclass(frozen=True)
class Harm:
    """What sources say that many cells in little volume do."""

    told: str
    sources: tuple[str, ...]


def harm_of_crowding(carrier: Subject) -> Harm:
    """Give what the catalog says of adverse events of cells, of whatever cell it says it, with its sources."""
    said = [
        statement
        for entry in carrier.inputs.catalog.carriers.values()
        if entry.form == "cell"
        for statement in entry.statements("risk")
        if statement.topic == ADVERSE
    ]
    texts = dict.fromkeys(f"{item.text.removesuffix('.')} ({item.source})" for item in said)
    return Harm("; ".join(texts) or "no source tells what more do", tuple(item.source for item in said))


def is_crowded(usual: Value, concentration: float) -> bool:
    """Say whether there are more cells per volume [1/m**3] than in any use that the catalog knows."""
    return bool(concentration > usual.ends[2] * si_factor(usual.unit) * (1 + 1e-9))


def _interval(value: Value) -> str:
    if value.low is None or value.high is None:
        return _number(value.typical)
    return f"{_number(value.low)} to {_number(value.high)}"


def _number(value: float) -> str:
    return f"{value / 1e6:.3g} million" if 1e6 <= value < 1e10 else f"{value:.3g}"


def _volume_warnings(place: OwnPlace) -> list[str]:
    """Tell when the volume is more than the site takes."""
    for name, what in (("injection_volume", "usual"), ("max_injection_volume", "possible")):
        value = place.site.find(name)
        if value is None:
            continue
        most = value.high if value.high is not None else value.typical
        if place.volume > to_si(most, value.unit) * 1.01:
            return [f"{place.volume * 1e6:.3g} mL is more than the {most:g} {value.unit} {what} there"]
    return []


def mean_mass(carrier: Subject) -> tuple[Array, Array]:
    """Give the mean mass of a particle [kg], and the number mean of its diameter [m]."""
    variation = np.sqrt(np.minimum(carrier.read("polydispersity_index", "the mass of a particle")[:, 0], WIDEST_DLS))
    density = carrier.read("density", "the mass of a particle")[:, 0]
    found = carrier.find("diameter")
    basis = BASES[found.basis if found else ""]
    diameter = carrier.read("diameter", "the mass of a particle")[:, 0]
    diameter = sizes.convert_diameter(diameter, variation, basis, "number_mean")
    return 1.0 / particles.particles_per_mass(diameter, density, variation), diameter
