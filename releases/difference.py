"""How two releases differ: which numbers of the summary moved, and which cases moved each. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise

from cohort.summary.arithmetic import half_up
from cohort.summary.denominators import DENOMINATORS
from cohort.summary.means import MEANS
from cohort.summary.people import Person
from cohort.summary.shares import SHARES
from cohort.summary.specs import Share, counted
from cohort.summary.summarise import Summary, summarise
from releases.frozen import Record

NOTHING = "–"
Part = Callable[[Person], float | None]


@dataclass(frozen=True)
class Moved:
    """A case that moved a number: what it added before and after, None where it was not there to count."""

    code: str
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Change:
    """A number of the summary that moved, as it reads before and after, and the cases behind."""

    id: str
    label: Promise | str
    section: Promise | str
    before: str
    after: str
    cases: list[Moved]


@dataclass(frozen=True)
class Difference:
    """`joined`, `left` and `changed` are codes; `changed` are in both with other content."""

    joined: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: int = 0
    changes: list[Change] = field(default_factory=list)


def difference(before: Sequence[Record], after: Sequence[Record]) -> Difference:
    """What moved from one release to the other. A case in both moves a number if its own part differs."""
    old, new = ({record.code: record for record in side} for side in (before, after))
    both = sorted(old.keys() & new.keys())
    changed = [code for code in both if old[code].text != new[code].text]
    touched = [*changed, *sorted(old.keys() ^ new.keys())]
    olds = {code: old[code].person for code in touched if code in old}
    news = {code: new[code].person for code in touched if code in new}
    first = summarise([record.person for record in before])
    second = summarise([record.person for record in after])
    return Difference(
        joined=sorted(new.keys() - old.keys()),
        left=sorted(old.keys() - new.keys()),
        changed=changed,
        same=len(both) - len(changed),
        changes=[
            Change(name, label, section, show(first), show(second), cases)
            for name, label, section, part, show in _numbers()
            if (cases := _moved(part, olds, news, touched))
        ],
    )


def _moved(
    part: Part, olds: Mapping[str, Person], news: Mapping[str, Person], codes: Sequence[str]
) -> list[Moved]:
    found = []
    for code in sorted(codes):
        before = part(olds[code]) if code in olds else None
        after = part(news[code]) if code in news else None
        if before != after:
            found.append(Moved(code, before, after))
    return found


def _numbers() -> list[tuple[str, Promise | str, Promise | str, Part, Callable[[Summary], str]]]:
    """Every number of the summary: id, label, section, what one person adds to it, and how it reads."""
    found: list[tuple[str, Promise | str, Promise | str, Part, Callable[[Summary], str]]] = [
        (of.id, of.label, "", _denominator(of.id), _denominator_text(of.id)) for of in DENOMINATORS.values()
    ]
    for share in SHARES:
        found.append((share.id, share.label, share.section, _share(share), _share_text(share.id)))
    for mean in MEANS:
        label = f"{mean.label} ({mean.unit})"
        found.append((mean.id, label, mean.section, mean.value, _mean_text(mean.id, mean.decimals)))
    return found


def _share(row: Share) -> Part:
    return lambda person: counted(row, person) or None


def _denominator(name: str) -> Part:
    return lambda person: DENOMINATORS[name].count([person]) or None


def _denominator_text(name: str) -> Callable[[Summary], str]:
    return lambda summary: f"{summary.denominators[name]:,}"


def _share_text(name: str) -> Callable[[Summary], str]:
    def text(summary: Summary) -> str:
        part = summary.shares[name]
        return f"{part.n:,} ({NOTHING if part.pct is None else f'{part.pct:.1f}'})"

    return text


def _mean_text(name: str, decimals: int) -> Callable[[Summary], str]:
    def text(summary: Summary) -> str:
        numbers = summary.means[name]
        if numbers.mean is None:
            return NOTHING
        spread = NOTHING if numbers.sd is None else f"{half_up(numbers.sd, decimals):,}"
        return f"{half_up(numbers.mean, decimals):,} ± {spread} (n = {numbers.n:,})"

    return text
