"""Vesicles and cells in a formulation: what their loading is made of, what is told, what is refused."""

from pathlib import Path

import numpy as np
import pytest

from formulate.formulation import read
from formulate.loading.total import LoadingResult, load_all
from formulate.results import Detail
from materials import catalog
from materials.errors import DomainError, FileError, MissingValueError
from materials.units import to_si

AVOGADRO = 6.02214076e23
FREE_CARGO = "cargo outside the vesicles"
HEAD = 'schema_version = 1\nkind = "formulation"\nname = "x"\n'
KNEE = """
[regimen]
site = "knee"
species = "human"
state = "osteoarthritis"
route = "intra-articular"
volume = "5 mL"
[target]
compartment = "synovial-fluid"
unbound_above = "0.1 umol/L"
duration = "28 d"
probability = 0.8
[calculation]
draws = 256
seed = 7
"""


def load(tmp_path: Path, body: str) -> LoadingResult:
    path = tmp_path / "formulation.toml"
    path.write_text(HEAD + body + KNEE, "utf-8")
    formulation = read(path, until="loading")
    return load_all(formulation)  # type: ignore[arg-type]  # a formulation, not a question


def vesicles(payload: str = "mirna-mimic", method: str = "", carrier: str = "msc-exosome", **given: str) -> str:
    settings = "".join(f'{name} = {{ typical = "{value}" }}\n' for name, value in given.items())
    way = f'method = "vesicle-loading-by-{method}"\n' if method else ""
    held = f'[[payload]]\nid = "{payload}"\ndose = "1 ug"\n'
    return f'{held}[[layer]]\nid = "ev"\ncarrier = "{carrier}"\n{way}holds = ["{payload}"]\n[layer.set]\n{settings}'


def own(carrier: str, dose: str) -> str:
    return f'[[layer]]\nid = "own"\ncarrier = "{carrier}"\ndose = "{dose}"\n'


def named(details: tuple[Detail, ...], name: str) -> np.ndarray:
    return next(detail.draws for detail in details if detail.name == name)


EXACT = {
    "diameter": "100 nm",
    "polydispersity_index": "0.0001",
    "density": "1100 kg/m^3",
    "particles_per_protein_mass": "1e10 1/ug",
    "cargo_per_vesicle_protein": "1 g/g",
    "encapsulation_efficiency": "10 percent",
}


def test_cargo_by_hand(tmp_path: Path) -> None:
    # 1e10 vesicles per ug of protein are 0.1 fg of protein each; as much cargo is offered and 10 % of it is taken up:
    # 0.01 fg in a vesicle of 0.576 fg.
    layer = load(tmp_path, vesicles(**EXACT)).payloads[0].layers[0]
    molar = catalog.load().payload("mirna-mimic").value("molar_mass")
    assert layer.drug_loading == pytest.approx(0.01 / 0.57596, rel=1e-3)
    assert layer.encapsulation_efficiency == pytest.approx(0.1)
    assert (layer.convention, layer.basis) == ("A", "given by you")
    copies = named(layer.details, "copies_per_vesicle")
    assert np.median(copies) == pytest.approx(1e-20 * AVOGADRO / to_si(molar.typical, molar.unit), rel=0.01)
    assert layer.molecules_per_particle == pytest.approx(copies, rel=1e-6)  # the count of the stage and of this one
    assert named(layer.details, "vesicles") == pytest.approx(1e-9 / 1e-20, rel=1e-6)
    assert named(layer.details, "vesicle_protein") == pytest.approx(1e-9 / 0.1)  # 1 ug at 0.1 ug per ug of protein


def test_copies_scale_inversely_with_the_vesicles_per_protein(tmp_path: Path) -> None:
    few, many = (
        load(tmp_path, vesicles(**EXACT | {"particles_per_protein_mass": ratio})).payloads[0].layers[0].details
        for ratio in ("2e9 1/ug", "3e10 1/ug")
    )
    assert named(few, "copies_per_vesicle") / named(many, "copies_per_vesicle") == pytest.approx(15.0)


def test_free_cargo_is_told_unless_a_control_was_made(tmp_path: Path) -> None:
    without = load(tmp_path, vesicles(**EXACT))
    assert any(FREE_CARGO in warning for warning in without.warnings)
    corrected = load(tmp_path, vesicles(**EXACT, control_loading_efficiency="8 percent"))
    assert not any(FREE_CARGO in warning for warning in corrected.warnings)
    layer = corrected.payloads[0].layers[0]
    assert layer.encapsulation_efficiency == pytest.approx(0.02)
    assert layer.drug_loading == pytest.approx(without.payloads[0].layers[0].drug_loading / 5)
    assert "control" in layer.basis


def test_a_control_above_the_sample_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="nothing is shown to be loaded"):
        load(tmp_path, vesicles(**EXACT, control_loading_efficiency="12 percent"))


def test_a_control_alone_corrects_nothing(tmp_path: Path) -> None:
    given = {name: value for name, value in EXACT.items() if name != "encapsulation_efficiency"}
    found = load(tmp_path, vesicles(**given, control_loading_efficiency="8 percent"))
    assert any(FREE_CARGO in warning for warning in found.warnings)
    assert any("control_loading_efficiency was set" in warning for warning in found.warnings)


def test_a_known_drug_loading_is_corrected_too(tmp_path: Path) -> None:
    given = EXACT | {"drug_loading": "2 percent_w_w", "control_loading_efficiency": "5 percent"}
    share = load(tmp_path, vesicles(**given)).payloads[0].layers[0].drug_loading
    assert share / (1 - share) == pytest.approx(0.02 / 0.98 / 2)


@pytest.mark.parametrize(
    ("payload", "method", "kind", "typical"),
    [
        ("mirna-mimic", "", "small RNA", 0.10),
        ("mirna-mimic", "incubation", "siRNA made hydrophobic", 0.75),
        ("mrna-generic", "electroporation", "plasmid DNA", 0.05),
        ("bmp2", "sonication", "protein", 0.26),
        ("dasatinib", "sonication", "small molecule", 0.20),
    ],
)
def test_efficiency_is_that_of_the_method_and_the_kind_of_cargo(
    tmp_path: Path, payload: str, method: str, kind: str, typical: float
) -> None:
    # Rankin-Turner 2021, table 1.
    offered = {"cargo_per_vesicle_protein": "0.01 g/g", "particles_per_protein_mass": "1e10 1/ug"}
    layer = load(tmp_path, vesicles(payload, method, **offered)).payloads[0].layers[0]
    assert np.median(layer.encapsulation_efficiency) == pytest.approx(typical, rel=0.02)
    assert kind in layer.basis
    assert "stud" in layer.basis


def test_a_method_not_reported_for_the_cargo_is_as_wide_as_the_others(tmp_path: Path) -> None:
    # Small RNA: 0.5 to 62 % by electroporation, 70 to 80 % by incubation, none by sonication.
    scarce = {"cargo_per_vesicle_protein": "0.01 g/g", "particles_per_protein_mass": "1e10 1/ug"}
    layer = load(tmp_path, vesicles(method="sonication", **scarce)).payloads[0].layers[0]
    low, high = np.quantile(layer.encapsulation_efficiency, [0.05, 0.95])
    assert low == pytest.approx(0.005, rel=0.2)
    assert high == pytest.approx(0.80, rel=0.03)
    assert "not reported for this method: the span of 2 others" in layer.basis


def test_no_more_is_loaded_than_fits(tmp_path: Path) -> None:
    given = EXACT | {"cargo_per_vesicle_protein": "1000 g/g", "bilayer_thickness": "5 nm"}
    found = load(tmp_path, vesicles(**given))
    layer = found.payloads[0].layers[0]
    assert layer.drug_loading == pytest.approx(0.729, rel=1e-3)  # (90/100)^3 of the volume is inside
    assert (layer.encapsulation_efficiency < 0.1).all()
    assert any("fits inside" in warning for warning in found.warnings)


def test_vesicles_of_a_size_that_fits_both_classes(tmp_path: Path) -> None:
    told = "130 nm fits exosomes (30 to 150 nm) and microvesicles (50 to 1000 nm); sizes of 50 to 150 nm fit both"
    assert any(told in warning for warning in load(tmp_path, vesicles()).warnings)
    large = load(tmp_path, vesicles(**EXACT | {"diameter": "400 nm"}))
    tiny = load(tmp_path, vesicles(**EXACT | {"diameter": "20 nm"}))
    assert "20 nm fits no class of vesicles by size: by size msc-exosome is no exosome" in tiny.warnings
    assert "400 nm fits microvesicles (50 to 1000 nm): by size msc-exosome is no exosome" in large.warnings
    as_bud = load(tmp_path, vesicles(carrier="microvesicle-bmsc", **EXACT | {"diameter": "400 nm"}))
    assert "400 nm fits microvesicles (50 to 1000 nm)" in as_bud.warnings  # nothing to add


def test_vesicles_as_the_drug_by_number_and_by_protein(tmp_path: Path) -> None:
    by_number = load(tmp_path, own("msc-exosome", "1e11 particles")).own[0]
    assert (by_number.dose, by_number.unit) == (1e11, "1")
    assert named(by_number.details, "vesicle_concentration") == pytest.approx(1e11 / 5e-6)
    protein = named(by_number.details, "vesicle_protein")
    assert np.median(protein) == pytest.approx(50e-9, rel=0.02)  # 2e9 per ug
    by_protein = load(tmp_path, own("msc-exosome", "50 ug")).own[0]
    assert np.median(named(by_protein.details, "vesicles")) == pytest.approx(1e11, rel=0.02)
    assert any("mass of their protein" in warning for warning in by_protein.warnings)
    assert any("300-fold" in warning for warning in by_protein.warnings)
    # 2000 vesicles per cell and day
    assert np.median(named(by_number.details, "cell_days")) == pytest.approx(5e7, rel=0.02)


def test_cells_as_the_drug(tmp_path: Path) -> None:
    found = load(tmp_path, own("bmsc-cells", "40 million cells")).own[0]
    assert named(found.details, "living_cells") == pytest.approx(40e6)
    assert named(found.details, "cell_concentration") == pytest.approx(8e12)
    given = named(found.details, "cells_given")
    assert (given >= 40e6).all()
    assert np.median(given) == pytest.approx(40e6 / 0.9, rel=0.01)
    assert np.median(named(found.details, "cells_to_thaw")) == pytest.approx(50e6, rel=0.01)
    assert found.warnings == ()
    told = found.details[0].note
    assert "20 million to 50 million" in told
    assert "150 million" in told
    assert "50 million intravenous and 100 million intrathecal" in told


@pytest.mark.parametrize(("dose", "where"), [("10 million cells", "below"), ("200 million cells", "above")])
def test_doses_outside_the_reviews_are_told(tmp_path: Path, dose: str, where: str) -> None:
    warnings = load(tmp_path, own("bmsc-cells", dose)).own[0].warnings
    assert any(f"cells are {where} the doses of the reviews, 20 million to 150 million" in text for text in warnings)


def test_harm_of_many_cells_in_little_volume_is_told_by_the_number(tmp_path: Path) -> None:
    # aabling2025: at most 33.3 million per mL in trials in the knee; wang2026 tells of harm above no number
    crowded = load(tmp_path, own("bmsc-cells", "170 million cells")).own[0].warnings  # in 5 mL
    (told,) = (text for text in crowded if "34 million is above" in text)
    assert all(words in told for words in ("33.3 million 1/mL", "more adverse events", "wang2026"))
    usual = load(tmp_path, own("bmsc-cells", "160 million cells")).own[0].warnings
    sparse = load(tmp_path, own("bmsc-cells", "10 million cells")).own[0].warnings
    assert not any("adverse" in text for text in (*usual, *sparse))


def test_one_draw_of_large_cells_ends_no_run(tmp_path: Path) -> None:
    path = tmp_path / "formulation.toml"
    path.write_text(HEAD + own("bmsc-cells", "40 million cells") + KNEE.replace("5 mL", "0.3 mL"), "utf-8")
    (found,) = load_all(read(path)).own  # type: ignore[arg-type]
    share = next(item.draws for item in found.details if item.name == "volume_share")
    assert np.median(share) > 0.2
    assert share.max() <= 1.0
    assert any("packed at random" in text for text in found.warnings)


def test_cells_are_not_weighed(tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="20 million cells"):
        load(tmp_path, own("bmsc-cells", "5 mg"))


def test_cells_beyond_the_volume_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="whole volume"):
        load(tmp_path, own("bmsc-cells", "1e13 cells"))


def test_a_large_volume_is_told(tmp_path: Path) -> None:
    path = tmp_path / "formulation.toml"
    path.write_text(HEAD + own("bmsc-cells", "40 million cells") + KNEE.replace("5 mL", "20 mL"), "utf-8")
    found = load_all(read(path, until="loading"))  # type: ignore[arg-type]
    assert any("20 mL is more than the 6 mL usual there" in text for text in found.own[0].warnings)


def test_particles_as_the_drug(tmp_path: Path) -> None:
    found = load(tmp_path, own("pbnp", "1 mg")).own[0]
    assert named(found.details, "concentration") == pytest.approx(0.2)  # mg/mL
    with pytest.raises(FileError, match="not itself a drug"):
        load(tmp_path, own("plga-microsphere", "1 mg"))


def test_drug_in_macrophages(tmp_path: Path) -> None:
    # 16.6 pg in a cell of 15 um and 1.07 g/cm3, which weighs 1.891 ng.
    body = (
        '[[payload]]\nid = "doxorubicin"\ndose = "0.1 mg"\n[[layer]]\nid = "cells"\ncarrier = "m2-macrophage"\n'
        'holds = ["doxorubicin"]\n'
    )
    given = '[layer.set]\ncargo_per_cell = "16.6 pg"\ncell_diameter = "15 um"\nbuoyant_density = "1.07 g/mL"\n'
    layer = load(tmp_path, body + given).payloads[0].layers[0]
    assert layer.drug_loading == pytest.approx(16.6e-3 / (16.6e-3 + 1.891), rel=1e-3)
    assert named(layer.details, "cells_for_dose") == pytest.approx(6.02e6, rel=1e-3)
    with pytest.raises(MissingValueError, match="cargo_per_cell"):
        load(tmp_path, body)


def test_more_rna_than_told_is_doubted(tmp_path: Path) -> None:
    assert any("copies per vesicle are more than the 10 told" in text for text in load(tmp_path, vesicles()).warnings)
    scarce = load(tmp_path, vesicles(**EXACT | {"cargo_per_vesicle_protein": "0.001 g/g"}))
    assert not any("copies per vesicle are more" in text for text in scarce.warnings)


def test_results_are_the_same_each_time(tmp_path: Path) -> None:
    first, again = (load(tmp_path, vesicles("dasatinib", "sonication")).payloads[0] for _ in range(2))
    assert (first.given == again.given).all()


def test_the_gel_around_cells_is_told(tmp_path: Path) -> None:
    gel = """
[[layer]]
id = "gel"
carrier = "hyaluronic-acid-hydrogel"
holds = ["own"]
set = { polymer_mass_fraction = "2 percent_w_w", storage_modulus = "100 kPa" }
"""
    cells = own("bmsc-cells", "40 million cells")

    (found,) = load(tmp_path, cells + gel).own
    polymer = next(item.draws for item in found.details if item.name == "gel_polymer")
    assert polymer == pytest.approx(0.02 * 5e-3, rel=0.02)  # of 5 mL at about 1 g/mL
    assert any("too stiff" in text for text in found.warnings)
