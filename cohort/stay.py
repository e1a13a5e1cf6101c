"""What the checks of images say when they are held beside the form."""

from collections.abc import Iterable, Mapping

from cohort.slots import ExamFacts
from imaging.findings import Found
from imaging.models import Exam
from imaging.validation.exams import judge_stay


def stay_findings(exams: Iterable[ExamFacts], answers: Mapping[str, str]) -> dict[int, list[Found]]:
    """Findings of CT scans outside the time from diagnosis to the end of the stay, by exam."""
    scans = {exam.id: exam.day for exam in exams if exam.kind == Exam.Kind.CT and exam.day is not None}
    judged = judge_stay(scans, diagnosis=day_of(answers, "pcr_pos_day"), end=day_of(answers, "out_end_day"))
    return {
        exam: [Found(one["code"], one["severity"], one["values"]) for one in judged.get(exam, ())]
        for exam in scans
    }


def day_of(answers: Mapping[str, str], item: str) -> int | None:
    """An answer that is a day since admission; None when it is not given."""
    text = answers.get(item, "")
    return int(text) if text.removeprefix("-").isdecimal() else None
