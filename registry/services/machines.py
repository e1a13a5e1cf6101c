"""Site tokens: made by people of the site, told once, revoked by them or by the administrator."""

import hashlib
import secrets
import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from registry.errors import Problem
from registry.identifying import refuse_identifying
from registry.models import AuditEvent, Role, SiteToken, User
from registry.services import audit

PREFIX = "kicc_"
DAYS = (30, 90, 365)
LONGEST_NAME = 60
NOTE_USE_EVERY = timedelta(minutes=1)


def digest(token: str) -> str:
    """What is kept of a token: 64 hexadecimal digits. It is 256 bits of chance, so a plain hash will do."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


@transaction.atomic
def make(*, actor: User, name: str, days: int, request_id: uuid.UUID) -> tuple[SiteToken, str]:
    """A new token of the actor's site for the machine of that name, and its text, which is told this once.

    Problem: not_at_a_site, token_name, token_days, identifying_text, token_made_already.
    """
    if not actor.at_site or actor.is_machine:
        raise Problem("not_at_a_site")
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Problem("token_name", limit=LONGEST_NAME)
    refuse_identifying(name)
    if days not in DAYS:
        raise Problem("token_days")
    if SiteToken.objects.filter(request_id=request_id).exists():
        raise Problem("token_made_already")
    token = PREFIX + secrets.token_urlsafe(32)
    account = User.objects.create_user(
        f"{uuid.uuid4().hex}@machine.invalid", name=name, role=Role.MACHINE, site=actor.site
    )
    made = SiteToken.objects.create(
        account=account,
        digest=digest(token),
        request_id=request_id,
        made_by=actor,
        expires_at=timezone.now() + timedelta(days=days),
    )
    audit.record(
        verb=AuditEvent.Verb.SITE_TOKEN_MADE,
        actor=actor,
        target=str(made.pk),
        detail={"site": made.site.code, "days": days},
    )
    return made, token


@transaction.atomic
def revoke(*, actor: User, number: int) -> SiteToken:
    """End a token that the actor may see, at once and for good. Idempotent. Problem: not_found."""
    found = SiteToken.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=number).first()
    if found is None:
        raise Problem("not_found")
    if found.revoked_at is None:
        found.revoked_at, found.revoked_by = timezone.now(), actor
        found.save(update_fields=["revoked_at", "revoked_by"])
        User.objects.filter(pk=found.account_id).update(is_active=False)
        audit.record(
            verb=AuditEvent.Verb.SITE_TOKEN_REVOKED,
            actor=actor,
            target=str(found.pk),
            detail={"site": found.site.code},
        )
    return found


def find(token: str) -> SiteToken | None:
    """The token of this text, in whatever state."""
    return SiteToken.objects.select_related("account__site").filter(digest=digest(token)).first()


def note_use(found: SiteToken) -> None:
    """Remember that it was used now, to the minute."""
    now = timezone.now()
    SiteToken.objects.filter(
        Q(last_used_at=None) | Q(last_used_at__lt=now - NOTE_USE_EVERY), pk=found.pk
    ).update(last_used_at=now)
