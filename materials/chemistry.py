"""A payload's numbers from its structure, by RDKit (the optional extra `chem`)."""

from importlib import import_module

from materials.errors import FormulateError, shorten
from materials.evidence import Evidence, Spread
from materials.values import Value

STANDARD_ERROR = 0.68  # of log P by atom contributions, in the fit [wildman1999]_
LONGEST_SMILES = 2000  # characters; larger molecules are not described by these rules


def from_smiles(smiles: str) -> tuple[Value, ...]:
    """Give molar mass, calculated log P and polar surface area of a molecule.

    Parameters
    ----------
    smiles : str
        The structure as SMILES, one molecule without its salt partner.

    Returns
    -------
    tuple of Value
        `molar_mass` [g/mol] from standard atomic weights, `logp_octanol_water` [log10] by the atom contributions of
        Wildman and Crippen, `topological_polar_surface_area` [angstrom^2] by the fragments of Ertl; each marked
        derived.

    Raises
    ------
    FormulateError
        RDKit is not installed, or the text is not a structure that it can read.

    Notes
    -----
    The atom contributions were fitted to neutral drug-like molecules; the standard error of the fit is 0.68 log units
    [wildman1999]_. Peptides, nucleic acids and salts lie outside.
    """
    try:
        # by name: what these modules hold is defined at run time, out of sight of a type checker
        chem, log, crippen, descriptors, more_descriptors = (
            import_module(name)
            for name in (
                "rdkit.Chem", "rdkit.RDLogger", "rdkit.Chem.Crippen", "rdkit.Chem.Descriptors",
                "rdkit.Chem.rdMolDescriptors",
            )
        )  # fmt: skip
    except ImportError:
        raise FormulateError(
            "SMILES need RDKit, which is not installed; run: pip install 'formulate-delivery[chem]', "
            "or '.[chem]' in a copy of the source"
        ) from None
    text = smiles.strip()
    if len(text.split()) > 1:
        raise FormulateError(f"SMILES {shorten(text)!r} holds blanks; need one structure")
    if not text.isascii():
        raise FormulateError(f"SMILES {shorten(text)!r} is not in plain letters; need one such as CCO")
    if not text or len(text) > LONGEST_SMILES:
        raise FormulateError(f"SMILES of {len(text)} characters; need 1 to {LONGEST_SMILES}")
    log.DisableLog("rdApp.*")  # it would print its own complaint
    try:
        molecule = chem.MolFromSmiles(text)
    finally:
        log.EnableLog("rdApp.error")
    if molecule is None or molecule.GetNumAtoms() == 0 or any(not atom.GetAtomicNum() for atom in molecule.GetAtoms()):
        raise FormulateError(f"SMILES {shorten(text)!r} is not a structure; need one such as CC(=O)Oc1ccccc1C(=O)O")
    if len(chem.GetMolFrags(molecule)) > 1:
        raise FormulateError(f"SMILES {shorten(text)!r} holds several molecules; need one, without its salt or solvent")
    formula = more_descriptors.CalcMolFormula(molecule)
    how = f"computed from the SMILES {chem.MolToSmiles(molecule)} ({formula}) by RDKit"

    def value(name: str, number: float, unit: str, source: str, rule: str, error: float = 0.0) -> Value:
        interval = (
            {"low": round(number - error, 3), "high": round(number + error, 3), "spread": Spread.SD} if error else {}
        )
        return Value.model_validate(
            {
                "name": name,
                "typical": number,
                "unit": unit,
                "evidence": Evidence.DERIVED,
                "source": source,
                "note": f"{rule}; {how}.",
                **interval,
            }
        )

    return (
        value("molar_mass", round(descriptors.MolWt(molecule), 3), "g/mol", "", "Standard atomic weights"),
        value(
            "logp_octanol_water", round(crippen.MolLogP(molecule), 3), "log10", "wildman1999",
            "Atom contributions of Wildman and Crippen, standard error of the fit 0.68", STANDARD_ERROR,
        ),
        value(
            "topological_polar_surface_area", round(more_descriptors.CalcTPSA(molecule), 2), "angstrom^2", "ertl2000",
            "Fragment contributions of Ertl",
        ),
    )  # fmt: skip
