"""Worked examples that others have published, run through `formulate.calculate` and once through the command line.

Each has its source beside it, and its own tolerance: what the source rounds, or what it leaves out.
"""

import json

import pytest
from click.testing import CliRunner

import formulate
from tui.cli import cli

# calculator, inputs, result, its unit, value, relative tolerance, source
PUBLISHED = [
    pytest.param(
        "lipids-per-vesicle",
        {"diameter": "100 nm", "bilayer-thickness": "5 nm", "area-per-lipid": "0.71 nm^2"},
        "lipids_per_vesicle", "1", 80047, 0.005,
        id="lipids of a liposome: answer on counting liposomes, Encapsula (med.cirdy.com/112937)",
    ),
    pytest.param(
        "vesicle-concentration",
        {"lipid-concentration": "3 umol/L", "lipids": "80047"},
        "vesicle_concentration", "1/mL", 2.26e10, 0.005,
        id="liposomes per mL of 3 umol/L lipid: the same answer",
    ),
    pytest.param(
        "drug-loading",
        {"encapsulation-efficiency": "25.18 %", "feed-ratio": "1 g/g", "convention": "A"},
        "drug_loading", "percent_w_w", 20.12, 0.005,
        id="drug over drug and polymer, sparfloxacin in PLGA: doi 10.1016/j.nano.2009.10.004",
    ),
    pytest.param(
        "drug-loading",
        {"encapsulation-efficiency": "88.3 %", "feed-ratio": "0.666667 g/g", "convention": "B"},
        "drug_loading", "percent_w_w", 35.41, 0.01,
        id="found over theoretical, moxidectin in PLGA: doi 10.3390/ijms241914729",
    ),
    pytest.param(
        "particles-per-mass",
        {"diameter": "10 um", "density": "1.5 g/cm^3"},
        "particles_per_mass", "1/g", 1.27e9, 0.005,
        id="particles in 1 g: teaching text of Micromeritics (firsthope.co.in)",
    ),
    pytest.param(
        "number-concentration",
        {"mass-concentration": "75.9 ug/mL", "diameter": "5 nm", "density": "19.3 g/cm^3"},
        "number_concentration", "1/mL", 6.01e13, 0.005,
        id="gold of 5 nm: answer on concentrations of gold nanoparticles (faqs.tips)",
    ),
    pytest.param(
        "vesicle-rate",
        {"permeability": f"{10**-10.52} cm/s", "inner-radius": "50 nm", "neutral-fraction": "1", "bound-ratio": "0"},
        "vesicle_rate", "1/s", 1.81e-5, 0.01,
        id="glucose from egg PC: log P of Brunner 1980 in MolMeDB, with 3P/r",
    ),
    pytest.param(
        "leakage-from-log-permeability", {"log10-permeability": "-10.52", "inner-radius": "50 nm"},
        "rate", "1/s", 1.81e-5, 0.01,
        id="glucose from egg PC in one call: the same source",
    ),
    pytest.param(
        "leakage-from-log-permeability", {"log10-permeability": "-10.52", "inner-radius": "50 nm"},
        "half_life", "h", 10.6, 0.01,
        id="half-life of glucose in egg PC in one call: the same source",
    ),
    pytest.param(
        "volume-fraction",
        {"mass-fraction": "9 %", "polymer-density": "1.12 g/cm^3", "water-density": "1 g/cm^3"},
        "volume_fraction", "1", 0.0811, 0.001,
        id="PEGDA 3.4k 10 %, 91 % water, of the next",
    ),
    pytest.param(
        "mesh-size-from-composition",
        {"polymer-volume-fraction": "0.0811", "molar-mass-between-crosslinks": "701 g/mol",
         "repeat-unit-mass": "44 g/mol",
         "characteristic-ratio": "4", "bond-length": "0.146 nm", "bonds-per-repeat": "2"},
        "mesh_size_from_composition", "nm", 3.87, 0.04,
        id="mesh of PEGDA 3.4k 10 %: Biomaterials 2012;33:6682, Table 2 (PMC3572364)",
    ),
    pytest.param(
        "mesh-from-water",
        {"water-content": "91 %", "polymer-density": "1.12 g/cm^3", "molar-mass-between-crosslinks": "701 g/mol",
         "repeat-unit-mass": "44 g/mol", "characteristic-ratio": "4", "bond-length": "0.146 nm"},
        "mesh_size", "nm", 3.87, 0.04,
        id="mesh of PEGDA 3.4k 10 % from its water in one call: the same table",
    ),
    pytest.param(
        "share-with-at-least", {"copies": "4", "copies-per-vesicle": "1"},
        "share_with_at_least", "1", 0.01898816, 1e-6,
        id="four or more of a mean of 1: gccllab.github.io/ddPCR, chapter 3, example 1",
    ),
    pytest.param(
        "share-with-at-least", {"copies": "2", "copies-per-vesicle": "0.1"},
        "share_with_at_least", "1", 0.005, 0.1,
        id="two or more of a mean of 0.1: Abedon 2022, Box 4 (doi 10.1089/phage.2022.0019)",
    ),
    pytest.param(
        "occupancy", {"copies-per-vesicle": "1"},
        "loaded_share", "1", 0.6321206, 1e-6,
        id="at least one of a mean of 1: gccllab.github.io/ddPCR, chapter 3, example 3",
    ),
    pytest.param(
        "occupancy", {"copies-per-vesicle": "3"},
        "empty_share", "1", 0.04978707, 1e-6,
        id="none of a mean of 3: gccllab.github.io/ddPCR, chapter 3, example 4",
    ),
    pytest.param(
        "residual-solvent-per-dose", {"residual-content": "1016 ppm", "product-mass": "5.0 g"},
        "residual_solvent_per_dose", "mg", 5.08, 0.001,
        id="acetonitrile in 5.0 g: ICH Q3C, options for class 2, third table",
    ),
    pytest.param(
        "residual-solvent-sum", {"masses": "0.3, 0.9, 3.8 g", "contents": "800, 2000, 800 ppm"},
        "solvent", "mg", 5.08, 0.001,
        id="acetonitrile in a drug and two excipients: ICH Q3C, 3.3, second example",
    ),
    pytest.param(
        "residual-solvent-sum", {"masses": "0.3, 0.9, 3.8 g", "contents": "800, 2000, 800 ppm"},
        "residual_content", "ppm", 1016, 0.001,
        id="acetonitrile per product: ICH Q3C, 3.3, second example",
    ),
    pytest.param(
        "largest-residual-content", {"permitted-daily-exposure": "4.1 mg/d"},
        "largest_residual_content", "ppm", 410, 1e-6,
        id="acetonitrile, option 1: ICH Q3C, Table 2",
    ),
    pytest.param(
        "salt-for-isotonicity",
        {"volume": "30 mL", "solute-mass": "0.135 g", "sodium-chloride-equivalent": "0.18 g/g"},
        "salt_for_isotonicity", "g", 0.2457, 0.001,
        id="30 mL of 0.45 % drug made isotonic: pharmacyexamquestions.com, isotonicity b",
    ),
    pytest.param(
        "salt-for-isotonicity",
        {"volume": "10 mL", "solute-mass": "0.08 g", "sodium-chloride-equivalent": "0.16 g/g"},
        "salt_for_isotonicity", "g", 0.0772, 0.001,
        id="zinc sulfate eye drops: rxistsource.blogspot.com, November 2012",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "inputs", "result", "unit", "value", "tolerance"), PUBLISHED)
def test_a_published_example_comes_out(name, inputs, result, unit, value, tolerance):
    done = formulate.calculate(name, **inputs)
    assert done.fields[result].to(unit) == pytest.approx(value, rel=tolerance)


def test_the_command_line_gives_the_same():
    arguments = ["diameter=100 nm", "bilayer-thickness=5 nm", "area-per-lipid=0.71 nm^2", "--json"]
    done = CliRunner().invoke(cli, ["calculate", "lipids-per-vesicle", *arguments])
    shown = json.loads(done.stdout)["results"]["values"]["lipids_per_vesicle"]
    assert shown["unit"] == "1"
    assert shown["value"] == pytest.approx(80047, rel=0.005)


def test_half_of_the_glucose_has_left_after_its_half_life():
    # Brunner 1980 via MolMeDB: 10.6 h for vesicles of 50 nm radius
    rate = formulate.calculate(
        "vesicle-rate", permeability=f"{10**-10.52} cm/s", inner_radius="50 nm", neutral_fraction=1.0, bound_ratio=0.0
    )
    left = formulate.calculate("vesicle-released", time="10.6 h", rate=f"{rate.value} 1/s", burst_fraction=0.0)
    assert left.value == pytest.approx(0.5, rel=0.01)


def test_one_copy_of_an_abundant_microrna_in_over_a_hundred_exosomes():
    # Chevillet 2014 (doi 10.1073/pnas.1408301111): 0.00825 molecules per exosome
    assert formulate.calculate("occupancy", copies_per_vesicle=0.00825).fields["vesicles_per_loaded"].value > 100


def test_a_liposome_of_doxorubicin_holds_ten_to_fifteen_thousand_molecules():
    # the count: J Oncol 2010, 723798, Figure 2; drug to lipid from the label of Doxil, 0.16 mol/mol; 80 to 90 nm;
    # 0.46 nm2 is the mean of 60 % phospholipid at 0.60 and 40 % cholesterol at 0.25
    area = formulate.calculate("mean-area-per-lipid", amounts="60, 40", areas="0.60, 0.25 nm^2")
    assert area.to("nm^2") == pytest.approx(0.46)
    lipids = formulate.calculate(
        "lipids-per-vesicle", diameter="80, 85 nm", bilayer_thickness="5 nm", area_per_lipid="0.46 nm^2"
    )
    drug = formulate.calculate("molecules-per-vesicle", drug_to_lipid="0.16 mol/mol", lipids=lipids.value)
    assert ((drug.value > 10_000) & (drug.value < 15_000)).all()
