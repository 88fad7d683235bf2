"""The fate of an agent from what little is known of it: words understood, limits kept, refusals in one line."""

import io
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formulate.fate.agent import understand
from formulate.fate.answer import numbers
from formulate.fate.course import Course, follow, radius_of, release_of
from formulate.fate.metrics import read_metric, read_time
from formulate.fate.predict import Fate, Predictor, banded, predict_fate, predict_rows
from formulate.fate.priors import Width, read_priors, shipped
from formulate.fate.report import fate_text, fates_csv
from formulate.fate.table import one_row, read_rows
from formulate.fate.transport import in_cartilage
from formulate.sampling import Draws
from materials import catalog
from materials.errors import FileError, FormulateError

FEW = Draws(32)
ONE = Predictor(32, kept=100)  # follows an agent once, whatever is asked of it
HEAD = "agent,kind,size_nm,mw_g_per_mol,zeta_mV,species,joint_state,metric,value,unit,time\n"


def asked(**given):
    return one_row({"agent": "agent", "metric": "half_life", "species": "rat", "site": "knee", **given})


def median(**given) -> float:
    found = ONE.predict(asked(**given))
    assert found.median is not None, found.reason
    return found.median


# ---- words ----


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"kind": "small_molecule", "state": "RA effusion"}, ("knee", "rheumatoid")),
        ({"kind": "small_molecule", "state": "OA effusion"}, ("knee", "osteoarthritis-effusion")),
        ({"kind": "protein", "state": "5 d after ACL transection"}, ("knee", "osteoarthritis")),
        ({"kind": "protein", "state": "naive and meniscal tear"}, ("knee", "healthy")),
        ({"kind": "cells", "route": "intradiscal"}, ("disc", "healthy")),
        ({"kind": "small_molecule", "route": "intrathecal", "tissue": "CSF"}, ("csf", "healthy")),
        ({"kind": "exosome", "route": "IV", "tissue": "contused spinal cord"}, ("csf", "injured")),
        ({"kind": "exosome", "route": "IV", "tissue": "blood"}, ("blood", "")),
        ({"kind": "exosome", "route": "IV", "tissue": "liver"}, ("organ", "")),
        ({"kind": "scaffold", "route": "implant", "tissue": "subcutaneous"}, ("defect", "segmental-defect")),
        ({"kind": "drug_hydrogel", "route": "in vitro"}, ("vitro", "")),
    ],
)
def test_a_row_says_where(words, expected):
    agent = understand("agent", species="rat", **words)
    assert (agent.place, agent.state) == expected


@pytest.mark.parametrize(
    ("name", "kind", "size", "expected"),
    [
        ("methylprednisolone acetate suspension", "small_molecule", None, ("suspension", "steroid", False)),
        ("fluorescent PLA particle", "nanoparticle", 3e-6, ("microparticle", "small-molecule", False)),
        ("PLA particle", "microparticle", 3e-7, ("nanoparticle", "small-molecule", False)),
        ("piroxicam nanoparticles", "nanoparticle", None, ("nanoparticle", "anti-inflammatory-acid", True)),
        ("PLGA NP (DiR)", "nanoparticle", None, ("nanoparticle", "small-molecule", False)),
        ("DiR solution", "small_molecule", None, ("dye", "dye", False)),
        ("avidin", "protein", None, ("protein", "cationic-protein", False)),
        ("neutravidin", "protein", None, ("protein", "protein", False)),
        ("magnetic composite", "nanoparticle", None, ("inorganic-nanoparticle", "small-molecule", False)),
        ("dexamethasone in a gel", "drug_hydrogel", None, ("drug-hydrogel", "steroid", True)),
        ("bupivacaine, multivesicular", "liposome", None, ("multivesicular-liposome", "local-anaesthetic", True)),
    ],
)  # fmt: skip
def test_a_name_says_what(name, kind, size, expected):
    agent = understand(name, kind, size=size, species="rat", state="healthy")
    assert (agent.kind.id, agent.drug.id, agent.holds_drug) == expected


def test_a_catalog_payload_keeps_its_own_numbers_and_gets_priors_for_the_rest():
    from formulate.fate.course import payload_set

    agent = understand("dexamethasone sodium phosphate solution", "small_molecule", species="horse", state="healthy")
    assert agent.payload == "dexamethasone-sodium-phosphate"
    entry = catalog.load().payload(agent.payload)
    for name in payload_set(agent):
        assert entry.value(name, species="human", state="healthy", payload=agent.payload) is None


def test_dose_and_charge_are_read_in_a_name():
    assert understand("triamcinolone 9 mg", "suspension", species="rat", state="healthy").dose == pytest.approx(9e-6)
    assert understand("SO4 2-", "solute", species="human", state="healthy").charge == -2.0
    assert understand("Na+", "solute", species="human", state="healthy").charge == 1.0
    assert understand("125I-albumin", "protein", species="human", state="healthy").charge is None


def test_an_undescribed_species_is_stood_in_for_and_said():
    agent = understand("hyaluronan", "polysaccharide", species="minipig", state="healthy")
    assert agent.species == "goat"
    assert "not described for the pig" in agent.notes[0]


@pytest.mark.parametrize(
    ("metric", "quantity", "where", "phase", "bound"),
    [
        ("half_life", "half", "site", "", ""),
        ("sf_half_life_beta", "half", "fluid", "late", ""),
        ("half_life_gamma", "half", "site", "terminal", ""),
        ("plasma_half_life_after_IA", "half", "plasma", "", ""),
        ("detection_duration_min", "duration", "site", "", "min"),
        ("release_duration", "duration", "site", "", ""),
        ("plasma_tmax", "peak_time", "plasma", "", ""),
        ("sf_clearance", "clearance", "fluid", "", ""),
        ("cumulative_leakage", "leaked", "site", "", ""),
        ("fraction_retained_max", "left", "site", "", "max"),
        ("mrt_ratio_vs_free", "ratio", "site", "", ""),
        ("tissue_half_life", "half", "tissue", "", ""),
        ("pct_excreted_in_urine", "excreted", "plasma", "", ""),
    ],
)
def test_metrics_are_understood(metric, quantity, where, phase, bound):
    found = read_metric(metric)
    assert (found.quantity, found.where, found.phase, found.bound) == (quantity, where, phase, bound)


@pytest.mark.parametrize("metric", ["effect_duration_min", "responders", "disc_height_index", "colour", ""])
def test_what_is_no_fate_is_refused(metric):
    with pytest.raises(FormulateError, match="metric"):
        read_metric(metric)


def test_units_must_fit_and_convert():
    with pytest.raises(FormulateError, match="does not fit a time"):
        read_metric("half_life", "kg")
    hours, days = ONE.predict(asked(kind="protein")), ONE.predict(asked(kind="protein", unit="d"))
    assert hours.median == pytest.approx(24.0 * days.median)
    assert read_time("long-term") is None
    with pytest.raises(FormulateError, match="need a number and a unit"):
        read_time("24 moons")


# ---- physics that must come through ----


def test_larger_particles_stay_more():
    sizes = ("100 nm", "500 nm", "5 um")
    left = [median(kind="nanoparticle", size=size, metric="pct_remaining", time="24 h") for size in sizes]
    assert left == sorted(left)


def test_inflammation_lets_particles_escape():
    def retained(state):
        return median(kind="microparticle", size="3 um", species="mouse", state=state, metric="retained_flag")

    assert retained("healthy") > retained("arthritic")


def test_what_is_left_falls_with_time_and_with_what_leaks():
    times = ("1 h", "6 h", "24 h", "7 d")
    left = [median(kind="liposome", size="200 nm", metric="pct_remaining", time=time) for time in times]
    assert left == sorted(left, reverse=True)
    gone = [median(kind="liposome", size="200 nm", metric="cumulative_leakage", time=time) for time in times]
    assert all(90.0 < a + b < 110.0 for a, b in zip(left, gone, strict=True))


def test_binding_and_size_slow_a_human_effusion_in_the_order_measured():
    """Owen 1994: clearances of paracetamol, salicylate, diclofenac and albumin fall in this order."""
    place = {"species": "human", "state": "RA effusion", "metric": "sf_clearance"}
    found = [
        median(agent="paracetamol", kind="small_molecule", molar_mass="151.2", **place),
        median(agent="salicylate", kind="small_molecule", molar_mass="138.1", **place),
        median(agent="diclofenac", kind="small_molecule", molar_mass="296.1", **place),
        median(agent="125I-albumin", kind="protein", molar_mass="66500", **place),
    ]
    assert found == sorted(found, reverse=True)
    for value, measured in zip(found, (55.0, 24.0, 9.6, 5.3), strict=True):
        assert 1 / 3 < value / measured < 3  # mL/h


def test_cerebrospinal_fluid_clears_a_small_drug_with_its_bulk_flow():
    """Free cytarabine in man: 2 h and 0.24 mL/min by its label."""
    place = {"species": "human", "site": "", "tissue": "CSF", "route": "intrathecal", "kind": "small_molecule"}
    assert median(agent="cytarabine", **place) == pytest.approx(2.0, rel=0.5)
    assert median(agent="cytarabine", metric="clearance", unit="mL/min", **place) == pytest.approx(0.24, rel=0.5)


def test_gels_outlast_what_is_dissolved():
    assert median(kind="hydrogel") > 10 * median(kind="polysaccharide")


def test_ions_of_either_charge_part_at_cartilage_as_donnan_says():
    """Maroudas: sodium 1.8, sulfate 0.5 in unloaded cartilage; under load they move apart."""

    def ratio(name, mass, state):
        place = {"kind": "cartilage_transport", "species": "human", "state": state, "molar_mass": mass}
        return median(agent=name, metric="partition_coefficient", **place)

    sodium, sulfate = ratio("Na+", "23", "cartilage unloaded"), ratio("SO4 2-", "96", "cartilage unloaded")
    assert 1.0 < sodium < 3.0
    assert 0.2 < sulfate < 0.8
    assert ratio("Na+", "23", "cartilage 22 atm") > sodium
    assert ratio("SO4 2-", "96", "cartilage 22 atm") < sulfate


def test_diffusion_in_cartilage_needs_a_size():
    agent = understand("thing", "solute", species="human", state="healthy")
    with pytest.raises(FormulateError, match="needs the size or the molar mass"):
        in_cartilage("diffusion", agent, FEW)


def test_a_molecule_is_as_wide_as_its_own_substance():
    agent = understand("x", "small_molecule", molar_mass=0.3, species="rat", state="healthy")
    # 300 g/mol at 1.3 g/cm3 is 0.383 nm3 a molecule
    assert 4 / 3 * math.pi * radius_of(agent, 0.3) ** 3 == pytest.approx(0.3832e-27, rel=1e-3)
    assert radius_of(replace(agent, size=2e-9), 0.3) == 1e-9


@pytest.mark.parametrize("kind", ["small_molecule", "suspension", "nanoparticle", "liposome", "hydrogel", "cells"])
def test_release_adds_up(kind):
    agent = understand("agent", kind, species="rat", state="healthy")
    time = np.concatenate([[0.0], np.geomspace(10.0, 1e7, 20)])
    release = release_of(agent, time, FEW)
    whole = release.in_depot_carrier + release.in_free_carrier + release.solid + release.free
    np.testing.assert_allclose(whole, 1.0, atol=1e-12)


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("protein", {"state": "healthy"}),
        ("nanoparticle", {"state": "arthritic"}),
        ("suspension", {"state": "healthy"}),
        ("hydrogel", {"route": "intradiscal"}),
        ("cells", {"route": "intradiscal"}),
        ("liposome", {"route": "intrathecal"}),
        ("bisphosphonate", {"route": "IV", "tissue": "bone"}),
        ("scaffold", {"route": "implant"}),
    ],
)
def test_every_place_is_followed_and_mass_is_kept(kind, place):
    course = follow(understand("agent", kind, species="rat", **place), FEW)
    whole = course.left + course.in_plasma + course.eliminated + sum(course.elsewhere.values())
    np.testing.assert_allclose(whole[:, -1], 1.0, atol=1e-6)
    assert course.left.min() >= -1e-9


# ---- numbers read off a curve ----


def exponential(rate: float) -> Course:
    time = np.concatenate([[0.0], np.geomspace(10.0, 1e7, 400)])
    curve = np.exp(-rate * time)[None, :].repeat(4, axis=0)
    return Course(time, curve, curve, fluid=2.0 * curve, plasma=curve, tissue=curve, dose=3.0, place="knee")


@settings(max_examples=15, deadline=None)
@given(rate=st.floats(1e-5, 1e-3), stretch=st.floats(0.3, 3.0))
def test_numbers_of_an_exponential(rate, stretch):
    course, agent = exponential(rate), understand("x", "protein", species="rat", state="healthy")
    by = np.full(4, stretch)

    def number(metric, time=None):
        return numbers(read_metric(metric, time=time), agent, course, by)[0]

    for metric in ("half_life", "half_life_alpha", "half_life_beta", "half_life_gamma", "plasma_half_life"):
        np.testing.assert_allclose(number(metric), stretch * math.log(2) / rate, rtol=0.01)
    np.testing.assert_allclose(number("mean_residence_time"), stretch / rate, rtol=0.01)
    np.testing.assert_allclose(number("turnover_time"), stretch / rate, rtol=0.01)
    np.testing.assert_allclose(number("detection_duration"), stretch * math.log(20) / rate, rtol=0.01)
    np.testing.assert_allclose(number("sf_clearance"), 1.5 * rate / stretch, rtol=0.01)
    share = math.exp(-1.0)
    np.testing.assert_allclose(number("cumulative_leakage", time=stretch / rate), 1 - share, atol=0.01)


def test_a_curve_without_an_end_is_told_as_at_least():
    course = exponential(1e-12)
    agent = understand("x", "protein", species="rat", state="healthy")
    assert np.isinf(numbers(read_metric("half_life"), agent, course, np.ones(4))[0]).all()


def test_the_doubt_between_studies_widens_a_band_around_the_same_median():
    draws = 10.0 ** (0.3 * Draws(512).standard_normal("model"))
    study, scatter = Draws(512).standard_normal("study"), Draws(512).standard_normal("scatter")
    asked_of = read_metric("half_life")
    narrow = banded(asked_of, draws, study, scatter, Width(1.0, 0.0, 0.0, 0.0))
    wide = banded(asked_of, draws, study, scatter, Width(1.0, 0.4, 0.0, 0.0))
    assert narrow[1] == pytest.approx(1.0, rel=0.05)
    assert wide[1] == pytest.approx(narrow[1], rel=0.1)
    # 80 % of a log-normal of sqrt(0.3^2 + 0.4^2) = 0.5 decades reaches 1.2816 times 0.5 decades up
    assert math.log10(wide[2] / wide[1]) == pytest.approx(0.5 * 1.2816, rel=0.15)


@settings(max_examples=20, deadline=None)
@given(share=st.floats(0.0, 1.0))
def test_a_share_stays_a_share(share):
    study = Draws(64).standard_normal("a")
    low, middle, high = banded(
        read_metric("pct_remaining"), np.full(64, share), study, study, Width(0.5, 0.3, 0.2, 2.0)
    )
    assert 0.0 <= low <= middle <= high <= 1.0


# ---- the shipped priors ----


def test_every_prior_is_in_order_and_has_a_unit():
    priors = shipped()
    for drug in priors.drugs:
        for name, (typical, low, high) in drug.properties.items():
            assert low <= typical <= high, (drug.id, name)
            assert priors.units[name], name
            catalog.load().property(name)
    for kind in priors.kinds:
        for triple in (kind.size, kind.zeta, kind.keeps, kind.lasts, kind.burst, kind.crystal_diameter):
            assert triple is None or triple[1] <= triple[0] <= triple[2], kind.id
        priors.drug(kind.drug)
    spoken = [word for kind in priors.kinds for word in kind.words]
    assert len(spoken) == len(set(spoken)), "a word that means two kinds"


def test_the_calibration_is_small_and_shrunk():
    priors = shipped()
    assert len({(shift.place, shift.family) for shift in priors.shifts}) == len(priors.shifts)
    for shift in priors.shifts:
        assert abs(shift.log10_time) < shift.studies / (shift.studies + 1.5) + 1e-3  # residuals of at most a decade
    assert 0.0 < priors.width.model_share <= 1.0
    assert min(priors.width.time, priors.width.ratio, priors.width.fraction) > 0


def test_a_shift_moves_times_and_no_others():
    priors = shipped()
    moved = read_priors_with(priors, 0.5)
    row = asked(kind="protein", molar_mass="25000")
    before = Predictor(16, priors=read_priors_with(priors, 0.0)).predict(row)
    after = Predictor(16, priors=moved).predict(row)
    assert after.median == pytest.approx(before.median * 10**0.5, rel=1e-6)


def read_priors_with(priors, log10_time):
    from formulate.fate.priors import Shift

    return replace(priors, shifts=(Shift("knee", "protein", log10_time, 3),))


def test_priors_are_read_from_their_file_alone():
    import tomli

    text = (Path(catalog.__file__).parent / "data" / "priors" / "agents.toml").read_text("utf-8")
    assert read_priors(tomli.loads(text)) == shipped()


# ---- rows and tables ----


def test_what_cannot_be_told_gives_a_reason_and_never_a_number():
    for given_row, words in (
        ({"kind": "unheard-of", "agent": "zzz"}, "kind"),
        ({"kind": "protein", "species": "unicorn"}, "species"),
        ({"kind": "protein", "site": "elbow grease"}, "no place"),
        ({"kind": "protein", "metric": "responders"}, "no fate"),
        ({"kind": "protein", "metric": "mrt_ratio_vs_free"}, "free already"),
        ({"kind": "protein", "site": "", "route": "oral", "tissue": "gut"}, "nothing is known"),
    ):
        found = Predictor(16).predict(asked(**given_row))
        assert found.median is None
        assert found.low is None
        assert words in found.reason
        assert "\n" not in found.reason


def test_the_same_seed_gives_the_same_number_and_rows_do_not_touch_each_other():
    rows = [
        asked(kind="protein"),
        asked(kind="liposome", size="160 nm"),
        asked(kind="protein", metric="mean_residence_time"),
    ]
    together = predict_rows(rows, draws=16)
    alone = tuple(Predictor(16).predict(row) for row in rows)
    assert [item.median for item in together] == [item.median for item in alone]


def test_progress_is_told_row_by_row():
    done: list[int] = []
    predict_rows([asked(kind="protein")] * 3, draws=16, progress=done.append)
    assert done == [1, 2, 3]


def test_one_agent_by_keywords():
    found = predict_fate("PLA particle", kind="microparticle", size="10 um", species="mouse", site="knee", draws=32)
    assert found.unit == "h"
    assert found.low < found.median < found.high
    with pytest.raises(FormulateError, match="need a number with a unit"):
        predict_fate("x", kind="protein", size="wide", site="knee")


def table(tmp_path, text, name="rows.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_table_is_read_with_its_units_and_bad_rows_are_told(tmp_path):
    text = HEAD + "PLA,nanoparticle,300,,-20,mouse,healthy,half_life,,h,\n"
    text += "bad,nanoparticle,wide,,,mouse,healthy,half_life,,h,\n"
    text += '"gel, crosslinked",hydrogel,,,positive,rabbit,healthy,pct_remaining,,%,7 d\n'
    rows, faults = read_rows(table(tmp_path, text))
    assert [row.number for row in rows] == [2, 4]
    assert rows[0].size == pytest.approx(3e-7)
    assert rows[0].zeta == pytest.approx(-0.02)
    assert rows[1].zeta_words == "positive"
    assert rows[1].time == 7 * 86400.0
    assert [fault.line for fault in faults] == [3]


def test_columns_may_be_called_and_written_otherwise(tmp_path):
    text = "Name\tType\tDiameter (um)\tMolar mass (kg/mol)\tAnimal\tState\tEndpoint\tnoise\n"
    text += "PLA\tmicroparticle\t3\t\tmouse\thealthy\thalf life\tx\n"
    rows, faults = read_rows(table(tmp_path, text, "rows.tsv"))
    assert not faults
    assert rows[0].size == pytest.approx(3e-6)
    assert Predictor(16).predict(rows[0]).median is not None


def test_a_workbook_is_read_like_a_table(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    for line in (
        ["agent", "kind", "species", "joint_state", "metric"],
        ["HA", "polysaccharide", "horse", "healthy", "half_life"],
    ):
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    rows, _ = read_rows(table(tmp_path, out.getvalue(), "rows.xlsx"))
    assert rows[0].kind == "polysaccharide"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty"),
        ("a,b\n1,2\n", "no column metric"),
        ("metric\nhalf_life\n", "no column agent or kind"),
        (b"\xff\xfe\x00agent", "UTF-8"),
        (b"PK\x03\x04broken", "workbook"),
        (HEAD + "x,nanoparticle,wide,,,mouse,healthy,half_life,,h,\n", "wide"),
    ],
)
def test_bad_tables_are_refused_in_one_line(tmp_path, content, words):
    with pytest.raises(FileError) as refusal:
        read_rows(table(tmp_path, content))
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_results_are_written_one_row_each():
    fates = [
        Fate("=cmd()", "half_life", "h", 1.0, 0.5, 2.0, row=2, basis="b"),
        Fate("x", "half_life", "h", None, None, None, "not known", row=3),
    ]
    lines = fates_csv(fates).splitlines()
    assert len(lines) == 3
    assert lines[1] == "2,'=cmd(),half_life,1,0.5,2,0.8,h,0,b,,"
    assert ",,,," in lines[2]
    assert "no number: not known" in fate_text(fates[1])
    assert "1 h (0.5 to 2, 80 % band)" in fate_text(fates[0])
