"""Finding entries: by class, site, evidence, stage of study, a property they have, or words."""

from collections.abc import Iterator

from materials.cards import Card, Cards
from materials.catalog import KINDS, Catalog
from materials.readiness import summary
from materials.schema import Carrier, Entry, Payload, Site, Study


def find(
    catalog: Catalog,
    kind: str,
    *,
    of_class: str = "",
    site: str = "",
    evidence: str = "",
    stage: str = "",
    has: str = "",
    text: str = "",
    cell_source: str = "",
    targets: str = "",
) -> list[Entry]:
    """Give the entries of a kind that meet every condition given, sorted by id.

    Parameters
    ----------
    catalog : Catalog
        Where to look.
    kind : str
        carrier, payload, site, method or study.
    of_class : str
        The id of a class of this kind; of studies, a stage.
    site : str
        A site: entries meant for it or for a part of it.
    evidence : str
        An evidence level that one of its values or statements has, or how a review names it (stated, hedged, title);
        with `has`, the level of a value of that property.
    stage : str
        The stage of a study of it.
    has : str
        A property that it has a value of: the name, or what people call it (size, logp).
    text : str
        Beginnings of words (in Chinese, any part) that all stand in its id, names, description or statements.
    cell_source : str
        Of carriers: the tissue or cell its cells, vesicles or matrix come from.
    targets : str
        Beginnings of words, a cell or a molecule, that stand together in one thing it seeks or acts on: a modification
        with its purpose, what a payload acts on, a mechanism that is told. "any": all that name one.

    Raises
    ------
    UnknownIdError, FormulateError
        A condition names what the catalog does not know; the nearest names are told.
    """
    found = cards_of(catalog).find(
        kind,
        of_class=of_class,
        site=site,
        evidence=evidence,
        stage=stage,
        has=has,
        text=text,
        cell_source=cell_source,
        targets=targets,
    )
    return [catalog.kind(kind)[card.id] for card in found]


def cards_of(catalog: Catalog) -> Cards:
    """Give the card index of a catalog."""
    classes: dict[str, tuple[str, ...]] = {}
    for item in catalog.classes.values():
        classes[item.kind] = (*classes.get(item.kind, ()), item.id)
    within = {
        name: tuple(sorted(catalog.within(site.id)))
        for site in catalog.sites.values()
        for name in (site.id, *site.synonyms)
    }
    cards = {
        kind: tuple(_card(catalog, kind, entry) for _, entry in sorted(catalog.kind(kind).items())) for kind in KINDS
    }
    labels = {item.name: item.label for item in catalog.properties.values()}
    return Cards(catalog.version, cards, classes, within, labels)


def _card(catalog: Catalog, kind: str, entry: Entry) -> Card:
    studies = (entry,) if isinstance(entry, Study) else catalog.studies_of(entry.id)
    parts = (*entry.property, *entry.statement)
    evidence = {entry.mark, *(str(part.evidence) for part in parts), *(part.mark for part in parts)} - {""}
    said = [statement.text for statement in entry.statement]
    names = [entry.id, entry.name, entry.name_zh, entry.class_id, *entry.synonyms]
    if isinstance(entry, Study):
        said += [entry.model, entry.species, entry.route, entry.outcome, entry.mechanism]
    about = (*entry.carriers, *entry.payloads, *entry.sites) if isinstance(entry, Study) else ()
    return Card(
        kind=kind,
        id=entry.id,
        name=entry.name,
        name_zh=entry.name_zh,
        of_class=entry.class_id,
        physical_form=entry.physical_form if isinstance(entry, Carrier) else "",
        direction=entry.direction if isinstance(entry, Study) else "",
        about=about,
        values=len(entry.property),
        runs=summary(catalog, entry),
        cell_source=entry.cell_source if isinstance(entry, Carrier) else "",
        sites=tuple(sorted(_sites_of(catalog, entry))),
        evidence=tuple(sorted(evidence)),
        stages=tuple(sorted({str(study.stage) for study in studies})),
        has=tuple(sorted({value.name for value in entry.property})),
        levels=tuple(sorted({f"{v.name} {level}" for v in entry.property for level in (v.evidence, v.mark) if level})),
        yours=sum(value.is_yours for value in entry.property),
        targets=tuple(_targets_of(catalog, entry)),
        words=" ".join([*names, entry.description, *said]).casefold(),
    )


def _targets_of(catalog: Catalog, entry: Entry) -> Iterator[str]:
    """Give what an entry seeks or acts on, each in one text; of a carrier its payloads' as well."""
    if isinstance(entry, Carrier):
        yield from (f"{item.what}: {item.purpose}" for item in entry.modifications)
        held = (catalog.payloads[name] for name in entry.payloads if name in catalog.payloads)
        yield from (f"{payload.id}: {payload.acts_on}" for payload in held if payload.acts_on)
    elif isinstance(entry, Payload) and entry.acts_on:
        yield entry.acts_on
    yield from (statement.text for statement in entry.statements("mechanism"))


def _sites_of(catalog: Catalog, entry: Entry) -> set[str]:
    """Give the sites an entry is for: its own, those of its studies, of the carriers that hold it, and the computed."""
    if isinstance(entry, Site):
        return {entry.id}
    sites = set(entry.sites) if isinstance(entry, Carrier | Study) else set()
    if isinstance(entry, Carrier) and catalog.is_runnable(entry):
        sites |= {site.id for site in catalog.sites.values() if site.mechanisms.retention}
    if isinstance(entry, Payload):
        holders = [carrier for carrier in catalog.carriers.values() if entry.id in carrier.payloads]
        sites |= {site for carrier in holders for site in carrier.sites}
    return sites | {site for study in catalog.studies_of(entry.id) for site in study.sites}
