"""Columns whose cells hold a mean and its deviation, as 12.3 ± 1.2: two columns each."""

from collections.abc import Sequence

from formulate.experiment.headers import Head, parted_head, says_mean_and_deviation
from formulate.experiment.numbers import mean_and_deviation
from materials.errors import shorten

Rows = list[tuple[int, list[object]]]


def deviations_parted(heads: Sequence[Head], rows: Rows, notes: list[str]) -> tuple[list[Head], Rows, dict[int, int]]:
    """Part columns of readings with a deviation behind each mean.

    Parameters
    ----------
    heads : sequence of Head
        Of all columns.
    rows : list of (int, list of object)
        Below them, each as wide.
    notes : list of str
        Is told what was parted.

    Returns
    -------
    tuple of list of Head, list of (int, list of object) and dict of int to int
        Headers and rows with the deviations in columns behind all others; which column has its deviations in which.
    """
    parted, where = list(heads), {}
    for index, head in enumerate(heads):
        if head.role not in (None, "sd", "sem", "rsd"):
            continue
        in_brackets = says_mean_and_deviation(head)
        both = [mean_and_deviation(cells[index], in_brackets) for _, cells in rows]
        if not any(both):
            continue
        where[index] = len(parted)
        parted[index], deviation = parted_head(head)
        parted.append(deviation)
        rows = [
            (row, [*cells[:index], pair[0], *cells[index + 1 :], pair[1]] if pair else [*cells, ""])
            for (row, cells), pair in zip(rows, both, strict=True)
        ]
    if where:
        named = ", ".join(repr(shorten(heads[index].text, 40)) for index in list(where)[:6])
        kinds = "/".join(dict.fromkeys(str(parted[at].role).upper() for at in where.values()))
        notes.append(f"mean and {kinds} read from one cell in {named}")
    return parted, rows, where
