"""The steps of an access by name, from what a form or a program says."""

from collections.abc import Callable, Mapping
from typing import Any

from registry.models import User
from releases.models import Access
from releases.services import accessing

Step = Callable[[User, Access, Mapping[str, Any]], Access]


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _days(told: Mapping[str, Any]) -> int:
    text = str(told.get("days", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


ACTS: dict[str, Step] = {
    "approve": lambda actor, access, told: accessing.approve(
        actor=actor,
        access=access,
        days=_days(told),
        reason=_text(told, "reason"),
        risk_answer=_text(told, "risk_answer"),
    ),
    "decline": lambda actor, access, told: accessing.decline(
        actor=actor, access=access, reason=_text(told, "reason")
    ),
    "risk": lambda actor, access, told: accessing.answer_risk(
        actor=actor, access=access, risk_answer=_text(told, "risk_answer")
    ),
    "agree": lambda actor, access, told: accessing.agree(
        actor=actor, access=access, agreed=told.get("agreed") in (True, "yes")
    ),
    "renew": lambda actor, access, told: accessing.renew(
        actor=actor, access=access, purpose=_text(told, "purpose")
    ),
    "end": lambda actor, access, told: accessing.end(
        actor=actor, access=access, reason=_text(told, "reason")
    ),
}


def act(name: str, *, actor: User, access: Access, told: Mapping[str, Any]) -> Access:
    """Do step `name`; answers the access, of `renew` the new one. Raises Problem."""
    return ACTS[name](actor, access, told)
