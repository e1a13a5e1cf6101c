"""The form page's fields: what a template needs to draw one question, and the script to judge them all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cohort import messages, units
from cohort.items import CHOSEN, MEASURED, Item, Range, Section
from cohort.selectors_questions import Asked
from cohort.services.answers import Form
from cohort.values import Finding
from registry import identifying
from registry.models import Site, User

KEYS = 9


@dataclass(frozen=True)
class ChoiceView:
    code: str
    label: str
    key: str
    checked: bool
    aside: bool


@dataclass(frozen=True)
class FieldView:
    """One question as the page draws it; `status` is drawn beside a number that has one."""

    name: str
    kind: str
    label: str
    unit: str
    value: str
    shown: str
    open: bool
    required: bool
    choices: list[ChoiceView]
    ranges: str
    source: str
    setting: str
    errors: list[str]
    warnings: list[str]
    status: "FieldView | None" = None
    queries: list[Asked] = field(default_factory=list)
    times: int = 0

    @property
    def described(self) -> str:
        """Ids of what is said about the field; each of them is on the page."""
        ids = [f"help-{self.name}"] if self.ranges else []
        return " ".join([*ids, f"error-{self.name}", f"warning-{self.name}"])

    @property
    def visible(self) -> bool:
        return self.open or (self.status is not None and self.status.open)


@dataclass(frozen=True)
class Typed:
    """What came with a refused save: values as they were typed, and why they were refused."""

    values: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def fields_of(
    form: Form, section: Section, typed: Typed, asked: Iterable[Asked], times: Mapping[str, int]
) -> list[FieldView]:
    """The fields of a section in their order; a status is drawn with its number and not by itself.

    `times` says in how many saves an item was given or changed.
    """
    language = get_language() or "en"
    queries = list(asked)
    shown = []
    for item in form.dictionary.of_section(section):
        if item.is_status:
            continue
        status = form.dictionary.items[item.pair] if item.pair else None
        names = {item.name, status.name if status else item.name}
        about = [one for one in queries if one.query.item in names]
        beside = _field(form, status, typed, language) if status else None
        drawn = _field(form, item, typed, language, beside, about)
        shown.append(replace(drawn, times=max(times.get(name, 0) for name in names)))
    return shown


def page_data(form: Form, user: User, url: str) -> dict[str, Any]:
    """All that the script needs to judge the form as the server does."""
    language = get_language() or "en"
    known = form.dictionary
    return {
        "code": form.case.subject.code,
        "url": url,
        "revision": form.case.revision,
        "editable": form.editable_by(user),
        "late": form.case.completed_at is not None,
        "values": form.values,
        "facts": {**known.setting_values, **form.facts},
        "order": list(known.order),
        "period": {"item": known.study_period_item, "days": list(known.study_period)},
        "messages": messages.in_language(language),
        "measured": MEASURED,
        "identifying": [{"pattern": pattern, "what": str(what)} for pattern, what in identifying.for_pages()],
        "items": {
            item.name: _data(item, language) for item in known.items.values() if item.section.kind == "form"
        },
        "rules": [
            {
                "code": rule.code,
                "severity": rule.severity,
                "items": rule.items,
                "when": rule.when,
                "text": rule.text.of(language),
            }
            for rule in known.rules
        ],
    }


def shown_value(item: Item, value: str, language: str) -> str:
    """A value in words: the labels of its choices, or the number with its unit."""
    if not value:
        return ""
    if item.choices:
        labels = [choice.label.of(language) for code in value.split("|") if (choice := item.choice(code))]
        return ", ".join(labels) or value
    return f"{value} {item.unit_label.of(language)}".strip()


def _field(
    form: Form,
    item: Item,
    typed: Typed,
    language: str,
    status: FieldView | None = None,
    asked: list[Asked] | None = None,
) -> FieldView:
    value = typed.values.get(item.name, form.values.get(item.name, ""))
    found = [finding for finding in form.findings if _place(form, finding, item.section) == item.name]
    errors = [finding.message(language) for finding in found if finding.severity == "error"]
    if item.name in typed.refused:
        errors.insert(0, typed.refused[item.name])
    return FieldView(
        name=item.name,
        kind=_kind(item),
        label=item.label.of(language),
        unit=item.unit_label.of(language),
        value=value,
        shown=shown_value(item, value, language),
        open=item.name in form.settled.open,
        required=item.required != "N",
        choices=_choices(item, value, language),
        ranges=_ranges(item, language),
        source=_source(item, language),
        setting=_setting(form, item),
        errors=errors,
        warnings=[finding.message(language) for finding in found if finding.severity == "warning"],
        status=status,
        queries=asked or [],
    )


def _place(form: Form, finding: Finding, section: Section) -> str:
    """The last of the finding's items in the section: there it is told, once."""
    names = [item.name for item in form.dictionary.of_section(section) if item.name in finding.items]
    return names[-1] if names else ""


def _kind(item: Item) -> str:
    if not item.typed:
        return "derived"
    if item.type in ("radio", "yesno"):
        return "choice"
    if item.type in ("dropdown", "checkbox", "text"):
        return item.type
    return "day" if item.is_day else "number"


def _choices(item: Item, value: str, language: str) -> list[ChoiceView]:
    if item.type not in CHOSEN:
        return []
    chosen = value.split("|")
    names = _sites(language) if item.from_sites else {}
    return [
        ChoiceView(
            code=choice.code,
            label=names.get(choice.code, choice.label.of(language)),
            key=str(place) if place <= KEYS else "",
            checked=choice.code in chosen,
            aside=not choice.code.isdigit() and choice.code != MEASURED,
        )
        for place, choice in enumerate(item.choices, start=1)
    ]


def _sites(language: str) -> dict[str, str]:
    return {
        site.code: f"{site.code} {site.name_ko if language.startswith('ko') else site.name}"
        for site in Site.objects.all()
    }


def _ranges(item: Item, language: str) -> str:
    if item.computed is not None or item.type not in ("integer", "decimal"):
        return ""
    words = {"unit": item.unit_label.of(language)}
    parts = []
    if item.plausible:
        parts.append(_("Usual %(low)s to %(high)s %(unit)s.") % {**_edges(item.plausible), **words})
    if item.hard:
        parts.append(_("Accepted %(low)s to %(high)s.") % _edges(item.hard))
    return " ".join(parts)


def _source(item: Item, language: str) -> str:
    """The usual range with where it comes from; what the item list notes for its makers stays there."""
    if item.computed is not None or not item.plausible or item.type not in ("integer", "decimal"):
        return ""
    said = _("Usual range %(low)s–%(high)s %(unit)s (%(source)s)")
    words = {"unit": item.unit_label.of(language), "source": item.range_source.of(language)}
    return " ".join((said % {**_edges(item.plausible), **words}).split())


def _edges(span: Range) -> dict[str, str]:
    return {
        "low": "−∞" if span.low is None else number_format(span.low, use_l10n=True, force_grouping=True),
        "high": "∞" if span.high is None else number_format(span.high, use_l10n=True, force_grouping=True),
    }


def _setting(form: Form, item: Item) -> str:
    if not item.shows:
        return ""
    setting = form.dictionary.settings[item.shows]
    value = number_format(setting["value"], use_l10n=True, force_grouping=True)
    return _("Threshold %(value)s %(unit)s (protocol setting)") % {"value": value, "unit": setting["unit"]}


def _data(item: Item, language: str) -> dict[str, Any]:
    return {
        "type": item.type,
        "label": item.label.of(language),
        "unit": item.unit_label.of(language),
        "section": item.section.slug,
        "typed": item.typed,
        "needed": item.required != "N",
        "day": item.is_day,
        "decimals": item.decimals,
        "hard": _numbers(item.hard),
        "plausible": _numbers(item.plausible),
        "choices": {choice.code: choice.label.of(language) for choice in item.choices},
        "open": item.branching,
        "waived": item.waived,
        "computed": item.computed,
        "other": [
            {
                "label": one.label,
                "keys": one.keys,
                "times": float(one.times),
                "over": float(one.over),
                "suspect": _numbers(one.suspect) if one.suspect else None,
                "belongs": one.belongs,
            }
            for one in item.other_units
        ],
        "own": units.key_of(item.unit),
        "pair": item.pair,
        "status": item.is_status,
    }


def _numbers(span: Range) -> list[str | None]:
    return [None if edge is None else format(edge, "f") for edge in (span.low, span.high)]
