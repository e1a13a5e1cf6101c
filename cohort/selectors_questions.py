"""Questions with what they are about, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from cohort import dictionary
from cohort.models import Query, QueryMessage
from cohort.selectors_worklist import exam_facts
from cohort.services.rule_queries import speaking
from cohort.slots import slots
from cohort.values import Finding
from cohort.wording import exam_title, item_label, language, section_url
from registry.models import Role, User


@dataclass(frozen=True)
class Asked:
    """`about` names the item, exam or case; `place` is the address of the item in the form, if it has one.

    `said` is what the rule says, if it is a rule's question; `colleagues` are the people who can take it.
    """

    query: Query
    about: str
    place: str
    said: str
    colleagues: list[User]


def with_talk(queries: QuerySet[Query]) -> QuerySet[Query]:
    """Questions with their messages, exam and subject fetched along."""
    talk = Prefetch("messages", QueryMessage.objects.select_related("by"))
    return queries.select_related("case__subject", "exam", "assigned_to").prefetch_related(talk)


def asked(queries: Iterable[Query]) -> list[Asked]:
    listed = list(queries)
    names = _exam_names({query.exam.subject_id for query in listed if query.exam})
    people = colleagues({query.case.subject.site_id for query in listed if not query.done})
    return [
        Asked(
            query,
            _about(query, names),
            _place(query),
            _said(query),
            people.get(query.case.subject.site_id, []),
        )
        for query in listed
    ]


def colleagues(sites: set[int]) -> dict[int, list[User]]:
    """The people of sites who can take a question, by site."""
    found: dict[int, list[User]] = {}
    people = User.objects.filter(site__in=sites, is_active=True).exclude(role=Role.MACHINE) if sites else ()
    for one in people:
        found.setdefault(one.site_id, []).append(one)
    return found


def askable_rules(findings: Iterable[Finding], questions: Iterable[Asked]) -> list[tuple[str, str]]:
    """(key, sentence) of the findings that nobody asks about yet."""
    asked_already = {one.query.rule for one in questions if not one.query.done}
    found = speaking(findings)
    return [(key, one.message(language())) for key, one in found.items() if key not in asked_already]


def _said(query: Query) -> str:
    """What the rule of a question says, in the reader's language; '' when it is no rule between items."""
    code = query.rule.partition(":")[0]
    rules = dictionary.get(query.case.dictionary).rules if code else ()
    return next((rule.text.of(language()) for rule in rules if rule.code == code), "")


def _about(query: Query, names: dict[int, str]) -> str:
    if query.item:
        return item_label(dictionary.get(query.case.dictionary), query.item)
    if query.exam:
        return names.get(query.exam.pk) or str(query.exam.get_kind_display())
    return _("The whole case")


def _exam_names(subjects: set[int]) -> dict[int, str]:
    """Stored exams by their slot and day, as the review names them: which of several CT scans is meant."""
    names: dict[int, str] = {}
    for facts in exam_facts(subjects).values() if subjects else ():
        days = {exam.id: exam.day for exam in facts}
        for slot in slots(facts):
            for number in slot.exams:
                names.setdefault(number, exam_title(slot.label, days[number]))
    return names


def _place(query: Query) -> str:
    item = dictionary.get(query.case.dictionary).items.get(query.item)
    if item is None:
        return ""
    address = section_url(query.case.subject.code, item.section.slug)
    return f"{address}#field-{item.name}" if address else ""
