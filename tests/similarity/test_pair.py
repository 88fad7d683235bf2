import numpy as np
import pytest

import formulate
from formulate.experiment.data import Profile, ReleaseData
from formulate.similarity.pair import paired
from materials.errors import DomainError, FormulateError

MINUTES = np.array([5.0, 10.0, 20.0, 30.0])
RELEASED = np.array([[20.0, 40.0, 60.0, 80.0], [22.0, 43.0, 61.0, 79.0]])


def profile(name: str, more: float = 0.0, time: np.ndarray = MINUTES) -> Profile:
    return Profile(name, time.copy(), RELEASED + more, ("1", "2"))


def data(*profiles: Profile, unit: str = "min", seconds: float = 60.0, **more: object) -> ReleaseData:
    return ReleaseData(profiles, unit, seconds, **more)


def test_release_data_bring_their_unit_of_time() -> None:
    one, other = profile("old"), profile("new", 10.0, MINUTES / 60.0)
    found = formulate.compare_profiles(data(one), data(other, unit="h", seconds=3600.0), bootstrap=0, model="")
    assert (found.time_unit, found.time.tolist()) == ("min", MINUTES.tolist())
    assert found.factors.f2 == pytest.approx(100.0 - 25.0 * np.log10(101.0))
    bare = formulate.compare_profiles(one, profile("new", 10.0), time_unit="min", seconds=60.0, bootstrap=0, model="")
    assert [rule.verdict for rule in found.rules] == [rule.verdict for rule in bare.rules]


def test_a_bare_profile_takes_its_unit_from_the_call() -> None:
    found = paired(profile("old", time=MINUTES * 60.0), data(profile("new")), time_unit="s", seconds=1.0)
    assert (found.time_unit, found.seconds) == ("s", 1.0)
    assert found.profiles[1].time == pytest.approx(found.profiles[0].time)
    with pytest.raises(FormulateError, match="a profile does not say its unit of time"):
        paired(profile("old"), data(profile("new")))


def test_seconds_that_belie_the_data_are_refused() -> None:
    assert paired(data(profile("old")), data(profile("new")), seconds=60.0).seconds == 60.0
    with pytest.raises(DomainError, match="seconds = 3600 s; need 60 s, as the data say"):
        paired(data(profile("old")), data(profile("new")), seconds=3600.0)


def test_several_profiles_are_refused() -> None:
    with pytest.raises(FormulateError, match=r"reference: holds 2 profiles \(old, new\); need one"):
        paired(data(profile("old"), profile("new")), data(profile("new")))


@pytest.mark.parametrize(
    ("names", "files", "expected"),
    [
        (("old", "new"), ("a.csv", "b.csv"), ("old", "new")),
        (("release", "release"), ("d/a.csv", "b.csv"), ("a", "b")),
        (("V", "V"), ("a.csv", "b.csv"), ("a", "b")),
        (("V", "V"), ("a.csv", "a.csv"), ("a (reference)", "a (test)")),
        (("V", "V"), ("", ""), ("V (reference)", "V (test)")),
    ],
)
def test_names_tell_the_two_apart(names, files, expected) -> None:
    given = [data(profile(name), source=file) for name, file in zip(names, files, strict=True)]
    assert tuple(item.name for item in paired(*given).profiles) == expected


def test_what_was_odd_in_the_data_is_kept() -> None:
    given = [data(profile(name), source=name, warnings=(f"of {name}",)) for name in ("old", "new")]
    assert paired(*given).warnings == ("old: of old", "new: of new")
    both = (
        data(profile("old"), source="a.csv", warnings=("odd",)),
        data(profile("new"), source="a.csv", warnings=("odd",)),
    )
    assert paired(*both).warnings == ("odd",)


def test_the_same_readings_are_told_first() -> None:
    turned = Profile("copy", MINUTES, RELEASED[::-1].copy(), ("1", "2"))
    found = formulate.compare_profiles(profile("old"), turned, bootstrap=0, model="")
    assert found.identical
    assert found.warnings[0].startswith("the two profiles are the same readings")
    near = formulate.compare_profiles(profile("old"), profile("new", 0.01), bootstrap=0, model="")
    assert not near.identical
    assert near.warnings == ()
