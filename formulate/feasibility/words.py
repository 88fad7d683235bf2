"""Sizes, volumes, masses and names as the checks say them."""

from formulate.inputs import Subject
from formulate.report.text import lower_first, number
from materials.schema import Entry


def called(of: Entry | Subject) -> str:
    """Give the name of an entry as it stands in a sentence; ids are for files."""
    return lower_first((of.entry if isinstance(of, Subject) else of).name)


def liquid(volume: float) -> str:
    """Give a volume [m3] in words.

    >>> liquid(5e-6), liquid(2e-9)
    ('5 mL', '2 uL')
    """
    return f"{number(volume * 1e6)} mL" if volume >= 0.5e-6 else f"{number(volume * 1e9)} uL"


def mass(amount: float) -> str:
    """Give a mass [kg] in words.

    >>> mass(5e-6), mass(2e-9), mass(0.002)
    ('5 mg', '2 ug', '2 g')
    """
    for size, unit in ((1e-3, "g"), (1e-6, "mg"), (1e-9, "ug")):
        if amount >= 0.5 * size:
            return f"{number(amount / size)} {unit}"
    return f"{number(amount * 1e12)} ng"


def length(size: float) -> str:
    """Give a length [m] in words.

    >>> length(4.54e-5), length(3.5e-9), length(2e-3)
    ('45 um', '3.5 nm', '2 mm')
    """
    for scale, unit in ((1e-3, "mm"), (1e-6, "um")):
        if size >= scale:
            return f"{float(f'{size / scale:.2g}'):g} {unit}"
    return f"{float(f'{size * 1e9:.2g}'):g} nm"


def modulus(pressure: float) -> str:
    """Give a modulus [Pa] in words.

    >>> modulus(500.0), modulus(5390.0), modulus(2e8)
    ('500 Pa', '5.39 kPa', '200 MPa')
    """
    for size, unit in ((1e6, "MPa"), (1e3, "kPa")):
        if pressure >= size:
            return f"{number(pressure / size)} {unit}"
    return f"{number(pressure)} Pa"
