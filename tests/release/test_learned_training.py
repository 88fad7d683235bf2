"""The script that makes the fitted form: it finds a population it was given, and writes the same bytes every time."""

import numpy as np
import pytest

from bench.train_release import SETTINGS, Profile, fitted_arrays, train, without_copies, write
from formulate.release.learned.curve import values
from formulate.release.learned.features import Description
from formulate.release.learned.population import population
from formulate.release.learned.prediction import predict

DAY = 86400.0


@pytest.fixture(scope="module")
def profiles():
    """Profiles of a made-up world in which the main time goes as the size to the power 0.8."""
    generator, made = np.random.default_rng(2), []
    for group in range(25):
        shift = generator.normal(0, 0.3)
        for one in range(4):
            size = float(np.exp(generator.uniform(np.log(5e-6), np.log(100e-6))))
            description = Description(
                lactide_fraction=float(generator.choice([0.5, 0.75])), molar_mass=float(generator.uniform(10, 60)),
                diameter=size, drug_loading=0.1, surfactant=0.0,
            )  # fmt: skip
            parameters = np.array([3.0, -2.0, -1.0, 2.0 + 0.8 * np.log(size / 20e-6) + shift, 0.2])
            days = np.geomspace(0.25, 60, 10)
            shares = np.clip(values(parameters + generator.normal(0, 0.1, 5), days), 0, 1)
            made.append(Profile("made", f"{group}-{one}", str(group), f"drug {group}", description, days, shares))
    return made


def test_a_known_effect_of_size_is_found(profiles):
    fitted = train(profiles, "polyester")
    times = np.geomspace(0.1, 200, 120) * DAY

    def half_time(size):
        known = Description(lactide_fraction=0.5, molar_mass=30.0, diameter=size, drug_loading=0.1, surfactant=0.0)
        return float(np.interp(0.5, predict(known, times, draws=256, fitted=fitted).median, times))

    found = np.log(half_time(60e-6) / half_time(10e-6)) / np.log(6.0)
    assert 0.5 < found < 1.0  # 0.8 in truth, drawn towards the population


def test_the_script_gives_the_same_bytes_and_the_form_that_ships(profiles, tmp_path):
    written = []
    for name in ("one.npz", "other.npz"):
        write(fitted_arrays(profiles, SETTINGS["polyester"]), tmp_path / name)
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]
    shipped, made = population("polyester"), train(profiles, "polyester")
    for name in ("mean", "root", "centre", "scale", "length", "sibling_length", "variances", "trend", "trend_range"):
        assert getattr(shipped, name).shape == getattr(made, name).shape
    for name in ("scale", "length", "sibling_length", "variances"):  # chosen, not fitted
        np.testing.assert_array_equal(getattr(shipped, name), getattr(made, name))
    assert shipped.inflation == made.inflation


def test_a_profile_of_both_sets_counts_once(profiles):
    copy = [Profile("microparticles", "x", p.group, p.drug, p.description, p.days, p.shares) for p in profiles[:2]]
    kept = [Profile("injectables", p.name, p.group, p.drug, p.description, p.days, p.shares) for p in profiles[:1]]
    assert [profile.source for profile in without_copies([*kept, *copy])] == ["injectables", "microparticles"]
