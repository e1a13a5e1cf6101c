"""What is not there: for each item of the form, how many were asked and how many lack a value, and why."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from cohort.checks import is_open
from cohort.items import Dictionary, Item
from cohort.summary.people import Person

NOT_DONE, NOT_RECORDED, UNKNOWN, NO_ANSWER = "ND", "NI", "UNK", ""
REASONS = (NOT_DONE, NOT_RECORDED, UNKNOWN, NO_ANSWER)
LIMITS = ("BLOD", "AULQ")


@dataclass(frozen=True)
class Gap:
    """An item: `asked` people whose branch asks it, `known` of them with a value, `limits` beyond a limit.

    `reasons` counts the others by what the form says: not done, not recorded, unknown, no answer.
    """

    item: Item
    asked: int
    known: int
    limits: int
    reasons: dict[str, int]

    @property
    def lacking(self) -> int:
        return self.asked - self.known


def gaps(dictionary: Dictionary, people: Sequence[Person]) -> list[Gap]:
    """The items in which somebody's value is lacking, in the form's order. A number is told by its status."""
    found = [_gap(item, dictionary, people) for item in dictionary.items.values() if _counts(item)]
    return [gap for gap in found if gap.lacking]


def _counts(item: Item) -> bool:
    """Required items that people answer; of a number and its status, the status."""
    twin = bool(item.pair) and not item.is_status
    return item.typed and not item.section.optional and item.required in ("Y", "C") and not twin


def _gap(item: Item, dictionary: Dictionary, people: Sequence[Person]) -> Gap:
    known = dictionary.setting_values
    asked = [person for person in people if is_open(item, person.answers, known)]
    answers = Counter(person.answers.get(item.name, "") for person in asked)
    reasons = {reason: answers[reason] for reason in REASONS if answers[reason]}
    named = dictionary.items[item.pair] if item.is_status else item
    return Gap(
        item=named,
        asked=len(asked),
        known=len(asked) - sum(reasons.values()),
        limits=sum(answers[limit] for limit in LIMITS) if item.is_status else 0,
        reasons=reasons,
    )
