"""Narrowing the cohort: each filter is a list of named groups of people. Several filters narrow together."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cohort.summary.people import Person, Test, answered, differs, every

AGES = ((0, 19), (20, 39), (40, 59), (60, 79), (80, None))
SITE = "site"


@dataclass(frozen=True)
class Group:
    """The people of one value of a filter."""

    value: str
    label: Promise | str
    test: Test


@dataclass(frozen=True)
class Filter:
    name: str
    label: Promise | str
    groups: tuple[Group, ...]

    def group(self, value: str) -> Group | None:
        return next((group for group in self.groups if group.value == value), None)


class NotAFilter(ValueError):
    """There is no filter of that name (`name` is empty), or no such value of filter `name`.

    `known` lists the names or values that there are.
    """

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(name)
        self.name, self.known = name, list(known)


@dataclass(frozen=True)
class Chosen:
    """Filters with the group chosen of each."""

    groups: Mapping[str, Group] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.groups)

    def keeps(self, person: Person) -> bool:
        """Whether the person is in every chosen group."""
        return all(group.test(person) for group in self.groups.values())

    @property
    def query(self) -> dict[str, str]:
        return {name: group.value for name, group in self.groups.items()}


def filters(sites: Iterable[tuple[str, Promise | str]]) -> dict[str, Filter]:
    """The filters by name; `sites` are codes and names of the hospitals that have cases."""
    return {
        one.name: one
        for one in (
            Filter(SITE, _("Site"), tuple(Group(code, name, _at(code)) for code, name in sites)),
            Filter(
                "level",
                _("Kind of site"),
                (
                    Group("T", _("Tertiary referral"), lambda person: person.site_level == "T"),
                    Group("S", _("Secondary referral"), lambda person: person.site_level == "S"),
                ),
            ),
            Filter(
                "sex",
                _("Sex"),
                (Group("1", _("Male"), answered("sex", "1")), Group("2", _("Female"), answered("sex", "2"))),
            ),
            Filter("age", _("Age"), tuple(_age(low, high) for low, high in AGES)),
            Filter("severity", _("Severity"), SEVERITY),
            Filter("outcome", _("Outcome"), OUTCOME),
            Filter("disease", _("Underlying disease"), DISEASE),
            Filter("images", _("Images"), IMAGES),
        )
    }


def choose(known: Mapping[str, Filter], asked: Mapping[str, str]) -> Chosen:
    """The groups asked for, by filter name; an empty value asks for nothing. Raises NotAFilter."""
    groups = {}
    for name, value in asked.items():
        if not value:
            continue
        if name not in known:
            raise NotAFilter("", known)
        group = known[name].group(value)
        if group is None:
            raise NotAFilter(name, (one.value for one in known[name].groups))
        groups[name] = group
    return Chosen({name: groups[name] for name in known if name in groups})


def _at(code: str) -> Test:
    return lambda person: person.site == code


def _age(low: int, high: int | None) -> Group:
    def test(person: Person) -> bool:
        age = person.number("age_yr")
        return age is not None and low <= age and (high is None or age <= high)

    if high is None:
        return Group(f"{low}-", gettext("%(low)d years and over") % {"low": low}, test)
    label = gettext("%(low)d to %(high)d years") % {"low": low, "high": high}
    return Group(f"{low}-{high}", label, test)


def _has(kind: str) -> Callable[[Person], bool]:
    return lambda person: any(exam.kind == kind for exam in person.exams)


OXYGEN, VENTILATED = answered("tx_o2", "1"), answered("tx_mv", "1")
SEVERITY = (
    Group("none", _("No oxygen"), answered("tx_o2", "0")),
    Group("oxygen", _("Oxygen, not ventilated"), every(OXYGEN, differs(VENTILATED))),
    Group("ventilated", _("Ventilated"), VENTILATED),
    Group("icu", _("Intensive care"), answered("out_icu", "1")),
)
OUTCOME = (
    Group("alive", _("Left hospital alive"), answered("out_status", "1", "3")),
    Group("died", _("Died"), answered("out_status", "2")),
)
DISEASE = (
    Group("any", _("Any"), answered("comorb_any", "1")),
    Group("none", _("None"), answered("comorb_none", "1")),
)
IMAGES = (
    Group("ct", _("CT"), _has("CT")),
    Group("cxr", _("Radiograph"), _has("CXR")),
    Group("both", _("CT and radiograph"), every(_has("CT"), _has("CXR"))),
)
