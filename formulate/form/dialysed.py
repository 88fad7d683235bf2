"""The release behind a dialysis bag, of a table of release and a second one of free drug in the same bag."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from formulate.form.content import text
from formulate.form.reporting import Computed, Progress, titled
from formulate.form.wanted import Wanted
from materials.errors import FormulateError

if TYPE_CHECKING:
    from formulate.dialysis.results import DialysisResult
    from formulate.experiment.data import Profile
    from formulate.report.page import Document

Content = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class OfBag(Computed):
    """The law of a carrier, the bag taken out of its readings."""

    found: "DialysisResult"
    profiles: "tuple[Profile, Profile]"  # of the carrier, of free drug
    inputs: Content

    def document(self, wanted: Wanted) -> "Document":
        """Give what may be concluded, both runs, the law and the bag."""
        from formulate.report.dialysis_page import dialysis_document

        return titled(dialysis_document(self.found, self.profiles, date=wanted.date), wanted)

    def to_json(self, wanted: Wanted) -> str:
        """Give the correction as `formulate dialysis` writes it."""
        from formulate.report.dialysis_page import dialysis_results
        from formulate.report.envelope import FITTED_DIGITS, dumps, envelope

        results = dialysis_results(self.found)
        said = envelope("dialysis", results, seed=None, inputs=self.inputs, warnings=list(self.found.warnings))
        return dumps(said, FITTED_DIGITS)


def behind_the_bag(content: Content, asked: Mapping[str, str], progress: Progress | None = None) -> OfBag:
    """Find the release behind the bag.

    Parameters
    ----------
    content : Mapping
        A table of release with its options (see `formulate.form.measured`); ``second`` is that of free drug.
    asked, progress
        As `formulate.form.further.computed_further`.

    Raises
    ------
    FormulateError
        There is no second table; or what cannot be read or computed.
    """
    from formulate.dialysis.correction import LAWS, correct
    from formulate.dialysis.sampling import sampling_warnings
    from formulate.form.alike import two_of
    from formulate.preparation.amounts import asked_number

    if not text(content, "second"):
        raise FormulateError("no second table is open; need that of free drug in the same bag, as the second file")
    data, free = two_of(content)
    carrier, bag = data.profile(), free.profile()
    if data.seconds != free.seconds:
        bag = replace(bag, time=bag.time * (free.seconds / data.seconds))
    number = {
        name: asked_number(label, asked[name], unit)
        for name, label, unit in (
            ("donor", "in the bag", "mL"),
            ("receiver", "around the bag", "mL"),
            ("unbound", "not bound again", "percent"),
            ("level", "level", "percent"),
        )
        if name in asked
    }
    sample, replaced = text(content, "sample").strip(), text(content, "replaced") != "no"
    if sample and replaced and {"donor", "receiver"} <= number.keys():
        number["sample"] = asked_number("sample taken", sample, "mL")
    if progress:
        progress("the laws of release")
    names = [part.strip() for part in asked.get("models", "").split(",") if part.strip()]
    found = correct(
        carrier,
        bag,
        model=names or LAWS,
        donor_volume=number.get("donor"),
        receiver_volume=number.get("receiver"),
        unbound_fraction=number.get("unbound", 1.0),
        sample_volume=number.get("sample", 0.0),
        recovery=asked.get("recovery") == "yes",
        level=number.get("level", 0.95),
        time_unit=data.time_unit,
        seconds=data.seconds,
    )
    more = sampling_warnings(asked.get("receiver", ""), text(content, "volume"), sample, replaced=replaced)
    told = tuple(dict.fromkeys((*data.warnings, *free.warnings, *more, *found.warnings)))
    return OfBag(replace(found, warnings=told), (carrier, bag), {**content, **asked})
