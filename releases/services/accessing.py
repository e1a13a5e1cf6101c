"""Access step by step: ask, review, agree, renew, end. Each step is a state and an event."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from cohort.summary.filters import Chosen, Filter, NotAFilter, choose, filters
from cohort.values import storable
from registry.errors import Problem
from registry.identifying import refuse_identifying
from registry.models import AuditEvent, Site, User
from registry.services import audit
from releases import agreement
from releases.access import on_the_board
from releases.export import Export, Slip
from releases.frozen import Record
from releases.layouts import SAFE_HARBOR, SUMMARY
from releases.models import Access, Release
from releases.risk import Risk, from_data, risk
from releases.selectors import Held, without_withdrawn

LENGTH = 1000
DAYS = (30, 90, 180, 365)
NAMED = 20
Verb = AuditEvent.Verb


@transaction.atomic
def ask(
    *,
    actor: User,
    release: Release,
    level: str,
    asked: Mapping[str, str],
    purpose: str,
    renews: Access | None = None,
) -> Access:
    """Ask the data board for a release at a level, narrowed by filters as on the cohort page.

    Problem: not_allowed, no_such_level, summary_is_whole, hospital_is_hidden, bad_filter…, nobody_left,
    text_needed, text_too_long, identifying_text, renewed_already.
    """
    if not actor.exports_tables:
        raise Problem("not_allowed")
    if level not in Access.Level.values:
        raise Problem("no_such_level", levels=", ".join(Access.Level.values))
    chosen = chosen_of(release, asked)
    if level == SUMMARY and chosen:
        raise Problem("summary_is_whole")
    if level == SAFE_HARBOR and "site" in chosen.query:
        raise Problem("hospital_is_hidden")
    if not any(keeper(release, chosen)[0](record) for record in Held(release).records()):
        raise Problem("nobody_left")
    if renews is not None and renews.renewals.filter(state__in=("asked", "approved")).exists():
        raise Problem("renewed_already")
    access = Access.objects.create(
        release=release,
        level=level,
        filters=chosen.query,
        by=actor,
        purpose=text(purpose),
        renews=renews,
    )
    _record(Verb.ACCESS_ASKED, actor, access, filters=chosen.query, renews=renews.pk if renews else None)
    return access


def renew(*, actor: User, access: Access, purpose: str) -> Access:
    """Ask for the same once more. Problem as `ask`, and not_yours, not_to_renew."""
    if access.by_id != actor.pk:
        raise Problem("not_yours")
    if access.agreed_at is None:
        raise Problem("not_to_renew")
    return ask(
        actor=actor,
        release=access.release,
        level=access.level,
        asked=access.filters,
        purpose=purpose,
        renews=access,
    )


@transaction.atomic
def approve(*, actor: User, access: Access, days: int, reason: str = "", risk_answer: str = "") -> Access:
    """The board lets it leave, for `days` from the agreement on.

    A risk of recognition must be answered. Problem: not_on_board, own_request, access_moved_on, access_days,
    risk_to_answer, text_too_long, identifying_text.
    """
    access = _reviewing(actor, access)
    if days not in DAYS:
        raise Problem("access_days")
    found = risk_of(access)
    answer = text(risk_answer, needed=False)
    if found.to_answer and not answer:
        raise Problem("risk_to_answer", unique=found.unique, few=found.few, rows=found.rows)
    access.state, access.days, access.reason = Access.State.APPROVED, days, text(reason, needed=False)
    access.risk, access.risk_answer, access.sites = found.as_data(), answer, _sites(access)
    _reviewed(access, actor)
    _record(Verb.ACCESS_APPROVED, actor, access, days=days, risk=found.as_data())
    return access


@transaction.atomic
def decline(*, actor: User, access: Access, reason: str) -> Access:
    """The board says no, and why. Problem: not_on_board, own_request, access_moved_on, text_needed, …"""
    access = _reviewing(actor, access)
    access.state, access.reason = Access.State.DECLINED, text(reason)
    _reviewed(access, actor)
    _record(Verb.ACCESS_DECLINED, actor, access)
    return access


@transaction.atomic
def answer_risk(*, actor: User, access: Access, risk_answer: str) -> Access:
    """The board answers a risk that grew since the approval. Problem: not_on_board, own_request, …"""
    access = _locked(access)
    _board(actor, access)
    if access.state not in (Access.State.APPROVED, Access.State.IN_FORCE):
        raise Problem("access_moved_on", state=access.get_state_display())
    found = risk_of(access)
    access.risk, access.risk_answer = found.as_data(), text(risk_answer)
    access.save(update_fields=["risk", "risk_answer"])
    _record(Verb.ACCESS_APPROVED, actor, access, risk=found.as_data())
    return access


@transaction.atomic
def agree(*, actor: User, access: Access, agreed: bool) -> Access:
    """Who asked agrees to the terms, and the time begins. Problem: not_yours, access_moved_on, not_agreed."""
    access = _locked(access)
    if access.by_id != actor.pk:
        raise Problem("not_yours")
    if access.state != Access.State.APPROVED:
        raise Problem("access_moved_on", state=access.get_state_display())
    if not agreed:
        raise Problem("not_agreed")
    now = timezone.now()
    access.state, access.agreed_at, access.agreement = Access.State.IN_FORCE, now, agreement.digest()
    access.until = now + timedelta(days=access.days)
    access.save(update_fields=["state", "agreed_at", "agreement", "until"])
    _record(Verb.ACCESS_AGREED, actor, access, agreement=access.agreement, until=access.until.isoformat())
    return access


@transaction.atomic
def end(*, actor: User, access: Access, reason: str) -> Access:
    """Who asked, or the board, ends it at once. Problem: not_yours, access_moved_on, text_needed, …"""
    access = _locked(access)
    if access.by_id != actor.pk and not on_the_board(actor):
        raise Problem("not_yours")
    if access.state not in (Access.State.APPROVED, Access.State.IN_FORCE):
        raise Problem("access_moved_on", state=access.get_state_display())
    access.state, access.ended_by, access.ended_at = Access.State.ENDED, actor, timezone.now()
    access.ended_because = text(reason)
    access.save(update_fields=["state", "ended_by", "ended_at", "ended_because"])
    _record(Verb.ACCESS_ENDED, actor, access)
    return access


def known_filters(release: Release) -> dict[str, Filter]:
    """The filters of the cohort page, with the hospitals of the release."""
    codes = release.cases.values_list("subject__site__code", flat=True).distinct()
    return filters((site.code, site.label) for site in Site.objects.filter(code__in=set(codes)))


def chosen_of(release: Release, asked: Mapping[str, str]) -> Chosen:
    """The groups asked for. Problem bad_filter, bad_filter_value."""
    try:
        return choose(known_filters(release), asked)
    except NotAFilter as error:
        listed = ", ".join(error.known[:NAMED])
        if error.name:
            raise Problem("bad_filter_value", name=error.name, values=listed) from None
        raise Problem("bad_filter", names=listed) from None


def keeper(release: Release, chosen: Chosen) -> tuple[Callable[[Record], bool], int]:
    """Which records leave: those that the filters keep, and nobody who withdrew; and how many withdrew."""
    here, gone = without_withdrawn(release)
    return (lambda record: here(record) and chosen.keeps(record.person)), gone


def export_of(access: Access) -> Export:
    """The files that leave under an access, as they are now.

    At Safe Harbor, whose contributors would tell the hospitals of the rows, all of the release are credited.
    """
    keep, gone = keeper(access.release, chosen_of(access.release, access.filters))
    credit = without_withdrawn(access.release)[0] if access.level == SAFE_HARBOR else keep
    slip = Slip(access=access.pk, filters=access.filters, withdrawn=gone, keep=keep, credit=credit)
    return Held(access.release).export(access.level, slip)


def risk_of(access: Access) -> Risk:
    """The risk of the rows that would leave now."""
    with export_of(access) as export:
        return risk(export.table, access.level)


def answered(access: Access, now: Risk) -> bool:
    """Whether the risk is no more than what the board answered."""
    return not now.to_answer or not now.worse_than(from_data(access.risk))


def text(raw: str, *, needed: bool = True) -> str:
    """A reason or purpose, tidied. Problem: text_needed, text_too_long, reason_not_text, identifying_text."""
    told = " ".join(raw.split())
    if needed and not told:
        raise Problem("text_needed")
    if len(told) > LENGTH:
        raise Problem("text_too_long", length=len(told), most=LENGTH)
    if not storable(told):
        raise Problem("reason_not_text")
    refuse_identifying(told)
    return told


def _reviewing(actor: User, access: Access) -> Access:
    access = _locked(access)
    _board(actor, access)
    if access.state != Access.State.ASKED:
        raise Problem("access_moved_on", state=access.get_state_display())
    return access


def _board(actor: User, access: Access) -> None:
    if not on_the_board(actor):
        raise Problem("not_on_board")
    if access.by_id == actor.pk:
        raise Problem("own_request")


def _reviewed(access: Access, actor: User) -> None:
    access.reviewed_by, access.reviewed_at = actor, timezone.now()
    access.save()


def _locked(access: Access) -> Access:
    locked: Access = (
        Access.objects.select_for_update(of=("self",)).select_related("release", "by").get(pk=access.pk)
    )
    return locked


def _sites(access: Access) -> dict[str, int]:
    """How many cases of each site leave; a summary uses them all."""
    found: dict[str, int] = {}
    with export_of(access) as export:
        for record in export.records():
            found[record.data["site"]] = found.get(record.data["site"], 0) + 1
    return dict(sorted(found.items()))


def _record(verb: AuditEvent.Verb, actor: User, access: Access, **detail: Any) -> None:
    audit.record(
        verb=verb,
        actor=actor,
        target=f"access {access.pk}",
        detail={"release": access.release.number, "level": access.level, **detail},
    )
