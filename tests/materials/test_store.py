"""The catalog is read from its files once, kept compiled, and made anew whenever what was kept is stale or broken."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from materials import compiled, sources, store
from materials.errors import CatalogError

CLASSES = '[[class]]\nid = "hydrogel"\nkind = "carrier"\nname = "hydrogel"\nname_zh = "水凝胶"\n'
PROPERTIES = (
    '[[property]]\nname = "diameter"\nlabel = "Diameter"\nunit = "nm"\nsupport = "positive"\ndefault_spread = 1.5\n'
)
GEL = """\
[[carrier]]
id = "gel"
name = "Gel"
name_zh = "凝胶"
carrier_class = "hydrogel"
physical_form = "bulk-gel"
[[carrier.property]]
name = "diameter"
low = 1.0
high = 1e-17
unit = "nm"
spread = "range"
evidence = "assumed"
note = "A guess."
[[carrier.property]]
name = "diameter"
high = 0.1
unit = "nm"
spread = "bound"
evidence = "derived"
note = "1+1"
[[carrier.missing]]
name = "diameter"
reason = "nobody says"
""".replace("low = 1.0\nhigh = 1e-17", "low = 1e-17\nhigh = 1.0")


class Files:
    """Data files in memory, and how often one was parsed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts = {"classes.toml": CLASSES, "conflicts.toml": "", "properties/core.toml": PROPERTIES}
        self.texts["carriers/gels.toml"] = GEL
        self.parsed = 0
        loads = store.tomli.loads

        def counted(text: str) -> object:
            self.parsed += 1
            return loads(text)

        monkeypatch.setattr(store.tomli, "loads", counted)
        monkeypatch.setattr(store, "_texts", lambda: [(name, text.encode()) for name, text in self.texts.items()])

    def reads(self) -> int:
        """Give how many files were parsed since the last question."""
        count, self.parsed = self.parsed, 0
        return count


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return compiled.folder()


@pytest.fixture
def files(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    return Files(monkeypatch)


def kept(cache: Path) -> Path:
    (file,) = cache.glob("catalog-*.json")
    return file


def test_the_first_start_reads_the_files_and_the_next_what_was_kept(files, cache):
    assert not cache.exists()
    cold = store.load_shipped()
    assert files.reads() == len(files.texts)
    assert [path.name for path in cache.iterdir()] == [kept(cache).name]
    warm = store.load_shipped()
    assert files.reads() == 0
    assert warm == cold
    assert warm.version == cold.version
    first, second = sorted(warm.carriers["gel"].property, key=lambda value: value.typical)
    assert (first.typical_is, first.low, first.high) == ("middle", 1e-17, 1.0)
    assert first.typical == pytest.approx(10**-8.5)
    assert (second.typical_is, second.typical, second.low, second.high) == ("bound", 0.1, None, 0.1)


def test_a_changed_file_is_read_and_takes_the_place_of_what_was_kept(files, cache):
    before, old = store.load_shipped(), kept(cache)
    files.texts["carriers/gels.toml"] = GEL.replace('"Gel"', '"Other gel"')
    files.reads()
    after = store.load_shipped()
    assert files.reads() == len(files.texts)
    assert after.carriers["gel"].name == "Other gel"
    assert after.version != before.version
    assert kept(cache) != old  # and the old one is gone
    files.texts["carriers/gels.toml"] = GEL
    assert store.load_shipped().carriers["gel"].name == "Gel"


@pytest.mark.parametrize("change", ["renamed", "moved", "added"])
def test_a_file_renamed_moved_or_added_is_seen(files, change):
    version = store.load_shipped().version
    if change == "renamed":
        files.texts["carriers/other.toml"] = files.texts.pop("carriers/gels.toml")
    elif change == "moved":
        files.texts = dict(reversed(files.texts.items()))
    else:
        files.texts["carriers/more.toml"] = GEL.replace('"gel"', '"gel-2"')
    assert store.load_shipped().version != version


def rewrite(change: Callable[[dict[str, object]], object]) -> Callable[[Path], None]:
    """Give what writes other content under the right name and with the right checksum."""

    def write(file: Path) -> None:
        name, _, digest = file.stem.partition("-")
        body = json.loads(file.read_bytes().partition(b"\n")[2])
        compiled.write(name, digest, json.dumps(change(body)).encode())

    return write


BROKEN: dict[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_bytes(b""),
    "cut short": lambda file: file.write_bytes(file.read_bytes()[:-10]),
    "cut after the checksum": lambda file: file.write_bytes(file.read_bytes().partition(b"\n")[0]),
    "garbage": lambda file: file.write_bytes(os.urandom(4000)),
    "one bit": lambda file: file.write_bytes(file.read_bytes()[:-5] + b"\0" + file.read_bytes()[-4:]),
    "another word": lambda file: file.write_bytes(file.read_bytes().replace(b'"Gel"', b'"Gol"')),
    "no checksum": lambda file: file.write_bytes(file.read_bytes().partition(b"\n")[2]),
    "a list": rewrite(lambda body: [body]),
    "another shape": rewrite(lambda body: {"carriers": []}),
    "a key too many": rewrite(lambda body: {**body, "cake": []}),
    "a value that is none": rewrite(lambda body: {**body, "carriers": [{"id": "gel"}]}),
    "null": rewrite(lambda body: None),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_made_anew_without_a_word(name, files, cache, capfd):
    cold = store.load_shipped()
    whole = kept(cache).read_bytes()
    BROKEN[name](kept(cache))
    assert kept(cache).read_bytes() != whole
    files.reads()
    assert store.load_shipped() == cold
    assert files.reads() == len(files.texts)
    assert kept(cache).read_bytes() == whole
    assert capfd.readouterr() == ("", "")


def test_a_folder_in_the_place_of_the_kept_file_is_only_slower(files, cache):
    cold, file = store.load_shipped(), kept(cache)
    file.unlink()
    file.mkdir()
    assert store.load_shipped() == cold
    assert [path.name for path in cache.iterdir()] == [file.name]


def test_where_nothing_can_be_kept_the_catalog_is_still_read(files, tmp_path, monkeypatch, capfd):
    Path(tmp_path, "file").write_bytes(b"")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    for _ in range(2):
        assert "gel" in store.load_shipped().carriers
        assert files.reads() == len(files.texts)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("call", ["os.fdopen", "os.open", "pathlib.Path.replace", "pathlib.Path.mkdir"])
def test_a_disk_that_is_full_or_read_only_is_tolerated(call, files, cache, monkeypatch):
    real_fdopen = os.fdopen

    def fail(*arguments: object, **_: object) -> None:
        if call == "os.fdopen":
            real_fdopen(arguments[0]).close()
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(call, fail)
        assert "gel" in store.load_shipped().carriers
    assert not cache.exists() or list(cache.iterdir()) == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user whom file modes bind")
def test_a_folder_that_may_not_be_written_is_tolerated(files, cache):
    cache.mkdir(parents=True)
    cache.chmod(0o500)
    assert "gel" in store.load_shipped().carriers
    cache.chmod(0o700)


WRONG = {
    "table unknown": (
        "carriers/gels.toml",
        "[[carrier]]",
        "[[payload]]",
        "carriers/gels.toml: unknown table 'payload'",
    ),
    "key unknown": ("carriers/gels.toml", "name_zh", "name_cn", "carriers: gel: name_cn: "),
    "value wrong": ("carriers/gels.toml", 'note = "1+1"\n', "", "carriers: gel: property.1: .*needs a note"),
    "entry twice": ("carriers/gels.toml", GEL, 2 * GEL, "carriers: an id is used twice"),
    "property twice": ("properties/core.toml", PROPERTIES, 2 * PROPERTIES, "properties: a name is used twice"),
    "class twice": ("classes.toml", CLASSES, 2 * CLASSES, "classes: a name is used twice"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_of_a_shipped_file_is_told_and_nothing_is_kept(name, files, cache):
    file, old, new, words = WRONG[name]
    assert old in files.texts[file]
    files.texts[file] = files.texts[file].replace(old, new)
    with pytest.raises(CatalogError, match=words):
        store.load_shipped()
    assert not cache.exists()


def test_the_whole_catalog_kept_is_the_whole_catalog_read(cache):
    cold = store.load_shipped()
    assert kept(cache).stat().st_size > 100_000
    assert store.load_shipped() == cold


def test_references_are_kept_and_made_anew_too(cache, monkeypatch):
    made = dict(sources.references.__wrapped__())
    (file,) = cache.glob("references-*.json")
    with monkeypatch.context() as patch:
        patch.setattr(sources, "bibliography", lambda: pytest.fail("the bibliography was parsed"))
        assert sources.references.__wrapped__() == made
    whole = file.read_bytes()
    for change in (lambda body: [body], lambda body: {"key": 7}, lambda body: {"key": ["too short"]}):
        rewrite(change)(file)
        assert sources.references.__wrapped__() == made
        assert file.read_bytes() == whole
