"""Published loadings of several tables as one: a carrier family, a method, an efficiency and descriptors a row."""

from importlib import import_module

import numpy as np
import pandas as pd

COLUMNS = [
    "family", "method", "payload", "study", "ee", "logp", "feed_ratio", "macromolecule", "surfactant_concentration",
]  # fmt: skip
MICROPARTICLE_METHODS = {
    "O/W": "emulsion-oil-in-water", "S/O/W": "emulsion-solid-in-oil-in-water",
    "W/O/W": "emulsion-water-in-oil-in-water", "S/W/O/W": "emulsion-water-in-oil-in-water",
}  # fmt: skip
METHODS = (  # part of the words of the table, id; the first that fits
    ("nanoprecipitation", "nanoprecipitation"),
    ("double emulsion", "emulsion-water-in-oil-in-water"),
    ("W/O/W", "emulsion-water-in-oil-in-water"),
    ("solid-in-oil", "emulsion-solid-in-oil-in-water"),
    ("S/O/W", "emulsion-solid-in-oil-in-water"),
    ("microemulsion", ""),
    ("emulsion", "emulsion-oil-in-water"),
    ("solvent evaporation", "emulsion-oil-in-water"),
    ("remote", "remote-loading"),
    ("lipoplex", "complexation"),
    ("electroporation", "vesicle-loading-by-electroporation"),
    ("sonication", "vesicle-loading-by-sonication"),
    ("freeze-thaw +", ""),
    ("freeze-thaw", "vesicle-loading-by-freeze-thaw"),
    ("pre-loading", "vesicle-loading-through-cells"),
    ("parent", "vesicle-loading-through-cells"),
    ("incubation", "vesicle-loading-by-incubation"),
    ("gelation", "ionotropic-gelation"),
)
LARGE = (
    "bmp-", "albumin", "bfgf", "hyaluronidase", "insulin", "catalase", "bdnf", "filgrastim", "glatiramer", "sirna",
    "nisin",
)  # fmt: skip
COMPILATIONS = ("github", "jnanobiotechnology", "pmc10570584", "10.1109/wids")  # each payload there is another study
STRUCTURES = {  # of payloads without a structure in the tables and in the package chemicals
    "lamotrigine": "Nc1nnc(c(N)n1)-c1cccc(Cl)c1Cl",
    "capecitabine": "CCCCCOC(=O)NC1=NC(=O)N(C=C1F)C1OC(C)C(O)C1O",
    "combretastatin-a4": "COc1ccc(/C=C\\c2cc(OC)c(OC)c(OC)c2)cc1O",
    "kartogenin": "OC(=O)c1ccccc1C(=O)Nc1ccc(cc1)-c1ccccc1",
    "gefitinib": "COc1cc2ncnc(Nc3ccc(F)c(Cl)c3)c2cc1OCCCN1CCOCC1",
    "levofloxacin": "CC1COc2c(N3CCN(C)CC3)c(F)cc3c(=O)c(C(=O)O)cn1c23",
    "bisdemethoxycurcumin": "O=C(/C=C/c1ccc(O)cc1)CC(=O)/C=C/c1ccc(O)cc1",
    "bortezomib": "CC(C)CC(B(O)O)NC(=O)C(Cc1ccccc1)NC(=O)c1cnccn1",
    "celecoxib": "Cc1ccc(cc1)-c1cc(nn1-c1ccc(cc1)S(N)(=O)=O)C(F)(F)F",
}
SAME_PAYLOAD = {
    "procaine_hydrochloride": "procaine", "procaine_dihydrate": "procaine", "curcumin (c3 complex)": "curcumin",
    "resveratrol + puerarin": "resveratrol", "azithromycin dihydrate": "azithromycin",
}  # fmt: skip


def read(paths: list[str]) -> pd.DataFrame:
    """Give the rows of tables in any of the three layouts; a row that two tables hold counts once."""
    tables = []
    for path in paths:
        table = pd.read_csv(path)
        if "small_molecule_name" in table:
            tables.append(_nanoparticles(table))
        elif "encapsulation_efficiency_pct" in table:
            tables.append(_microparticles(table))
        else:
            tables.append(_measurements(table))
    # tables that name the descriptors first
    rows = pd.concat(sorted(tables, key=lambda t: -t.logp.notna().mean()), ignore_index=True)
    rows = rows[rows.ee.notna() & (rows.method != "remote-loading")]  # follows from the gradient, not from medians
    rows = rows.reset_index(drop=True)
    size, feed = rows["size"].round(-1).fillna(0), rows.feed_ratio.round(3).fillna(0)
    first = rows.groupby([rows.study, rows.payload, rows.ee.round(1), size, feed]).table.transform("first")
    rows = rows[rows.table == first].reset_index(drop=True)
    rows["logp"] = rows.logp.fillna(rows.groupby("payload").logp.transform("first"))
    lacking = rows[rows.logp.isna() & (rows.macromolecule == 0)].payload.unique()
    rows["logp"] = rows.logp.fillna(rows.payload.map({name: _logp(name) for name in lacking}))
    rows.loc[rows.macromolecule == 1, "logp"] = np.nan
    listed = rows.study.str.contains("|".join(COMPILATIONS)) & ~rows.family.str.startswith("polymer")
    rows.loc[listed, "study"] += "|" + rows.payload[listed]
    rows["group"] = _joined(rows)
    return rows


def descriptors_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Give the transformed descriptors of rows."""
    surfactant = rows.surfactant_concentration
    return pd.DataFrame(
        {
            "logp": rows.logp.clip(-4, 9),
            "feed_ratio": np.log10(rows.feed_ratio).clip(-3, 0.5),
            "surfactant_free": (surfactant == 0).astype(float).where(surfactant.notna()),
            "macromolecule": rows.macromolecule.astype(float),
        }
    )


def _study(column: pd.Series) -> pd.Series:
    return column.str.replace("https://doi.org/", "").str.lower().str.strip()


def _nanoparticles(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "table": "nanoparticles", "family": "polymer-nanoparticle", "method": "nanoprecipitation",
            "payload": table.small_molecule_name.str.lower(), "study": _study(table.reference), "ee": table.EE,
            "dl": table.LC, "size": table.particle_size, "feed_ratio": table["drug/polymer"], "logp": table.mol_logP,
            "surfactant_concentration": 10 * table.surfactant_concentration, "macromolecule": 0,
        }
    )  # fmt: skip


def _microparticles(table: pd.DataFrame) -> pd.DataFrame:
    table = table.drop_duplicates("formulation_id")
    return pd.DataFrame(
        {
            "table": "microparticles", "family": "polymer-microparticle",
            "method": table.method.map(MICROPARTICLE_METHODS),
            "payload": table.drug.str.lower(), "study": _study(table.doi), "ee": table.encapsulation_efficiency_pct,
            "dl": table.drug_loading_pct, "size": 1000 * table.size_um, "feed_ratio": table.drug_polymer_ratio,
            "logp": table.drug_logp, "surfactant_concentration": np.nan, "macromolecule": 0,
        }
    )  # fmt: skip


def _measurements(table: pd.DataFrame) -> pd.DataFrame:
    payload = table.payload.str.lower()
    note = table.note.fillna("")
    feed, loading = table.drug_polymer_or_lipid_ratio, table.dl_percent
    rows = pd.DataFrame(
        {
            "table": "measurements", "family": table.carrier.map(_family), "method": table.method.map(_method),
            "payload": payload, "study": _study(table.source_url_or_doi), "ee": table.ee_percent, "dl": loading,
            "size": table.size_nm, "feed_ratio": feed, "logp": np.nan,
            "surfactant_concentration": 10 * note.str.extract(r"; [\w\-]+ ([\d.]+)% w/v")[0].astype(float),
            "macromolecule": payload.str.contains("|".join(LARGE)).astype(int),
        }
    )  # fmt: skip
    micelle = rows.family == "micelle"  # loading and feed were reported, efficiency follows in convention A
    rows.loc[micelle, "ee"] = np.minimum(100 * loading / (100 - loading) / feed, 99.5)[micelle]
    return rows


def _family(carrier: str) -> str:
    if "micelle" in carrier:
        return "micelle"
    if carrier.startswith("EV"):
        return "extracellular-vesicle"
    if "iposome" in carrier:
        return "lipid-vesicle"
    if "hitosan" in carrier:
        return "polysaccharide-particle"
    if "PLGA" in carrier or carrier.startswith("PLA "):
        return "polymer-microparticle" if "microparticle" in carrier else "polymer-nanoparticle"
    return "inorganic-particle"


def _method(words: str) -> str:
    return next((name for part, name in METHODS if part in words), "")


def _logp(name: str) -> float:
    """Give Crippen's logP of a payload by its name, or NaN."""
    chem, crippen = import_module("rdkit.Chem"), import_module("rdkit.Chem.Crippen")
    name = SAME_PAYLOAD.get(name, name)
    smiles = STRUCTURES.get(name)
    if smiles is None:
        try:
            smiles = import_module("chemicals.identifiers").search_chemical(name).smiles
        except (ImportError, ValueError):
            return np.nan
    molecule = chem.MolFromSmiles(smiles)
    return float(crippen.MolLogP(molecule)) if molecule else np.nan


def _joined(rows: pd.DataFrame) -> np.ndarray:
    """Give one number to all rows that share a study or a payload, directly or through others."""
    number = np.arange(len(rows))
    while True:
        before = number
        for column in ("study", "payload"):
            number = pd.Series(number).groupby(rows[column].to_numpy()).transform("min").to_numpy()
        if (number == before).all():
            return number
