"""What a reader of files does with an input, and the loop that guides inputs by the code that they reach (atheris)."""

import hashlib
import random
import sys
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from bench.fuzzing.mutation import MOST_BYTES, Reader, mutated

ROOT = Path(__file__).parents[2]
SLOW = 3.0  # seconds of one read, on a busy machine
LONGEST_LINE = 1200  # characters of a refusal


@dataclass
class Findings:
    """What was neither read nor refused, each place in the code once, with the bytes that led there."""

    folder: Path
    seen: dict[str, int] = field(default_factory=dict)

    def note(self, data: bytes, kind: str, where: str, told: str) -> None:
        """Keep a finding that is new."""
        key = hashlib.sha256(f"{kind} {where}".encode()).hexdigest()[:10]
        self.seen[key] = self.seen.get(key, 0) + 1
        if self.seen[key] > 1:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{key}.input").write_bytes(data)
        (self.folder / f"{key}.txt").write_text(f"{kind} at {where}\n\n{told}\n", "utf-8")
        print(f"finding {key}: {kind} at {where}", file=sys.stderr, flush=True)


def fault(reader: Reader, data: bytes) -> tuple[str, str, str] | None:
    """Read once; give what is no refusal in short printable lines, or takes too long: its kind, its place, the rest."""
    from materials.errors import FormulateError

    start = time.process_time()
    try:
        reader.read(data)
    except (FormulateError, *reader.accepts) as error:
        lines = str(error).split("\n")
        if not all(0 < len(line) <= LONGEST_LINE and line.isprintable() for line in lines):
            return "a refusal that is no line", type(error).__name__, repr(str(error))[:2000]
    except Exception as error:
        return type(error).__name__, _place(), traceback.format_exc()[-6000:]
    took = time.process_time() - start
    return ("slow", f"{int(took)} s", f"{took:.1f} s for {len(data)} bytes") if took > SLOW else None


def _place() -> str:
    """Give the last place of ours that was reached."""
    frames = traceback.extract_tb(sys.exc_info()[2])
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(ROOT)]
    return "".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in ours[-1:])


def fuzz(name: str, reader: Reader, folder: Path, seconds: int) -> None:
    """Fuzz one reader for so long, keep the corpus and the findings below a folder; does not return."""
    import atheris

    findings = Findings(folder / "findings" / name)
    corpus = folder / "corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in reader.seeds():
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)

    def mutate(data: bytes, max_size: int, seed: int) -> bytes:
        # asked for anew each time: libFuzzer puts another function in its place when it starts
        return mutated(bytes(data), random.Random(seed), reader, lambda data: bytes(atheris.Mutate(data, max_size)))

    def run(data: bytes) -> None:
        if found := fault(reader, data):
            findings.note(data, *found)

    options = ["-timeout=60", "-rss_limit_mb=3000", "-print_final_stats=1", "-len_control=0", "-reload=0"]
    options += [f"-max_total_time={seconds}", f"-max_len={MOST_BYTES}", f"-artifact_prefix={folder}/{name}-"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], run, custom_mutator=mutate)
    atheris.Fuzz()
