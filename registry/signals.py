"""Signing in and out goes on the audit trail; failing leaves no words behind."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import pre_save

from registry.models import AuditEvent, User
from registry.services import audit, door


def connect() -> None:
    user_logged_in.connect(_in, dispatch_uid="audit.in")
    user_logged_out.connect(_out, dispatch_uid="audit.out")
    user_login_failed.connect(_failed, dispatch_uid="audit.failed")
    pre_save.connect(door.without_words, sender="axes.AccessAttempt", dispatch_uid="door.without_words")


def _in(user: User, **_: Any) -> None:
    audit.record(verb=AuditEvent.Verb.SIGNED_IN, actor=user)


def _out(user: User | None, **_: Any) -> None:
    if user is not None:
        audit.record(verb=AuditEvent.Verb.SIGNED_OUT, actor=user)


def _failed(**_: Any) -> None:
    audit.record(verb=AuditEvent.Verb.SIGN_IN_FAILED)
