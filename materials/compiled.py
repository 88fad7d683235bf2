"""What was worked out once and is kept in the user's cache folder: named after what it was made from.

The name holds a digest of the originals, so that a file cannot be stale; a checksum stands in front, so that one that
is broken or cut short is made anew. The folder may be deleted at any time, and where it cannot be written the next
start is only slower.
"""

import hashlib
from contextlib import suppress
from pathlib import Path

from materials import files
from materials.errors import FileError

LARGEST = 100_000_000  # bytes; the whole catalog takes a few million


def folder() -> Path:
    """Give the folder of compiled files."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("formulate", appauthor=False))


def _file(name: str, digest: str) -> Path:
    return folder() / f"{name}-{digest[:32]}.json"


def _checksum(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=32).hexdigest().encode()


def read(name: str, digest: str) -> bytes | None:
    """Give what was kept for these originals, or None where there is nothing sound."""
    try:
        kept = _file(name, digest)
        if not kept.is_file() or kept.stat().st_size > LARGEST:  # nor a pipe, which would be waited for
            return None
        with kept.open("rb") as stream:
            checksum, body = stream.readline().rstrip(b"\n"), stream.read()
    except OSError:
        return None
    return body if _checksum(body) == checksum else None


def write(name: str, digest: str, body: bytes) -> None:
    """Keep something for these originals, and drop what was kept for others."""
    file = _file(name, digest)
    with suppress(OSError, FileError):  # only slower the next time
        file.parent.mkdir(parents=True, exist_ok=True)
        files.write(file, _checksum(body) + b"\n" + body)
        for old in file.parent.glob(f"{name}-*.json"):
            if old != file:
                old.unlink(missing_ok=True)
