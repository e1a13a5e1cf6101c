"""Questions with what they are about, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from cohort import dictionary
from cohort.models import Query, QueryMessage
from cohort.wording import item_label, section_url


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
    return [Asked(query, _about(query), _place(query)) for query in queries]


def _about(query: Query) -> str:
    if query.item:
        return item_label(dictionary.get(query.case.dictionary), query.item)
    return str(query.exam.get_kind_display()) if query.exam else _("The whole case")


def _place(query: Query) -> str:
    item = dictionary.get(query.case.dictionary).items.get(query.item)
    if item is None:
        return ""
    address = section_url(query.case.subject.code, item.section.slug)
    return f"{address}#field-{item.name}" if address else ""
