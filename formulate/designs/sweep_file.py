"""The file of a sweep: rows are kept beside it as they come, and it stands in its place when all are there."""

import csv
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from formulate.designs.table import MADE_FROM, Table, as_csv
from materials import files
from materials.errors import Fault, FileError, FormulateError, shorten

ENDINGS = (".csv", ".parquet")
ROW_GROUP = 1 << 23  # bytes of CSV that become one group of rows
LONGEST_ROW = 1 << 20  # bytes; a longer line is of no table of ours
READ_AT_ONCE = 4096  # rows of a Parquet file
_TYPES = {"whole": "int64", "number": "float64", "text": "string"}


@dataclass(frozen=True)
class SweepFile:
    """Where the table of a sweep goes: `path` when it is whole, `part` until then."""

    path: Path
    table: Table

    @property
    def part(self) -> Path:
        """The file of the rows so far, as CSV."""
        return self.path.with_name(f"{self.path.name}.part")

    @property
    def is_parquet(self) -> bool:
        """Whether the table becomes Parquet."""
        return self.path.suffix.lower() == ".parquet"

    def in_place(self, restart: bool = False) -> int:
        """Give how many rows of this sweep are in place already.

        Raises
        ------
        FileError
            The file is no table of a sweep, which is never written over; or, unless a restart is wanted, that of
            another one.
        """
        if not self.path.exists():
            return 0
        listed = self._lines()
        try:
            header = next(listed, [])
        except OSError as error:
            raise self.refuse(f"cannot be read ({shorten(error.strerror or str(error))}); need another name") from None
        if header[-1:] != [MADE_FROM]:
            raise self.refuse("exists and is no table of a sweep, so it is kept; need another name")
        if restart:
            return 0
        count = 0
        for cells in listed:
            if not count:
                self.check(header, cells, self.path)
            count += 1
        return count

    def rows(self) -> Iterator[list[str]]:
        """Give the rows in place, as the cells of a CSV file."""
        listed = self._lines()
        next(listed, None)
        return listed

    @contextmanager
    def opened(self, restart: bool, most: int, lot: int) -> "Iterator[Rows]":
        """Open the rows so far to go on with them, kept from others who would write to them.

        Parameters
        ----------
        restart : bool
            Drop them.
        most, lot : int
            How many rows are wanted, and how many were computed together: of unfinished lots none is taken.
        """
        try:
            if self.is_parquet:
                arrows()
            stream = self.part.open("r+b" if self.part.exists() else "x+b")
        except OSError as error:
            raise self.unwritable(error) from None
        rows = Rows(self, stream)
        try:
            with stream:
                if not files.locked(stream.fileno()):
                    raise self.refuse("another sweep is writing it; need to wait, or another name", self.part)
                rows.take(restart, most, lot)
                yield rows
        except OSError as error:
            raise self.unwritable(error) from None
        finally:
            if rows.taken and self.part.stat().st_size <= len(self.table.header.encode()):
                self.part.unlink()  # there is nothing in it

    def finish(self) -> None:
        """Put the rows into place, all of them or none."""
        try:
            if self.is_parquet:
                self._to_parquet()
                self.part.unlink()
            else:
                self.part.replace(self.path)
        except OSError as error:
            raise self.unwritable(error) from None

    def refuse(self, problem: str, path: Path | None = None) -> FileError:
        """Give the refusal of a file."""
        return FileError([Fault(shorten(str(path or self.path), 120), "", problem)])

    def unwritable(self, error: OSError) -> FileError:
        """Give the refusal of a place that cannot be written."""
        need = "need a folder that exists and can be written"
        return self.refuse(f"cannot be written ({shorten(error.strerror or str(error))}); {need}")

    def _lines(self) -> Iterator[list[str]]:
        if self.is_parquet:
            return self._parquet_lines()
        return (cells for cells, _ in csv_lines(self.path))

    def _parquet_lines(self) -> Iterator[list[str]]:
        arrow, _, parquet = arrows()
        try:
            with parquet.ParquetFile(self.path) as file:
                yield file.schema_arrow.names
                for batch in file.iter_batches(READ_AT_ONCE):
                    for row in batch.to_pylist():
                        yield next(csv.reader([as_csv(list(row.values()))]))
        except (arrow.ArrowInvalid, OSError):
            return

    def check(self, header: list[str], cells: list[str], path: Path) -> None:
        """Refuse rows that were made from something else, and name what differs."""
        made_from = cells[-1] if cells else ""  # a blank line says nothing
        if made_from == self.table.made_from and header == [column.name for column in self.table.columns]:
            return
        ours, theirs = (_words(text) for text in (self.table.made_from, made_from))
        told = [f"{name} {theirs[name]}, now {ours.get(name)}" for name in theirs if theirs[name] != ours.get(name)]
        raise self.refuse(
            f"was made from something else ({'; '.join(told) or 'other columns'}); need another name, or --restart",
            path,
        )

    def _to_parquet(self) -> None:
        arrow, reader, parquet = arrows()
        schema = arrow.schema([(column.name, _TYPES[column.kind]) for column in self.table.columns])
        read, convert = reader.ReadOptions(block_size=ROW_GROUP), reader.ConvertOptions(column_types=schema)
        ready = self.path.with_name(f".{self.path.name}.ready")
        try:
            with (
                reader.open_csv(self.part, read_options=read, convert_options=convert) as batches,
                parquet.ParquetWriter(ready, schema) as writer,
            ):
                for batch in batches:
                    writer.write_batch(batch)
            ready.replace(self.path)
        finally:
            ready.unlink(missing_ok=True)


@dataclass
class Rows:
    """The rows of an unfinished sweep, open for writing."""

    file: SweepFile
    stream: IO[bytes]
    count: int = 0
    taken: bool = False  # they are ours

    def take(self, restart: bool, most: int, lot: int) -> None:
        """Take over the rows of whole lots that are there; what follows them is dropped."""
        header = self.file.table.header.encode()
        begun = self.stream.read(LONGEST_ROW)
        ours = header.startswith(begun) or _is_table(begun)
        if not ours:
            raise self.file.refuse("is no part of a sweep, so it is kept; need another name", self.file.part)
        end = 0
        if not restart:
            if len(begun) <= len(header) and self.file.path.exists():
                self._write_over([header, *(as_csv(cells).encode() for cells in self.file.rows())])
            end = self._count(most, lot)
        self.stream.seek(end)
        self.stream.truncate()
        if not end:
            self._write_over([header])
        self.taken = True

    def add(self, lines: Iterable[str]) -> None:
        """Add rows, and see to it that they outlast a power cut."""
        ready = [line.encode() for line in lines]
        self.stream.write(b"".join(ready))
        self.stream.flush()
        self.count += len(ready)
        os.fsync(self.stream.fileno())

    def _write_over(self, lines: Iterable[bytes]) -> None:
        self.stream.seek(0)
        self.stream.truncate()
        self.stream.writelines(lines)
        self.stream.flush()

    def _count(self, most: int, lot: int) -> int:
        """Count the rows to go on from, and give where they end."""
        listed = csv_lines(self.file.part)
        header, boundary = next(listed, ([], 0))
        for number, (cells, end) in enumerate(listed):
            if number == most or len(cells) != len(header) or cells[0] != str(number):
                break
            if not number:
                self.file.check(header, cells, self.file.part)
            if (number + 1) % lot == 0 or number + 1 == most:
                self.count, boundary = number + 1, end
        return boundary


def csv_lines(path: Path) -> Iterator[tuple[list[str], int]]:
    """Give the cells of each whole line of a CSV file, and where the line ends [bytes]; none after one that is not."""
    with path.open("rb") as stream:
        end = 0
        while (line := stream.readline(LONGEST_ROW)).endswith(b"\n"):
            end += len(line)
            try:
                yield next(csv.reader([line.decode()])), end
            except (UnicodeDecodeError, csv.Error, StopIteration):
                return


def arrows() -> tuple[Any, Any, Any]:
    """Give what writes Parquet."""
    try:
        import pyarrow
        import pyarrow.csv
        import pyarrow.parquet
    except ImportError:
        raise FormulateError(
            "Parquet needs pyarrow, which is not installed: pip install 'formulate-delivery[parquet]', or write .csv"
        ) from None
    return pyarrow, pyarrow.csv, pyarrow.parquet


def _is_table(begun: bytes) -> bool:
    return begun.split(b"\n", 1)[0].endswith(f",{MADE_FROM}".encode())


def _words(made_from: str) -> dict[str, str]:
    """Give what a row was made from, by name."""
    parts = (part.strip().partition(" ") for part in made_from.split(";"))
    return {shorten(name, 40): shorten(value, 40) for name, _, value in parts}
