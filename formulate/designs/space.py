"""The space of designs of a target file: what each point of a unit cube stands for, as a formulation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from formulate.computable import prediction_problems
from formulate.designs.target_file import OF_LOADING, Choice, TargetFile, nest_of
from formulate.formulation import Formulation
from formulate.sampling import Array
from materials import catalog
from materials.errors import FileError
from materials.units import convert, parse

Key: TypeAlias = tuple[str, str]  # of what, and its name; the first is empty for dose and regimen
CARRIER: Key = ("", "carrier")
DAY = 86400.0  # s
DIGITS = 4  # of what is chosen: what a recipe can be made to


@dataclass(frozen=True)
class Setting:
    """What was chosen of one thing."""

    of: str
    name: str
    value: float | int | str
    unit: str

    @property
    def text(self) -> str:
        """The setting as it would stand in a file."""
        return f"{self.value:g} {self.unit}".rstrip() if isinstance(self.value, float) else str(self.value)


@dataclass(frozen=True)
class Axis:
    """One direction of the space: which choice it sets, and for which layer, carrier or payload."""

    key: Key
    choice: Choice | None  # None: which of the carriers
    options: tuple[str, ...] = ()  # of the carriers

    @property
    def label(self) -> str:
        """The axis in words, with its unit."""
        unit = f" ({self.choice.unit})" if self.choice and self.choice.unit else ""
        return f"{' '.join(filter(None, self.key))}{unit}"

    @cached_property
    def parts(self) -> int | None:
        """How many things there are to choose from; None where they are numbers without end."""
        if self.choice is None:
            return len(self.options)
        if self.choice.options:
            return len(self.choice.options)
        low, high = self._ends
        return int(high) - int(low) + 1 if self.choice.name == "injections" else None

    @property
    def is_ordered(self) -> bool:
        """Whether one thing to choose from lies between two others."""
        return self.choice is not None and self.choice.is_number and not self.choice.options

    @cached_property
    def _ends(self) -> tuple[float, float]:
        assert self.choice is not None
        return self.choice.ends

    @cached_property
    def _step(self) -> float:
        """What an interval is given in, in its unit: whole days, whole hours where it may be below two days."""
        if self.choice is None or self.choice.name != "interval":
            return 0.0
        low = parse(f"{self._ends[0]} {self.choice.unit}", "d")
        return float(convert(DAY if low >= 2 * DAY else DAY / 24 if low >= DAY / 12 else 0.0, self.choice.unit))

    def setting(self, share: float) -> Setting:
        """Give what lies at a share of 0 to 1 of the way along the axis."""
        of, name = self.key
        if self.choice is None:
            return Setting(of, name, self.options[_place(share, len(self.options))], "")
        if self.choice.options:
            option = self.choice.options[_place(share, len(self.choice.options))]
            number = isinstance(option, str) and self.choice.is_number
            value = self.choice.number(option) if number else option
            return Setting(of, name, value, self.choice.unit if number else "")
        low, high = self._ends
        if self.parts is not None:
            return Setting(of, name, int(low) + _place(share, self.parts), "")
        between = low * (high / low) ** share if self.choice.scale_used == "log" else low + (high - low) * share
        if self._step:
            between = round(between / self._step) * self._step
        return Setting(of, name, float(np.clip(float(f"{between:.{DIGITS}g}"), low, high)), self.choice.unit)


@dataclass(frozen=True)
class Space:
    """All designs of a target file."""

    target: TargetFile

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        """The directions: the carrier where there are several, then each choice for each thing it is of."""
        several = len(self.target.carriers) > 1
        first = (Axis(CARRIER, None, self.target.carriers),) if several else ()
        return first + tuple(Axis((of, item.name), item) for item in self.target.choice for of in item.of or ("",))

    def points(self, count: int, first: int = 0) -> Array:
        """Give points of a scrambled Sobol sequence, (count, axes), from the one numbered `first` on.

        Notes
        -----
        The sequence depends on the seed of the file alone: the first thousand points are the same however many are
        asked for, and a sweep that stopped goes on where it was. Direction numbers of Joe and Kuo, SIAM J Sci Comput
        2008;30:2635; scrambled by a random matrix and a shift (Matousek, J Complexity 1998;14:527), as scipy has them.
        """
        return next(self.lots(first + count, first, max(count, 1)), np.empty((0, len(self.axes))))

    def lots(self, end: int, first: int = 0, size: int = 32) -> Iterator[Array]:
        """Give the points numbered `first` to `end` of that sequence in parts of `size`, none kept."""
        import warnings

        from scipy.stats import qmc

        rng = np.random.default_rng([self.target.calculation.seed, 8])
        sequence = qmc.Sobol(len(self.axes), scramble=True, rng=rng)
        if first:
            sequence.fast_forward(first)
        for start in range(first, end, size):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # a number that is no power of two: asked for in parts
                part = np.asarray(sequence.random(min(size, end - start)))
            yield part

    def settings(self, point: Array) -> tuple[Setting, ...]:
        """Give what a point stands for; what has no part in its design is left out.

        A property of a layer that the carrier at this point does not have, and the interval of one injection, have
        none.
        """
        every = [axis.setting(float(share)) for axis, share in zip(self.axes, point, strict=True)]
        carrier = next((str(item.value) for item in every if (item.of, item.name) == CARRIER), "")
        here = {self.target.cargo.id, "", *self._layers_at(carrier)}
        count = next((item.value for item in every if item.name == "injections" and not item.of), None)
        once = (self.target.regimen.injections if count is None else count) == 1
        return tuple(item for item in every if item.of in here and not (item.name == "interval" and once))

    def formulation(self, settings: tuple[Setting, ...]) -> Formulation:
        """Give the formulation of a design.

        Raises
        ------
        FileError
            What was chosen cannot be together.
        """
        from formulate.formulation import build

        built: Formulation = build(Formulation, self.content(settings), "design")
        return built

    def content(self, settings: tuple[Setting, ...]) -> dict[str, Any]:
        """Give the design as the keys of a formulation file."""
        carrier = next((str(item.value) for item in settings if (item.of, item.name) == CARRIER), "")
        made = self._base(carrier)
        layers = {layer["id"]: layer for layer in made["layer"]}
        payload, regimen = made["payload"][0], made["regimen"]
        tolerances = {axis.key: axis.choice.tolerance for axis in self.axes if axis.choice}
        for item in settings:
            if (item.of, item.name) == CARRIER:
                continue
            if not item.of:
                value: object = item.value if item.name == "injections" else item.text
                (payload if item.name == "dose" else regimen)[item.name] = value
            elif item.name == "method":
                layers[item.of]["method"] = item.value
            else:
                holder = payload if item.of == payload["id"] else layers[item.of]
                table = "loading" if item.name in OF_LOADING else "set"
                holder[table] = {**holder.get(table, {}), item.name: _given(item, tolerances.get((item.of, item.name)))}
        if regimen.get("injections", 1) == 1:
            regimen.pop("interval", None)
        return made

    @cached_property
    def _bases(self) -> dict[str, dict[str, Any]]:
        return {}

    def _base(self, carrier: str) -> dict[str, Any]:
        """Give the keys of a formulation file before anything is chosen."""
        if carrier not in self._bases:
            self._bases[carrier] = self._made_base(carrier)
        kept = self._bases[carrier]
        return {
            **kept,
            "payload": [dict(kept["payload"][0])],
            "layer": [dict(layer) for layer in kept["layer"]],
            "regimen": dict(kept["regimen"]),
        }

    def _made_base(self, carrier: str) -> dict[str, Any]:
        target = self.target
        carrier = carrier or next(iter(target.carriers), "")
        kept = target.model_dump(exclude_unset=True, exclude={"carriers", "choice", "limits", "kind", "layer", "name"})
        if target.limits.volume and not target.regimen.volume:
            kept["regimen"]["volume"] = target.limits.volume  # as much as may be given
        if target.layer:
            layers = [layer.model_dump(exclude_unset=True) for layer in target.layer]
            return {**kept, "kind": "formulation", "name": target.name, "layer": layers}
        entry = catalog.load().carrier(carrier)
        holds, layers = target.cargo.id, []
        for part in nest_of(entry):
            layers.append({"id": part, "carrier": part, "holds": [holds]})
            holds = part
        system = {"system": entry.id} if entry.layers else {}
        return {**kept, **system, "kind": "formulation", "name": entry.name, "layer": layers}

    def _layers_at(self, carrier: str) -> tuple[str, ...]:
        if self.target.layer:
            return tuple(layer.id for layer in self.target.layer)
        return nest_of(catalog.load().carrier(carrier or self.target.carriers[0]))


def nest_problems(target: TargetFile) -> Iterator[tuple[str, str]]:
    """Give what keeps the nests of a target from being computed, or a choice from being set, by field."""
    space = Space(target)
    carriers = range(len(target.carriers)) if len(target.carriers) > 1 else (0,)
    for number in carriers:
        point = np.full(len(space.axes), 0.5)
        if len(target.carriers) > 1:
            point[0] = (number + 0.5) / len(target.carriers)
        try:
            built = space.formulation(space.settings(point))
        except FileError as error:
            yield from _in_words(target, number, {fault.field: fault.problem for fault in error.faults})
            continue
        yield from _in_words(target, number, dict(prediction_problems(built)))


def _in_words(target: TargetFile, carrier: int, found: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Give faults of a formulation as faults of the target file it was made from."""
    for field, problem in found.items():
        place = next((index for index, item in enumerate(target.choice) if field.endswith(f".{item.name}")), None)
        if place is not None:
            yield f"choice.{place}", problem
        elif field.startswith("layer.") and target.carriers:
            yield f"carriers.{carrier}", problem
        else:
            yield field, problem


def _place(share: float, count: int) -> int:
    """Give which of so many equal parts of 0 to 1 a share lies in."""
    return min(int(share * count), count - 1)


def _given(item: Setting, tolerance: str | None) -> object:
    """Give a property as it stands in a file, with how far what is made may lie from it, and what a size is."""
    # the range of a choice names no basis: its sizes are computed as number means, and the file of a design says so
    basis = {"basis": "number"} if item.name == "diameter" else {}
    if tolerance is None or not isinstance(item.value, float):
        return {"typical": item.text, **basis} if basis else item.text
    share = parse(tolerance, "percent")
    around = {"low": item.value * (1 - share), "high": item.value * (1 + share)}
    ends = {end: f"{value:.{DIGITS}g} {item.unit}".rstrip() for end, value in around.items()}
    return {"typical": item.text, **ends, **basis}
