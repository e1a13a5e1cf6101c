"""Protocol adherence from the database: cases that were sent or accepted."""

from collections import defaultdict

from cohort.adherence import Adherence, Followed, adherence
from cohort.models import Answer, Case
from cohort.selectors_worklist import exam_facts
from registry.models import Subject, User

COUNTED = (Case.State.SUBMITTED, Case.State.ACCEPTED)
ASKED = ("out_status", "out_end_day", "pcr_pos_day")


def adherence_of(user: User) -> tuple[dict[str, Adherence], Adherence]:
    """By site and of all, over the sent and accepted cases that `user` may see; three queries."""
    subjects = Subject.objects.visible_to(user).filter(case__state__in=COUNTED)
    rows = subjects.order_by("code").values_list("pk", "site__code")
    answers: dict[int, dict[str, str]] = defaultdict(dict)
    for subject, item, value in Answer.objects.filter(
        case__subject__in=subjects.order_by().values("pk"), item__in=ASKED
    ).values_list("case__subject", "item", "value"):
        answers[subject][item] = value
    exams = exam_facts(subjects.order_by().values("pk"))
    return adherence(Followed(site, tuple(exams.get(pk, ())), answers[pk]) for pk, site in rows)
