"""A commented catalog file for an entry of the user's own, to be filled in."""

import json
from collections.abc import Collection, Sequence

from materials.catalog import GOES_WITH, KINDS, Catalog
from materials.errors import FormulateError, UnknownIdError, nearest, shorten
from materials.mechanisms import MECHANISMS, Mechanism, mechanism
from materials.values import Value

_PHYSICAL = {
    "polymer-microparticle": "micro",
    "hydrogel": "bulk-gel",
    "hydrogel-composite": "bulk-gel",
    "cell": "cell",
    "engineered-cell": "cell",
    "secretome": "fluid",
    "vehicle": "fluid",
    "bone-graft": "graft",
    "scaffold": "graft",
    "tissue-engineered-construct": "graft",
    "microgel": "micro",
    "microbubble": "micro",
}
_USUAL_CLASS = {
    "carrier": "polymer-microparticle",
    "payload": "small-molecule",
    "site": "joint",
    "method": "particle-preparation",
}
_SPOKEN = {  # what an id tells of the class
    "carrier": {
        "microgel": "microgel",
        "gel": "hydrogel",
        "liposome": "lipid-vesicle",
        "exosome": "extracellular-vesicle",
        "vesicle": "extracellular-vesicle",
        "micelle": "micelle",
        "nano": "polymer-nanoparticle",
        "lipid": "lipid-particle",
        "scaffold": "scaffold",
        "cell": "cell",
        "msc": "cell",
        "silica": "inorganic-particle",
    },
    "payload": {
        "rna": "nucleic-acid",
        "mir": "nucleic-acid",
        "antibody": "protein",
        "protein": "protein",
        "peptide": "protein",
        "exosome": "secreted-mixture",
    },
    "site": {"disc": "disc", "bone": "bone", "fracture": "bone-defect", "cord": "nerve", "nerve": "nerve"},
    "method": {"injection": "administration", "culture": "cell-manufacture", "sorting": "cell-isolation"},
}
_HEAD = """\
# An entry of your own. It is laid over the shipped catalog, property by property, and always shown as yours.
# Lines that start with # are suggestions: take the # away and fill in your numbers. Then run
#     formulate catalog check {file}
#     formulate catalog show {id} --catalog {file}
# A value has typical, or low and high with `spread` saying what they are: p10_p90, sd, se, iqr, range, bound.
# A lone typical number of yours counts as exact. `source`, `conditions` and `note` are free text and worth the while.

"""


def template(
    catalog: Catalog, kind: str, identifier: str, of_class: str = "", file: str = "", values: Sequence[Value] = ()
) -> str:
    """Give the text of a catalog file with one entry, its needed properties as comments.

    Parameters
    ----------
    catalog : Catalog
        The vocabulary, classes and mechanisms to draw on; an entry that exists there is laid over.
    kind : str
        carrier, payload, site, method or study.
    identifier : str
        The id of the entry.
    of_class : str
        Its class; a usual one of the kind if left out.
    file : str
        The name of the file, for the advice in its head.
    values : sequence of Value
        Values known already, such as those computed from a structure.

    Raises
    ------
    FormulateError, UnknownIdError
        An unknown kind or class, or an id that is not one.
    """
    if kind not in KINDS:
        raise FormulateError(f"unknown kind {shorten(kind)!r}; need {', '.join(KINDS)}")
    _check_id(identifier)
    other = next((name for name in KINDS if name != kind and identifier in catalog.kind(name)), "")
    if other:
        raise FormulateError(f"{identifier} is a {other} of the catalog; need an id of its own")
    classes = [item.id for item in catalog.classes.values() if item.kind == kind]
    if of_class and of_class not in classes:
        raise UnknownIdError(f"{kind} class", of_class, nearest(of_class, classes))
    lines = [_HEAD.format(file=shorten(file) or f"{identifier}.toml", id=identifier).rstrip("\n"), "", f"[[{kind}]]"]
    lines.append(f'id = "{identifier}"')
    ours = catalog.kind(kind).get(identifier)
    if ours is not None:
        lines += [f"# {ours.name} is in the catalog: what you give below replaces it, the rest stays as it is.", ""]
        for value in values:
            lines += _given(value)
        have = {value.name for value in values}
        for value in ours.property:
            if value.is_used and value.name not in have:
                lines += _commented(catalog, kind, value.name, value)
                have.add(value.name)
        return "\n".join(lines) + "\n"
    of_class = of_class or guessed_class(kind, identifier)
    lines += [
        f'name = "{identifier.replace("-", " ").capitalize()}"',
        '# name_zh = ""',
        '# description = "What it is."',
    ]
    lines += _scalars(catalog, kind, of_class, classes)
    for value in values:
        lines += _given(value)
    have = {value.name for value in values}
    for declared, needed, optional in _needs(catalog, kind, of_class):
        wanted = [name for name in needed if name not in have]
        if wanted:
            lines += ["", f"# Needed by the {declared.stage} mechanism {declared.id}: {declared.summary}."]
        for name in wanted:
            lines += _commented(catalog, kind, name)
        extra = [name for name in optional if name not in have and name not in needed]
        if extra:
            lines += ["", f"# Read by the {declared.stage} mechanism {declared.id} in some circumstances only."]
        for name in extra:
            lines += _commented(catalog, kind, name)
        have |= {*needed, *optional}
    lines += [
        "",
        f"# [[{kind}.statement]]",
        '# kind = "for"  # for, against, risk, cost, difficulty, comparison, mechanism, use, fact, caution',
        '# degree = ""  # of a cost, a difficulty or a risk: low, moderate, high',
        '# text = "What you hold true of it."',
        '# source = "Where it stands."',
    ]
    return "\n".join(lines) + "\n"


def guessed_class(kind: str, identifier: str) -> str:
    """Give the class that an id speaks of, or a usual one of the kind.

    >>> guessed_class("carrier", "my-gel"), guessed_class("carrier", "batch-12"), guessed_class("payload", "x-siRNA")
    ('hydrogel', 'polymer-microparticle', 'nucleic-acid')
    """
    text = identifier.casefold()
    return next((of for word, of in _SPOKEN.get(kind, {}).items() if word in text), _USUAL_CLASS.get(kind, ""))


def _check_id(identifier: str) -> None:
    from pydantic import TypeAdapter, ValidationError

    from materials.values import Identifier

    try:
        TypeAdapter(Identifier).validate_python(identifier)
    except ValidationError:
        raise FormulateError(
            f"id {shorten(identifier)!r}; need lower-case letters, digits and hyphens, such as my-gel, at most 80"
        ) from None


def _scalars(catalog: Catalog, kind: str, of_class: str, classes: Sequence[str]) -> list[str]:
    if kind == "study":
        return [
            'stage = "not-stated"  # concept, in-vitro, small-animal, large-animal, case-report, cohort, trial, review',
            'direction = "not-stated"  # positive, negative, neutral, conflicting',
            'outcome = "What was found."',
            "# carriers = []",
            "# payloads = []",
            "# sites = []",
            '# source = "Author A, et al. Journal 2026;1:1-2"',
        ]
    lines = [f'{kind}_class = "{of_class}"', *_wrapped("# classes: ", classes)]
    if kind != "carrier":
        return lines
    lines.append(
        f'physical_form = "{_PHYSICAL.get(of_class, "nano")}"  # nano, micro, bulk-gel, fluid, cell, graft ...'
    )
    names = catalog.classes[of_class].mechanisms
    if names.release:
        lines += [
            f'form = "{GOES_WITH[names.release][0]}"  # how calculators treat it',
            "",
            "[carrier.mechanisms]",
            f'loading = "{names.loading}"',
            f'release = "{names.release}"',
        ]
    else:
        lines.append("# No calculator computes this class yet: its values are shown and compared.")
    return lines


def _wrapped(head: str, names: Sequence[str]) -> list[str]:
    import textwrap

    return textwrap.wrap(head + ", ".join(names), 110, subsequent_indent="#     ", break_on_hyphens=False)


def _needs(catalog: Catalog, kind: str, of_class: str) -> list[tuple[Mechanism, tuple[str, ...], tuple[str, ...]]]:
    """Give each mechanism, what it needs of such an entry, and what else it may read of it."""
    if kind == "carrier":
        names = catalog.classes[of_class].mechanisms
        if not names.release:
            return []
        form = GOES_WITH[names.release][0]
        like = [entry for entry in catalog.carriers.values() if entry.form == form]
        found = [mechanism("loading", names.loading), mechanism("release", names.release)]
        retained = [item for item in MECHANISMS if item.stage == "retention"]
        read = {value.name for entry in like for value in entry.property if value.is_used}
        return [(item, item.needs_carrier, _also(item, read)) for item in (*found, *retained)]
    if kind == "payload":
        read = {value.name for entry in catalog.payloads.values() for value in entry.property if value.is_used}
        return [(item, item.needs_payload, _also(item, read)) for item in MECHANISMS]
    return []


def _also(item: Mechanism, read: Collection[str]) -> tuple[str, ...]:
    """Give what a mechanism may read, of the properties that entries of this kind have."""
    return tuple(name for name in item.may_use if name in read)


def _commented(catalog: Catalog, kind: str, name: str, like: Value | None = None) -> list[str]:
    item = catalog.property(name)
    unit = like.unit if like else item.unit
    example = f"{like.typical:g}" if like else "..."
    lines = [
        "",
        f"# [[{kind}.property]]  # {item.label}",
        f'# name = "{name}"',
        f"# typical = {example}",
        f'# unit = "{unit}"',
    ]
    holds_for = ("species", "state", "payload", "layer", "grade")
    return lines + [
        f"# {key} = {json.dumps(getattr(like, key), ensure_ascii=False)}" for key in holds_for if getattr(like, key, "")
    ]


def _given(value: Value) -> list[str]:
    # only payloads have values that follow from a structure
    lines = ["", "[[payload.property]]", f'name = "{value.name}"', f"typical = {value.typical!r}"]
    if value.low is not None and value.high is not None:
        lines += [f"low = {value.low!r}", f"high = {value.high!r}", f'spread = "{value.spread}"']
    lines += [f'unit = "{value.unit}"', f'evidence = "{value.evidence}"']
    # a structure may hold a backslash; a text of JSON is one of TOML
    lines += [
        f"{name} = {json.dumps(text, ensure_ascii=False)}"
        for name in ("source", "note")
        if (text := getattr(value, name))
    ]
    return lines
