"""Questions with what they are about, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from cohort import dictionary
from cohort.models import Query, QueryMessage
from cohort.selectors_worklist import exam_facts
from cohort.slots import slots
from cohort.wording import exam_title, item_label, section_url


@dataclass(frozen=True)
class Asked:
    """`about` names the item, exam or case; `place` is the address of the item in the form, if it has one."""

    query: Query
    about: str
    place: str


def with_talk(queries: QuerySet[Query]) -> QuerySet[Query]:
    """Questions with their messages, exam and subject fetched along."""
    talk = Prefetch("messages", QueryMessage.objects.select_related("by"))
    return queries.select_related("case__subject", "exam").prefetch_related(talk)


def asked(queries: Iterable[Query]) -> list[Asked]:
    listed = list(queries)
    names = _exam_names({query.exam.subject_id for query in listed if query.exam})
    return [Asked(query, _about(query, names), _place(query)) for query in listed]


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
