"""Numbers from a structure: what the formula says, an order that chemists know, and what is no molecule refused."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from materials import catalog, chemistry
from materials.chemistry import STANDARD_ERROR, from_smiles
from materials.errors import FormulateError
from materials.evidence import Evidence, Spread
from materials.overlay import lay_over
from materials.template import template

WEIGHTS = {"H": 1.008, "C": 12.011, "N": 14.007, "O": 15.999, "F": 18.998, "S": 32.06, "Cl": 35.45}  # g/mol, IUPAC
MOLECULES: Mapping[str, tuple[str, Mapping[str, int]]] = {
    "ethanol": ("CCO", {"C": 2, "H": 6, "O": 1}),
    "aspirin": ("CC(=O)Oc1ccccc1C(=O)O", {"C": 9, "H": 8, "O": 4}),
    "hexane": ("CCCCCC", {"C": 6, "H": 14}),
    "cysteine": ("N[C@@H](CS)C(=O)O", {"C": 3, "H": 7, "N": 1, "O": 2, "S": 1}),
    "dasatinib": (
        "Cc1nc(Nc2ncc(s2)C(=O)Nc2c(C)cccc2Cl)cc(n1)N1CCN(CCO)CC1",
        {"C": 22, "H": 26, "Cl": 1, "N": 7, "O": 2, "S": 1},
    ),
}


@pytest.fixture(scope="module")
def rdkit():
    return pytest.importorskip("rdkit")


def numbers(smiles: str) -> dict[str, float]:
    return {value.name: value.typical for value in from_smiles(smiles)}


@pytest.mark.usefixtures("rdkit")
class TestStructures:
    @pytest.mark.parametrize("name", MOLECULES)
    def test_the_molar_mass_is_the_sum_of_the_atoms(self, name):
        smiles, formula = MOLECULES[name]
        mass = sum(WEIGHTS[atom] * count for atom, count in formula.items())
        assert numbers(smiles)["molar_mass"] == pytest.approx(mass, abs=0.02)

    def test_log_p_rises_from_alcohol_to_alkane(self):
        found = [numbers(smiles)["logp_octanol_water"] for smiles in ("OCC(O)CO", "CCO", "CCCCO", "CCCCCC", "C" * 12)]
        assert found == sorted(found)
        assert found[1] < 0.5 < 2 < found[3]

    def test_polar_surface_is_that_of_the_fragments(self):
        surface = "topological_polar_surface_area"
        assert numbers("CCCCCC")[surface] == 0
        assert numbers("CCO")[surface] == pytest.approx(20.23)  # one hydroxyl
        assert numbers("OCCO")[surface] == pytest.approx(2 * 20.23)

    def test_each_value_is_derived_with_its_rule_and_fits_the_vocabulary(self):
        known = catalog.shipped()
        mass, log_p, surface = from_smiles("CCO")
        assert {value.evidence for value in (mass, log_p, surface)} == {Evidence.DERIVED}
        assert (log_p.spread, log_p.high - log_p.typical) == (Spread.SD, pytest.approx(STANDARD_ERROR))
        assert "(C2H6O)" in mass.note
        assert "Wildman" in log_p.note
        for value in (mass, log_p, surface):
            assert known.property(value.name).outside(value.typical, value.unit) == ""

    def test_the_way_it_is_written_does_not_matter(self):
        assert numbers("CCO") == numbers("OCC") == numbers(" C(C)O ") == numbers("[CH3][CH2][OH]")

    def test_what_is_close_to_the_drug_of_the_catalog_is_found_again(self):
        dasatinib = catalog.shipped().payload("dasatinib")
        assert numbers(MOLECULES["dasatinib"][0])["molar_mass"] == pytest.approx(
            dasatinib.value("molar_mass").typical, abs=0.1
        )

    @pytest.mark.parametrize(
        ("smiles", "words"),
        [
            ("", "SMILES of 0 characters; need 1 to 2000"),
            ("   \n", "SMILES of 0 characters"),
            ("C" * 2001, "SMILES of 2001 characters"),
            ("aspirin", "'aspirin' is not a structure; need one such as CC(=O)O"),
            ("C(C", "is not a structure"),
            ("c1ccccc", "is not a structure"),
            ("C(C)(C)(C)(C)C", "is not a structure"),
            ("CC*", "is not a structure"),  # any atom has no mass
            ("12345", "is not a structure"),
            ("C\0C", "is not a structure"),
            ("透明质酸", "is not in plain letters"),
            ("[Na+].[Cl-]", "holds several molecules; need one, without its salt or solvent"),
            ("CC(=O)O.O", "holds several molecules"),
            ("C\x1b[31m\nC(", "holds blanks"),
        ],
    )
    def test_what_is_no_molecule_is_refused_in_one_line(self, smiles, words, capfd):
        with pytest.raises(FormulateError) as caught:
            from_smiles(smiles)
        assert words in str(caught.value)
        assert str(caught.value).isprintable()
        assert capfd.readouterr() == ("", "")

    @pytest.mark.parametrize("smiles", ["CCO", r"F/C=C\F", "F/C=C/F"])
    def test_the_values_become_a_catalog_file(self, smiles, empty_folder):
        text = template(catalog.shipped(), "payload", "my-drug", values=from_smiles(smiles))
        assert len(tomllib.loads(text)["payload"][0]["property"]) == 3
        Path("own.toml").write_text(text, "utf-8")
        payload = lay_over(catalog.shipped(), [Path("own.toml")]).payload("my-drug")
        assert {value.name: value.typical for value in payload.property} == numbers(smiles)


def test_without_rdkit_the_refusal_says_how_to_install_it(monkeypatch):
    def absent(name: str) -> None:
        raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr(chemistry, "import_module", absent)
    with pytest.raises(
        FormulateError, match=r"RDKit, which is not installed; run: pip install 'formulate-delivery\[chem"
    ):
        from_smiles("CCO")
