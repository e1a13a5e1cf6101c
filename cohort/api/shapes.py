"""How forms, the dictionary and questions look in the API."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers

from cohort.items import Dictionary, Item, Label, Range
from cohort.models import FormState, Query
from cohort.selectors_record import Standing
from cohort.services.answers import Form, changes_by_others
from cohort.services.submission import readiness
from cohort.values import Finding
from registry.models import User


class Changes(serializers.Serializer[Any]):
    """Answers to change: names and values ('' or null takes an answer back; several choices are a list)."""

    values = serializers.DictField(child=serializers.JSONField(allow_null=True))
    revision = serializers.IntegerField(required=False, allow_null=True)
    reason = serializers.CharField(required=False, allow_blank=True)


class SectionShape(serializers.Serializer[Any]):
    slug = serializers.CharField()
    state = serializers.ChoiceField(FormState.choices)
    label = serializers.CharField()  # type: ignore[assignment]
    answered = serializers.IntegerField()
    required = serializers.IntegerField()  # type: ignore[assignment]
    complete = serializers.BooleanField()
    errors = serializers.IntegerField()  # type: ignore[assignment]
    warnings = serializers.IntegerField()


class FindingShape(serializers.Serializer[Any]):
    code = serializers.CharField()
    severity = serializers.CharField()
    items = serializers.ListField(child=serializers.CharField())
    message = serializers.CharField()


class ReadinessShape(serializers.Serializer[Any]):
    ready = serializers.BooleanField()
    sentences = serializers.ListField(child=serializers.CharField())


class ChangeShape(serializers.Serializer[Any]):
    item = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class FormShape(serializers.Serializer[Any]):
    subject = serializers.CharField()
    dictionary = serializers.CharField()
    state = serializers.CharField()
    form_state = serializers.ChoiceField(FormState.choices)
    revision = serializers.IntegerField()
    editable = serializers.BooleanField()
    answered = serializers.IntegerField()
    required = serializers.IntegerField()  # type: ignore[assignment]
    values = serializers.DictField(child=serializers.CharField())
    states = serializers.DictField(child=serializers.CharField())
    sections = SectionShape(many=True)
    findings = FindingShape(many=True)
    readiness = ReadinessShape()
    changes = ChangeShape(many=True)
    updated_at = serializers.DateTimeField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)


class SavedShape(FormShape):
    entered = serializers.ListField(child=serializers.CharField())
    cleared = serializers.ListField(child=serializers.CharField())


class Text(serializers.Serializer[Any]):
    text = serializers.CharField(allow_blank=True)


class Question(serializers.Serializer[Any]):
    """A question in words, or (`rule`) on a finding of the form: its code, a colon, its first item."""

    text = serializers.CharField(required=False, allow_blank=True)
    item = serializers.CharField(required=False, allow_blank=True)
    rule = serializers.CharField(required=False, allow_blank=True)


class Assignment(serializers.Serializer[Any]):
    to = serializers.EmailField(allow_blank=True)


class QueryShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    subject = serializers.CharField()
    item = serializers.CharField()
    rule = serializers.CharField()
    state = serializers.CharField()
    assigned_to = serializers.CharField(allow_null=True)
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    days = serializers.IntegerField()
    messages = serializers.ListField(child=serializers.DictField())


def form(shown: Form, user: User, since: int | None = None) -> dict[str, Any]:
    """The form; `changes` tells what others changed after revision `since`."""
    language = get_language() or "en"
    case = shown.case
    state = readiness(shown)
    standing = Standing(case, user)
    return {
        "subject": case.subject.code,
        "dictionary": case.dictionary,
        "state": case.state,
        "form_state": standing.state,
        "revision": case.revision,
        "editable": shown.editable_by(user),
        "answered": shown.answered,
        "required": shown.required,
        "values": shown.values,
        "states": shown.states,
        "sections": [
            {
                "slug": meter.section.slug,
                "state": standing.of_section(meter),
                "label": meter.section.label.of(language),
                "answered": meter.answered,
                "required": meter.required,
                "complete": meter.complete,
                "errors": meter.errors,
                "warnings": meter.warnings,
            }
            for meter in shown.meters
        ],
        "findings": findings(shown.findings, language),
        "readiness": {"ready": state.ready, "sentences": state.sentences},
        "changes": [] if since is None else changes_by_others(case, since, user),
        "updated_at": case.updated_at,
        "submitted_at": case.submitted_at,
    }


def findings(found: Iterable[Finding], language: str) -> list[dict[str, Any]]:
    return [
        {
            "code": finding.code,
            "severity": finding.severity,
            "items": list(finding.items),
            "message": finding.message(language),
        }
        for finding in found
    ]


def dictionary(known: Dictionary) -> dict[str, Any]:
    return {
        "id": known.id,
        "title": _label(known.title),
        "source": known.source,
        "digest": known.digest,
        "settings": dict(known.settings),
        "sections": [
            {"slug": part.slug, "label": _label(part.label), "kind": part.kind, "optional": part.optional}
            for part in known.sections
        ],
        "items": [_item(item) for item in known.items.values()],
    }


def query(asked: Query) -> dict[str, Any]:
    return {
        "id": asked.pk,
        "subject": asked.case.subject.code,
        "item": asked.item,
        "rule": asked.rule,
        "state": asked.state,
        "assigned_to": asked.assigned_to.name if asked.assigned_to else None,
        "opened_at": asked.opened_at,
        "closed_at": asked.closed_at,
        "days": asked.days,
        "messages": [
            {
                "by": message.by.name if message.by else None,
                "at": message.at,
                "event": message.event,
                "text": message.text,
            }
            for message in asked.messages.all()
        ],
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "name": item.name,
        "section": item.section.slug,
        "label": _label(item.label),
        "type": item.type,
        "unit": item.unit,
        "choices": [{"code": choice.code, "label": _label(choice.label)} for choice in item.choices],
        "plausible": _range(item.plausible),
        "hard": _range(item.hard),
        "decimals": item.decimals,
        "required": item.required,
        "branching": item.branching_text,
        "typed": item.typed,
        "note": item.note,
    }


def _label(label: Label) -> dict[str, str]:
    return {"en": label.en, "ko": label.ko}


def _range(span: Range) -> list[str | None]:
    return [None if edge is None else format(edge, "f") for edge in (span.low, span.high)]
