"""What a worker imports before it is asked for anything, so that the first answer is quick."""

from contextlib import suppress


def warm() -> None:
    """Import the calculators, and read the catalog and the table of units."""
    import formulate.comparison
    import formulate.pipeline  # noqa: F401
    from materials import catalog
    from materials.errors import FormulateError
    from materials.units import registry

    registry()
    with suppress(FormulateError):  # a file of the user is wrong; whoever asks is told
        catalog.load()
