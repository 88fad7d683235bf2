"""Column headers: what a column holds, in which unit, and what its name is without both."""

import re
from dataclasses import dataclass, replace
from typing import Literal, get_args

from formulate.experiment.units import Unit, read_unit

Role = Literal["time", "released", "sd", "sem", "rsd", "n", "sample", "unit", "profile", "ignore"]
ROLES: tuple[str, ...] = get_args(Role)
LONGEST_NAME = 200  # characters of a header that are looked at

_BRACKETS = re.compile(r"\s*[(\[（【{]\s*([^()\[\]（）【】{}]*?)\s*[)\]）】}]\s*")
_COUNT = re.compile(r"[\s,;]*\bn\s*=\s*(\d{1,4})\b", re.IGNORECASE)
_TIME = re.compile(
    r"(?:(?:sampling|sample|elapsed|release|incubation|dissolution)[\s_]?)?(?:time|times|time[\s_]?points?|t)"
    r"|zeit|temps|tiempo|tempo|(?:取样|采样|释放|溶出)?(?:时间|時間)(?:点)?"
)
_NO_TIME = re.compile(r"sqrt|√|\blog|\bln|lg\b|\^\s*[(]?\s*(?:0\.5|1/2)|½|square root|平方根")
_DEVIATIONS: tuple[tuple[Role, str], ...] = (
    ("rsd", r"rsd|%?cv|coefficient of variation|相对标准偏差"),
    (
        "sem",
        r"sem|se|s\.e\.m?\.?|std\.?[\s_]?err(?:or)?\.?|standard[\s_]error(?:[\s_]of[\s_](?:the[\s_])?mean)?|标准误",
    ),
    (
        "sd",
        r"sd|s\.d\.?|std\.?|st\.?[\s_]?dev\.?|std\.?[\s_]?dev\.?|standard[\s_]deviation|errors?|err|±|\+/-|\+-"
        r"|标准差|标准偏差",
    ),
)
_MEAN = r"mean|average|avg\.?|平均值|平均|均值"
_MEAN_IN_FRONT = re.compile(
    rf"(?:{_MEAN})\s*[(\[（]\s*(?:{'|'.join(words for _, words in _DEVIATIONS)})\s*[)\]）,;]", re.IGNORECASE
)
UNIT_WORDS = (
    r"units?|replicates?|reps?|vessels?|bags?|vials?|tablets?|capsules?|runs?|repeats?|repetitions?|parallels?|tubes?"
    r"|杯|平行|重复|样品杯"
)
_PROFILE_WORDS = (
    r"profiles?|formulations?|form\.?|batch(?:es)?|lots?|groups?|products?|conditions?|series|samples?|names?|id|curves?"
    r"|dataset|treatments?|brands?|medium|media|处方|批号|批次|组|组别|样品|名称|制剂"
)
_NUMBERING = r"(?:[\s_.#-]*(?:no\.?|number|id|nr\.?|name|编号|号|#))?"
_SAMPLE = re.compile(r"sampl|withdraw|aliquot|taken|removed|^v_?s$|取样|采样|取出", re.IGNORECASE)
_ASIDE = re.compile(
    r"(?:.*\b(?:absorbance|abs|peak[\s_]area|dilution(?:[\s_]factor)?|temperature|temp|notes?|remarks?|comments?)\b.*)"
    r"|area|ph|od\d*|min|max|minimum|maximum|median|variance|range|date|index|no\.?|#|.*(?:吸光度|峰面积|备注|温度).*"
)
_GENERIC = re.compile(
    r"(?:cumulative(?:ly)?|cum|cumul|accumulated|accumulative|total|drug|api|payload|percentages?|percent|pct"
    r"|fractions?|amounts?|mass|of|in|the|releas(?:e|ed|ing)|profile|dissol(?:ved|ution)|conc|concentrations?|values?"
    r"|observed|obs|measured|response|data|rate|[qfcmy]t?)"
)
_GENERIC_CHINESE = re.compile("药物|累积|累计|释放|溶出|百分|浓度|分数|率|度|量")
_BETWEEN_WORDS = re.compile(r"[\s_,.:;%-]+")
_RELEASE = re.compile(r"releas|dissol|释放|溶出|^%$|^m_?t?/m|^q_?t?$", re.IGNORECASE)
_SHARE_OF_ALL = re.compile(r"[mqc]_?t?/[mqc]_?(?:inf(?:inity)?|∞|0)", re.IGNORECASE)
_SPLIT = re.compile(r"^(.*?)[\s_,;/]+([^\s_,;]+)$")


@dataclass(frozen=True)
class Head:
    """One column header.

    Attributes
    ----------
    text
        As it stands in the file, on one line.
    role
        What the column holds; None where nothing in the header tells.
    name
        What is left without the unit and without words such as mean or SD: the name of a profile or of a unit.
    unit
        Of the column, where the header gives one.
    is_mean, count
        Whether it says that it is a mean, and of how many units.
    is_sure
        False where a header is read as time for its unit alone.
    """

    text: str
    role: Role | None
    name: str
    unit: Unit | None = None
    is_mean: bool = False
    count: int | None = None
    is_sure: bool = True

    @property
    def is_generic(self) -> bool:
        """Whether the name says no more than that something is released."""
        return is_generic(self.name)

    @property
    def speaks_of_release(self) -> bool:
        """Whether the name has a word for release in it."""
        return speaks_of_release(self.name)


def is_generic(name: str) -> bool:
    """Tell whether a name says no more than that something is released.

    >>> is_generic("cumulative release"), is_generic("PLGA")
    (True, False)
    """
    if _SHARE_OF_ALL.fullmatch(name):
        return True
    words = _BETWEEN_WORDS.split(name.casefold())
    return all(not word or _GENERIC.fullmatch(word) or not _GENERIC_CHINESE.sub("", word) for word in words)


def speaks_of_release(name: str) -> bool:
    """Tell whether a name has a word for release in it."""
    return _RELEASE.search(name) is not None


def read_head(cell: object) -> Head:
    """Read a column header.

    Parameters
    ----------
    cell : object
        The content of the cell; a number is the name of a unit.

    Returns
    -------
    Head
        Its role, name and unit.

    Examples
    --------
    >>> read_head("t/h").role, read_head("F1 SD (%)").role, read_head("F1 SD (%)").name
    ('time', 'sd', 'F1')
    >>> read_head("累积释放率(%)").is_generic, read_head("Q (mg)").unit.label
    (True, 'mg')
    """
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = " ".join(str(cell)[: 2 * LONGEST_NAME].split())[:LONGEST_NAME]
    name, count = text, None
    if found := _COUNT.search(name):
        name, count = (name[: found.start()] + name[found.end() :]).replace("()", "").strip(), int(found.group(1))
    name, unit = _without_unit(name)
    head = Head(text, None, name, unit, count=count)
    plain = name.casefold()
    if _NO_TIME.search(text.casefold()):
        return replace(head, role="ignore")
    if _TIME.fullmatch(plain) and (unit is None or unit.kind == "time"):
        return replace(head, role="time", is_sure=name != "T" or unit is not None)  # R and T: reference and test
    if not plain and unit is not None and unit.kind == "time":
        return replace(head, role="time", is_sure=False)
    if unit is None and len(outside := _BRACKETS.sub("", name).casefold()) > 1 and _TIME.fullmatch(outside):
        return replace(head, role="time", is_sure=False)  # in a unit that is none of ours
    if unit is not None and unit.kind == "volume":
        return replace(head, role="sample" if _SAMPLE.search(plain) else "ignore")
    if plain in ("n", "count", "number of units", "no. of units", "样本数"):
        return replace(head, role="n")
    if unit is None:
        if re.fullmatch(rf"(?:{UNIT_WORDS}){_NUMBERING}", plain):
            return replace(head, role="unit")
        if re.fullmatch(rf"(?:.*_id|(?:{_PROFILE_WORDS}){_NUMBERING})", plain):
            return replace(head, role="profile")
    for role, words in _DEVIATIONS:
        rest = _without_words(name, words)
        if rest is not None and not rest.isdigit() and _without_words(name, _MEAN) is None:  # Std 1: a standard
            while (less := _without_words(rest, rf"{words}|of|the")) is not None:
                rest = less
            return replace(head, role=role, name=rest)
    if unit is None and (found := re.fullmatch(r"n[\s_]+(.+)|(.+)[\s_]n", name)):
        return replace(head, role="n", name=found.group(1) or found.group(2))
    if unit is not None and unit.kind == "time":
        return replace(head, role="time", is_sure=False)
    if unit is None and _ASIDE.fullmatch(plain):
        return replace(head, role="ignore")
    if (rest := _without_words(name, _MEAN)) is not None:
        head = replace(head, name=name.partition("(")[0].strip() if "(" in rest else rest, is_mean=True)
    return head


def with_role(head: Head, role: Role) -> Head:
    """Give a header the role that the user says; a unit that cannot be of such a column is none."""
    fits = head.unit is None or (role == "time") == (head.unit.kind == "time")
    if role == "released" and head.unit is not None and head.unit.kind == "volume":
        fits = False
    return replace(head, role=None if role == "released" else role, unit=head.unit if fits else None, is_sure=True)


def parted_head(head: Head) -> tuple[Head, Head]:
    """Part the header of a column whose cells hold a mean and its deviation into those of two columns.

    >>> [(each.name, each.role, each.is_mean) for each in parted_head(read_head("F1 (%) mean ± SEM"))]
    [('F1', None, True), ('F1', 'sem', False)]
    """
    role: Role = next((role for role, words in _DEVIATIONS if _without_words(head.text, words) is not None), "sd")
    name = head.name
    for words in (_MEAN, *(words for _, words in _DEVIATIONS)):
        while (less := _without_words(name, words)) is not None:
            name = less
    name = re.sub(r"±|\+/-|[(\[（]\s*[)\]）]", " ", name).strip("_ -,;:./|")
    return replace(head, role=None, name=name, is_mean=True), Head(head.text, role, name)


def says_mean_and_deviation(head: Head) -> bool:
    """Tell whether a header says that a deviation stands in brackets behind each mean.

    >>> says_mean_and_deviation(read_head("% released, mean (SD)")), says_mean_and_deviation(read_head("F1 (%)"))
    (True, False)
    """
    return _MEAN_IN_FRONT.search(head.text) is not None


def with_unit(head: Head, unit: Unit) -> Head:
    """Give a header the unit that stands in a row below it, if a column of its kind can have it."""
    if head.role is not None:
        return with_role(replace(head, unit=unit), head.role)
    return replace(read_head(f"{head.text} ({unit.label})"), text=head.text)


def _without_unit(name: str) -> tuple[str, Unit | None]:
    """Part a header into its name and its unit: in brackets, after a slash or a comma, or as its last word."""
    for found in reversed(list(_BRACKETS.finditer(name))):
        inside, outside = found.group(1), f"{name[: found.start()]} {name[found.end() :]}".strip()
        if unit := read_unit(inside.partition(",")[0]):
            return outside, unit
    if _SHARE_OF_ALL.fullmatch(name.strip()):
        return name, read_unit("fraction")
    whole = read_unit(name)
    if whole is not None and (whole.kind in ("time", "percent") or name.casefold() == "fraction"):
        return "", whole
    if "%" in name or "％" in name:
        return " ".join(re.sub(r"[%％]", " ", name).split()).strip("_ -,;:./|"), read_unit("%")
    last = _SPLIT.match(name)
    if last is not None and (unit := read_unit(last.group(2))) is not None:
        front = last.group(1)
        if unit.kind == "time" and _TIME.fullmatch(front.casefold()):
            return front, unit
        if unit.kind in ("mass", "concentration", "molarity") and len(unit.label) > 1 and not front[-1:].isdigit():
            return front, unit
    front, slash, back = name.partition("/")
    if slash and front.strip() and (unit := read_unit(back)) and unit.kind != "unknown":
        return front.strip(), unit
    for word in re.findall(r"[^\W_]+", name.casefold()):
        if word in ("percent", "percentage", "pct", "百分率", "百分比", "百分数"):
            return name, read_unit("percent")
        if word == "fraction":
            return name, read_unit("fraction")
    return name, read_unit("percent") if "百分" in name else None


def _without_words(name: str, words: str) -> str | None:
    """Take words out of a name; None where they do not stand in it as words."""
    found = re.search(rf"(?<![^\W_])(?:{words})(?![^\W_])", name, re.IGNORECASE)
    if found is None:
        return None
    return " ".join(f"{name[: found.start()]} {name[found.end() :]}".split()).strip("_ -.,;:()[]")
