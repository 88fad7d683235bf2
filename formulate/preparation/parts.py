"""What a batch recipe is made of: what to weigh and measure, where it goes, solvents, the injection, checks, steps."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from formulate.estimate import Estimate
from formulate.preparation.amounts import amount_text
from materials.units import convert

if TYPE_CHECKING:
    from formulate.report.checklist import Format
    from materials.solvents import Solvent

Unit = Literal["kg", "m**3", "1"]
Role = Literal[
    "drug", "carrier", "solvent", "water phase", "outer buffer", "bath", "excipient", "vehicle", "own drug", "stock"
]
Verdict = Literal["pass", "check", "unknown"]
LONGEST = 100_000  # last digits; a mass of more of them is not weighed so finely
SHOWN: dict[str, str] = {"kg": "mg", "m**3": "mL", "1": "1"}


def quantity(value: float | None, unit: str) -> dict[str, object]:
    """Give an SI number as a quantity of the results envelope, in the unit it is shown in."""
    shown = SHOWN.get(unit, unit)
    return {"value": None if value is None else convert(value, shown), "unit": shown}


@dataclass(frozen=True)
class Ingredient:
    """One thing to weigh, measure or count for the batch."""

    layer: str
    role: Role
    name: str
    amount: float | None  # SI, for the typical values; None where nothing says how much
    unit: Unit
    band: Estimate | None = None
    note: str = ""
    text: str = ""  # of the amount, where a mass balance prints it too

    @property
    def shown(self) -> str:
        """The amount as it is printed, the same wherever it stands."""
        return self.text or amount_text(self.amount, self.unit)

    @property
    def measured(self) -> str:
        """The amount with what it is of."""
        return f"{self.shown} {self.name}" if self.unit == "1" else f"{self.shown} of {self.name}"

    def to_dict(self) -> dict[str, object]:
        """Give it as plain data."""
        shown: dict[str, object] = {"layer": self.layer, "role": self.role, "name": self.name}
        shown |= {"amount": quantity(self.amount, self.unit), "note": self.note}
        return shown | ({} if self.band is None else {"estimate": self.band.to_dict()})


@dataclass(frozen=True)
class PayloadPlan:
    """What a batch is planned on, for one payload in one layer."""

    payload: str
    layer: str
    wanted: float  # kg per dose
    given: float  # kg per dose: what the injection can hold of it
    convention: str
    basis: str
    theoretical_loading: float | None  # if all drug and carrier of the feed ended in the product
    drug_loading: Estimate | None
    encapsulation_efficiency: Estimate | None
    to_weigh: Estimate

    def to_dict(self) -> dict[str, object]:
        """Give it as plain data."""
        loading, efficiency = self.drug_loading, self.encapsulation_efficiency
        return {
            "payload": self.payload,
            "layer": self.layer,
            "dose_wanted": quantity(self.wanted, "kg"),
            "dose_given": quantity(self.given, "kg"),
            "convention": self.convention,
            "basis": self.basis,
            "theoretical_loading": quantity(self.theoretical_loading, "percent_w_w"),
            "drug_loading": loading.to_dict() if loading else None,
            "encapsulation_efficiency": efficiency.to_dict() if efficiency else None,
            "drug_to_weigh": self.to_weigh.to_dict(),
        }


@dataclass(frozen=True)
class BalanceRow:
    """Where one substance of a layer goes [kg]; `digits` are the same three as whole numbers of the last digit shown.

    What is added is in the product or lost: exactly so in the digits, and to the last bit of a float in the masses.
    """

    what: str
    added: float
    in_product: float
    lost: float
    digits: tuple[int, int, int]


@dataclass(frozen=True)
class Balance:
    """The mass balance of one layer of the batch."""

    layer: str
    rows: tuple[BalanceRow, ...]
    digit: float  # kg, the last digit shown
    process_yield: float | None  # product per what was put in; None where no loss is known
    yield_note: str
    rest: str = "lost"  # what becomes of what is not in the product

    @property
    def unit(self) -> str:
        """The unit it is printed in."""
        return "mg" if self.digit >= 1e-9 else "µg"

    def printed(self, digits: int) -> str:
        """Give a number of last digits as it is printed, in the unit of the balance."""
        scale = 1e6 if self.unit == "mg" else 1e9
        decimals = max(0, round(-math.log10(self.digit * scale)))
        return f"{digits * self.digit * scale:.{decimals}f}"

    def text(self, digits: int) -> str:
        """Give a mass of it as it stands elsewhere in the recipe: the same digits, unless they are more than five."""
        if digits < LONGEST:
            if self.unit == "µg" and digits * self.digit >= 1e-6:  # the same digits in mg
                return f"{digits * self.digit * 1e6:.{max(0, round(-math.log10(self.digit * 1e6)))}f} mg"
            return f"{self.printed(digits)} {self.unit}"
        return amount_text(digits * self.digit, "kg")

    @property
    def total(self) -> BalanceRow:
        """The sums of the rows: of the masses, and of the digits as they are shown."""
        added, product, lost = (
            sum(getattr(row, name) for row in self.rows) for name in ("added", "in_product", "lost")
        )
        digits = tuple(sum(row.digits[place] for row in self.rows) for place in range(3))
        return BalanceRow("total", added, product, lost, (digits[0], digits[1], digits[2]))

    def to_dict(self) -> dict[str, object]:
        """Give it as plain data, masses as computed and as shown; what is lost is the difference of the two others."""
        return {
            "layer": self.layer,
            "process_yield": quantity(self.process_yield, "percent"),
            "yield_note": self.yield_note,
            "rest": self.rest,
            "last_digit": quantity(self.digit, "kg"),
            "rows": [self._row(row) for row in (*self.rows, self.total)],
        }

    def _row(self, row: BalanceRow) -> dict[str, object]:
        put, kept = (convert(mass, SHOWN["kg"]) for mass in (row.added, row.in_product))
        shown: dict[str, object] = {"what": row.what}
        for name, mass, digits in zip(
            ("added", "in_product", "lost"), (put, kept, put - kept), row.digits, strict=True
        ):
            shown[name] = {"value": mass, "unit": SHOWN["kg"], "rounded": round(digits * self.digit * 1e6, 9)}
        return shown


@dataclass(frozen=True)
class SolventLimit:
    """What may stay of a solvent in the product of one layer."""

    layer: str
    solvent: "Solvent"
    product_per_dose: float | None  # kg
    largest_content: float | None  # kg/kg, if all of a dose counts as the exposure of one day
    enough_water: float | None  # m3 of water that would dissolve all the solvent

    def to_dict(self) -> dict[str, object]:
        """Give it as plain data."""
        exposure = self.solvent.permitted_daily_exposure
        limit = self.solvent.concentration_limit
        return {
            "layer": self.layer,
            "solvent": self.solvent.id,
            "ich_class": self.solvent.ich_class,
            "permitted_daily_exposure": {"value": exposure.typical if exposure else None, "unit": "mg/day"},
            "concentration_limit": {"value": limit.typical if limit else None, "unit": "ppm"},
            "product_per_dose": quantity(self.product_per_dose, "kg"),
            "largest_residual_content": {
                "value": None if self.largest_content is None else self.largest_content * 1e6,
                "unit": "ppm",
            },
            "water_that_dissolves_it": quantity(self.enough_water, "m**3"),
            "note": self.solvent.note,
        }


@dataclass(frozen=True)
class Check:
    """One thing the finished injection is held against."""

    name: str
    found: str
    limit: str
    verdict: Verdict

    def to_dict(self) -> dict[str, object]:
        """Give it as plain data."""
        return {"name": self.name, "found": self.found, "limit": self.limit, "verdict": self.verdict}


@dataclass(frozen=True)
class Strength:
    """A concentration in the injection: as planned, with what the draws make of it."""

    planned: float  # SI
    band: Estimate

    def to_dict(self) -> dict[str, object]:
        """Give it as plain data."""
        return {
            "label": self.band.label,
            "planned": {"value": convert(self.planned, self.band.unit), "unit": self.band.unit},
            **self.band.to_dict(),
        }


@dataclass(frozen=True)
class Injection:
    """The filled product."""

    volume: float  # m3 per dose
    doses: float
    total_volume: float  # m3, with overage and what stays behind
    concentrations: tuple[Strength, ...]  # of drugs, then of the particles, cells and vesicles
    checks: tuple[Check, ...]

    def to_dict(self) -> dict[str, object]:
        """Give it as plain data."""
        return {
            "volume_per_dose": quantity(self.volume, "m**3"),
            "doses": {"value": self.doses, "unit": "1"},
            "volume_to_prepare": quantity(self.total_volume, "m**3"),
            "concentrations": {item.band.name: item.to_dict() for item in self.concentrations},
            "checks": [check.to_dict() for check in self.checks],
        }


@dataclass(frozen=True)
class Step:
    """One thing to do, with what is written down while doing it."""

    layer: str
    text: str
    blanks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recipe:
    """What to weigh, do and check, so that the doses wanted come out."""

    label: str
    doses: float
    overage: float
    fill_loss: float
    payloads: tuple[PayloadPlan, ...]
    ingredients: tuple[Ingredient, ...]
    balances: tuple[Balance, ...]
    solvents: tuple[SolventLimit, ...]
    injection: Injection
    steps: tuple[Step, ...]
    assumptions: tuple[str, ...]
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """Give the recipe as plain data, quantities with their units."""
        return {
            "label": self.label,
            "doses": {"value": self.doses, "unit": "1"},
            "overage": quantity(self.overage, "percent"),
            "fill_loss": quantity(self.fill_loss, "percent"),
            "payloads": [plan.to_dict() for plan in self.payloads],
            "ingredients": [item.to_dict() for item in self.ingredients],
            "balances": [balance.to_dict() for balance in self.balances],
            "residual_solvents": [limit.to_dict() for limit in self.solvents],
            "injection": self.injection.to_dict(),
            "steps": [{"layer": step.layer, "text": step.text, "blanks": list(step.blanks)} for step in self.steps],
            "assumptions": list(self.assumptions),
            "warnings": list(self.warnings),
        }

    def to_text(self, width: int = 100) -> str:
        """Give a checklist to print: boxes to tick, blanks for what was weighed, lines to sign."""
        return self._written("text", width)

    def to_markdown(self) -> str:
        """Give the checklist in Markdown."""
        return self._written("markdown", 0)

    def _written(self, form: "Format", width: int) -> str:
        from formulate.report.checklist import checklist

        return checklist(self, form, width)
