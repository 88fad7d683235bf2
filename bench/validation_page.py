"""Write the tables and pictures of docs/validation.md from the files of scores beside it.

    python -m bench.validation_page

The scores are made by `bench.release_prediction`, `bench.release_gains`, `bench.loading_gains` and
`bench.retention_gains` from published data that do not ship; the files hold averages alone.
"""

from collections.abc import Mapping, Sequence

from bench.page import DOCS, fill, replace_text
from bench.release_tables import coverage_plot, markdown, read

PAGE, IMAGES = DOCS / "validation.md", DOCS / "images"
Ways = Mapping[str, Mapping[str, float]]  # way of use, quantity
Scores = Mapping[str, Ways]  # data set, way of use, quantity

SETS = {"injectables": "long-acting set", "microparticles": "microparticles", "liposomes": "liposomes"}
KNOWN = (
    "all features", "without size", "without molar mass", "without lactide share", "without loading",
    "without surfactant of the medium", "without the method of the assay", "no features", "half of the groups",
    "a quarter of the groups",
)  # fmt: skip
POINTS = {  # of the long-acting and the microparticle set, of liposomes
    "nothing measured": ("nothing measured",) * 2,
    "one early point": ("one point near 1 d", "one point near 1 h"),
    "one later point": ("one point near 7 d", "one point near 3 h"),
    "one point at the end": ("one point near 14 d", "one point near 6 h"),
    "all points until then": ("all points until then",) * 2,
    "of those with siblings: nothing measured": ("nothing measured, where siblings are",) * 2,
    "of those with siblings: up to six siblings": ("siblings alone",) * 2,
}
CARRIERS = (
    "all carriers", "measured 0 to 0.3", "measured 0.3 to 0.7", "measured 0.7 to 1",
    "polymer nanoparticle", "polymer microparticle", "lipid vesicle", "extracellular vesicle",
)  # fmt: skip
LOADING_GAINS = (
    "median of all", "median of carrier and method", "carrier and method alone", "without logP",
    "without the feed ratio", "without the surfactant", "all carriers", "half of the studies",
    "a quarter of the studies",
)  # fmt: skip
GIVEN = ("the same payload in other studies", "one other of the study", "all others of the study")


def error(found: Mapping[str, float]) -> str:
    """Give the error by rows, and by groups in brackets."""
    return f"{found['profile']:.3f} ({found['group']:.3f})"


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Give a table in Markdown."""
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *lines))


def known(scores: Scores) -> str:
    """Give the release error before anything is measured, by what is known of the formulation and of others."""
    lines = [[way, *(error(scores[source][way]) if way in scores[source] else "" for source in SETS)] for way in KNOWN]
    return table(["", *SETS.values()], lines)


def points(scores: Scores) -> str:
    """Give the release error of the later points, by what was measured before."""
    lines = []
    for said, (polyester, liposome) in POINTS.items():
        ways = {source: liposome if source == "liposomes" else polyester for source in SETS}
        lines.append([said, *(error(scores[source][f"later points, {way}"]) for source, way in ways.items())])
    counts = [f"{ways['later points, nothing measured']['profiles']:.0f}" for ways in (scores[s] for s in SETS)]
    return table(["", *(f"{said}, {count} profiles" for said, count in zip(SETS.values(), counts, strict=True))], lines)


def share_of_error(worst: Mapping[str, float], everything: Mapping[str, float]) -> str:
    """Give how much of the summed error a part makes, and how much of the rows it is."""
    part = worst["profiles"] * worst["profile"] / (everything["profiles"] * everything["profile"])
    return f"{100 * part:.0f} % of the error in {100 * worst['profiles'] / everything['profiles']:.0f} % of"


def dominance(release: Scores, loading: Ways, retention: Ways) -> str:
    """Give what the worst quarter of the groups makes of the error, calculator by calculator."""
    lines = []
    for source, said in SETS.items():
        ways = release[source]
        worst, everything = ways["the worst quarter of the groups"], ways["all features"]
        lines.append([f"release, {said}", f"{share_of_error(worst, everything)} the profiles",
                      f"{everything['profile']:.3f}", f"{worst['profile']:.3f}"])  # fmt: skip
    for name, ways, way, worst_of, what in (
        ("loading", loading, "all carriers", "studies", "measurements"),
        ("retention", retention, "all fates", "sources", "rows"),
    ):
        worst, everything = ways[f"the worst quarter of the {worst_of}"], ways[way]
        lines.append([name, f"{share_of_error(worst, everything)} the {what}",
                      f"{everything['profile']:.3f}", f"{worst['profile']:.3f}"])  # fmt: skip
    return table(["", "the worst quarter of the groups makes", "error of all", "its error"], lines)


def carriers(ways: Ways) -> str:
    """Give the loading error and its bands by carrier."""
    lines = []
    for way in CARRIERS:
        found = ways[way]
        bands = [f"{found[f'held {level}']:.2f}, {found[f'width {level}']:.2f}, {found[f'interval {level}']:.2f}"
                 for level in ("80", "90")]  # fmt: skip
        fitting = "" if way.startswith("measured") else f"{found['pooled R2']:.2f}"  # of a part chosen by it: nothing
        lines.append([way, f"{found['profiles']:.0f}", error(found), fitting, *bands])
    head = ["", "measurements", "error (studies)", "R2", "80 % band holds, width, score",
            "90 % band holds, width, score"]  # fmt: skip
    return table(head, lines)


def loading_gains(ways: Ways) -> str:
    """Give the loading error by what is known."""
    lines = [["all descriptors" if way == "all carriers" else way, error(ways[way])] for way in LOADING_GAINS]
    return table([f"{ways['all carriers']['profiles']:.0f} measurements", "error (studies)"], lines)


def loading_given(ways: Ways) -> str:
    """Give the loading error with measurements given, and of the same rows without them."""
    lines = []
    for way in GIVEN:
        with_it, without = ways[f"given {way}"], ways[f"given nothing, the rows of: {way}"]
        lines.append([way, f"{with_it['profiles']:.0f}", error(without), error(with_it)])
    return table(["polyester particles, given", "measurements", "error without", "error with"], lines)


def retention(ways: Ways) -> str:
    """Give the errors of fates as factors, with the band."""
    lines = []
    for way, found in ways.items():
        if "within 3" in found:
            folds = f"{10 ** found['profile']:.2f} ({10 ** found['group']:.2f})"
            lines.append([way, f"{found['profiles']:.0f} of {found['sources']:.0f}", folds,
                          f"{100 * found['within 3']:.0f} %", f"{100 * found['in the 80 % band']:.0f} %"])  # fmt: skip
    return table(["", "rows, sources", "off by a factor of (sources)", "within 3-fold", "in the 80 % band"], lines)


def pictures() -> dict[str, str]:
    """Give the pictures by their names."""
    release = read(DOCS / "validation-release.csv")
    others = read(DOCS / "validation-loading.csv") | read(DOCS / "validation-retention.csv")
    return {"validation-coverage.svg": coverage_plot(release), "validation-coverage-others.svg": coverage_plot(others)}


def tables() -> dict[str, str]:
    """Give the tables by the names of their places."""
    gains = read(DOCS / "validation-release-gains.csv")
    loading = read(DOCS / "validation-loading.csv")["loading"]
    fates = read(DOCS / "validation-retention.csv")["retention"]
    return {
        "release": markdown(read(DOCS / "validation-release.csv")),
        "release-known": known(gains),
        "release-points": points(gains),
        "loading": carriers(loading),
        "loading-known": loading_gains(loading),
        "loading-given": loading_given(loading),
        "retention": retention(fates),
        "dominance": dominance(gains, loading, fates),
    }


def main() -> None:
    """Write page and pictures."""
    replace_text(PAGE, fill(PAGE.read_text("utf-8"), tables()))
    for name, picture in pictures().items():
        replace_text(IMAGES / name, picture)


if __name__ == "__main__":
    main()
