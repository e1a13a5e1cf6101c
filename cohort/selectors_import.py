"""A dry run as its page shows it: what is wrong, what changes, old and new side by side."""

from dataclasses import dataclass

from cohort.sheets.plan import Difference, Line, Plan
from cohort.sheets.reading import Told
from cohort.wording import language, with_unit

MOST_TOLD = 200
MOST_CHANGES = 200
MOST_PATIENTS = 100
MOST_VALUES = 4000


@dataclass(frozen=True)
class Said:
    """A finding in words."""

    where: str
    cell: str
    field: str
    message: str


@dataclass(frozen=True)
class Change:
    """One answer before and after, in words."""

    patient: str
    field: str
    old: str
    new: str
    kind: str


@dataclass(frozen=True)
class Patient:
    line: Line
    changes: list[Change]

    @property
    def new(self) -> int:
        return self.line.count("new")

    @property
    def changed(self) -> int:
        return self.line.count("changed") + self.line.count("cleared")


@dataclass(frozen=True)
class PlanView:
    """The plan, shortened to what a page can show; `more_…` counts what is not shown."""

    plan: Plan
    errors: list[Said]
    notes: list[Said]
    changes: list[Change]
    patients: list[Patient]
    not_read: list[str]

    @property
    def importable(self) -> bool:
        return not self.plan.errors and bool(self.plan.touched)

    @property
    def more_errors(self) -> int:
        return len(self.plan.errors) - len(self.errors)

    @property
    def more_notes(self) -> int:
        return len(self.plan.notes) - len(self.notes)

    @property
    def more_changes(self) -> int:
        return self.plan.count("changed") + self.plan.count("cleared") - len(self.changes)

    @property
    def more_patients(self) -> int:
        return len(self.plan.touched) - len(self.patients)


def plan_view(plan: Plan) -> PlanView:
    changes = [_change(line, one) for line in plan.lines for one in line.differences if one.kind != "new"]
    patients, left = [], MOST_VALUES
    for line in plan.touched[:MOST_PATIENTS]:
        shown = [_change(line, one) for one in line.differences[:left]]
        left -= len(shown)
        patients.append(Patient(line, shown))
    return PlanView(
        plan=plan,
        errors=[_said(one) for one in plan.errors[:MOST_TOLD]],
        notes=[_said(one) for one in plan.notes[:MOST_TOLD]],
        changes=changes[:MOST_CHANGES],
        patients=patients,
        not_read=[item.label.of(language()) for item in plan.read.not_read],
    )


def _said(one: Told) -> Said:
    return Said(
        where=one.place.sheet_name[language().startswith("ko")],
        cell=one.place.cell,
        field=one.item.label.of(language()) if one.item else "",
        message=one.finding.message(language()),
    )


def _change(line: Line, one: Difference) -> Change:
    item = one.item
    return Change(
        line.label, item.label.of(language()), with_unit(item, one.old), with_unit(item, one.new), one.kind
    )
