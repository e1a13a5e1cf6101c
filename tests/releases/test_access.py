"""Access: nothing leaves without request, decision, answered risk and agreement; all of it on record."""

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from cohort.models import AnswerChange, Case
from registry.errors import Problem
from registry.models import AuditEvent, Role, SubjectKey, User
from releases import agreement
from releases.models import Access, FrozenError, Release, Taking
from releases.risk import Risk
from releases.selectors import Held
from releases.services import accessing, freezing
from releases.services.taking import take
from tests.cohort import people

SignIn = Callable[[User], Client]
JSON = {"content_type": "application/json"}


@pytest.fixture
def release(lead: User) -> Release:
    """Six cases of S03 and one of S05; two men of 63 in Daegu are alike, the woman of S05 is alone."""
    by, other = people.user(at=people.site("S03")), people.user(at=people.site("S05"))
    for _ in range(6):
        people.complete(by, Case.State.ACCEPTED)
    people.complete(other, Case.State.ACCEPTED, sex="2", age_yr="93")
    return freezing.make(actor=lead, title="First")


@pytest.fixture
def researcher(db: None) -> User:
    return people.user(Role.RESEARCHER)


def asked(by: User, release: Release, level: str = "limited", **filters: str) -> Access:
    return accessing.ask(actor=by, release=release, level=level, asked=filters, purpose="Stages of disease")


def in_force(by: User, release: Release, lead: User, level: str = "limited", **filters: str) -> Access:
    access = asked(by, release, level, **filters)
    accessing.approve(actor=lead, access=access, days=30, risk_answer="Needed for the question")
    return accessing.agree(actor=by, access=access, agreed=True)


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(Problem) as caught:
        call()
    return caught.value.code


def rows(access: Access) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content(access, "table.csv").decode("utf-8-sig"))))


def content(access: Access, name: str) -> bytes:
    with take(actor=access.by, access=access, name=name).content as file:
        return file.read()


def test_the_whole_way_is_on_record(release: Release, researcher: User, lead: User) -> None:
    access = in_force(researcher, release, lead)
    made = take(actor=researcher, access=access, name="table.csv")
    made.content.close()
    accessing.end(actor=lead, access=access, reason="The study is over")
    verbs = list(
        AuditEvent.objects.filter(target=f"access {access.pk}")
        .values_list("verb", "actor_name")
        .order_by("sequence")
    )
    assert verbs == [
        ("access asked for", researcher.name),
        ("access approved", lead.name),
        ("access agreed", researcher.name),
        ("release taken", researcher.name),
        ("access ended", lead.name),
    ]
    taking = Taking.objects.get()
    assert (taking.access, taking.by, taking.name, taking.rows, taking.sha256) == (
        access, researcher, "table.csv", 7, made.sha256,
    )  # fmt: skip
    access.refresh_from_db()
    assert (access.agreement, access.sites) == (agreement.digest(), {"S03": 6, "S05": 1})
    with pytest.raises(FrozenError):
        taking.delete()


def test_nothing_leaves_before_its_time_after_it_or_for_another(
    release: Release, researcher: User, lead: User
) -> None:
    access = asked(researcher, release)

    def attempt(by: User = researcher) -> str:
        return refused(lambda: take(actor=by, access=access, name="table.csv"))

    assert attempt() == "access_not_in_force"
    accessing.approve(actor=lead, access=access, days=30, risk_answer="Needed")
    access.refresh_from_db()
    assert attempt() == "access_not_in_force"
    access = accessing.agree(actor=researcher, access=access, agreed=True)
    assert attempt(lead) == "not_yours"
    assert refused(lambda: take(actor=researcher, access=access, name="series.csv")) == "no_such_table"
    Access.objects.filter(pk=access.pk).update(until=timezone.now() - timedelta(seconds=1))
    access.refresh_from_db()
    assert access.expired
    assert attempt() == "access_not_in_force"
    assert not Taking.objects.exists()


def test_a_risk_is_answered_before_anything_is_approved(
    release: Release, researcher: User, lead: User
) -> None:
    access = asked(researcher, release)
    found = accessing.risk_of(access)
    assert found == Risk(7, 1, 1, 1, ("site_code", "site_level", "age_yr", "sex", "residence"))
    assert refused(lambda: accessing.approve(actor=lead, access=access, days=30)) == "risk_to_answer"
    safe = asked(researcher, release, "limited", site="S03")
    assert accessing.risk_of(safe) == Risk(6, 6, 0, 0, found.columns)
    assert accessing.approve(actor=lead, access=safe, days=30).state == "approved"
    none = asked(researcher, release, "summary")
    assert accessing.risk_of(none) == Risk()


def test_a_risk_that_grew_holds_the_export_until_it_is_answered(
    release: Release, researcher: User, lead: User
) -> None:
    access = in_force(researcher, release, lead, site="S03")
    assert len(rows(access)) == 6
    gone = release.cases.filter(subject__site__code="S03")[:2]
    SubjectKey.objects.filter(subject__in=[one.subject_id for one in gone]).update(
        wrapped=None, destroyed_at=timezone.now()
    )
    assert refused(lambda: rows(access)) == "risk_grew"
    assert accessing.answer_risk(actor=lead, access=access, risk_answer="Four are alike").risk["few"] == 4
    access.refresh_from_db()
    assert len(rows(access)) == 4
    manifest = json.loads(content(access, "manifest.json"))
    assert (manifest["withdrawn_left_out"], manifest["access"]) == (2, access.pk)
    assert manifest["filters"] == {"site": "S03"}


def test_nobody_decides_on_their_own_request(release: Release, lead: User) -> None:
    access = asked(lead, release)
    assert refused(lambda: accessing.approve(actor=lead, access=access, days=30)) == "own_request"
    assert refused(lambda: accessing.decline(actor=lead, access=access, reason="x")) == "own_request"
    with pytest.raises(IntegrityError), transaction.atomic():
        Access.objects.filter(pk=access.pk).update(
            reviewed_by=lead, reviewed_at=timezone.now(), state="declined"
        )
    curator = people.user(Role.CURATOR)
    assert accessing.decline(actor=curator, access=access, reason="Not now").state == "declined"
    assert refused(lambda: accessing.approve(actor=curator, access=access, days=30)) == "access_moved_on"


@pytest.mark.parametrize(
    ("state", "facts"),
    [("in force", {}), ("approved", {}), ("declined", {}), ("ended", {}), ("asked", {"ended_at": "now"})],
)
def test_a_state_without_what_it_says_cannot_be(
    release: Release, researcher: User, state: str, facts: dict[str, str]
) -> None:
    access = asked(researcher, release)
    values = {name: timezone.now() for name in facts}
    with pytest.raises(IntegrityError), transaction.atomic():
        Access.objects.filter(pk=access.pk).update(state=state, **values)


def test_what_is_asked_is_checked(release: Release, researcher: User) -> None:
    def ask(level: str = "limited", purpose: str = "x", by: User = researcher, **filters: str) -> str:
        return refused(
            lambda: accessing.ask(actor=by, release=release, level=level, asked=filters, purpose=purpose)
        )

    assert ask("everything") == "no_such_level"
    assert ask("summary", sex="1") == "summary_is_whole"
    assert ask(sex="7") == "bad_filter_value"
    assert ask(shoe="42") == "bad_filter"
    assert ask(age="0-19") == "nobody_left"
    assert ask(purpose=" ") == "text_needed"
    assert ask(purpose="x" * 1001) == "text_too_long"
    assert ask(purpose="call 010-1234-5678") == "identifying_text"
    assert ask(by=people.user(Role.CURATOR)) == "not_allowed"
    assert not Access.objects.exists()


def test_a_renewal_is_decided_anew(release: Release, researcher: User, lead: User) -> None:
    access = in_force(researcher, release, lead, site="S03")
    again = accessing.renew(actor=researcher, access=access, purpose="The reviewers asked")
    assert (again.state, again.renews, again.filters) == ("asked", access, {"site": "S03"})
    assert refused(lambda: accessing.renew(actor=researcher, access=access, purpose="x")) == "renewed_already"
    assert refused(lambda: accessing.renew(actor=lead, access=access, purpose="x")) == "not_yours"
    assert refused(lambda: accessing.renew(actor=researcher, access=again, purpose="x")) == "not_to_renew"


def test_a_site_sees_what_used_its_cases_and_nothing_else(
    signed_in: SignIn, release: Release, researcher: User, lead: User
) -> None:
    ours = in_force(researcher, release, lead, site="S03")
    whole = in_force(researcher, release, lead)
    waiting = asked(researcher, release)
    rows(ours)
    here, there = (people.user(at=people.site(code)) for code in ("S03", "S05"))
    assert set(Access.objects.visible_to(here)) == {ours, whole}
    assert set(Access.objects.visible_to(there)) == {whole}
    text = signed_in(here).get(f"/access/{ours.pk}/").content.decode()
    assert "table.csv" in text
    assert researcher.name in text
    assert "Needed for the question" not in text, "how the board answered the risk is the board's"
    page = signed_in(there).get(f"/access/{whole.pk}/").content.decode()
    assert '<span class="code">S05</span> 1' in page
    assert "S03" not in page
    assert signed_in(there).get(f"/access/{ours.pk}/").status_code == 404
    assert signed_in(here).get(f"/access/{waiting.pk}/").status_code == 404


def test_pages_lead_from_the_request_to_the_file(
    signed_in: SignIn, release: Release, researcher: User, lead: User
) -> None:
    mine, board = signed_in(researcher), signed_in(lead)
    page = mine.get("/releases/1/ask/").content.decode()
    assert "<b>about 5</b> of 7 people" in page
    refused_ = mine.post("/releases/1/ask/", {"extent": "limited", "purpose": ""})
    assert refused_.status_code == 400
    where = mine.post("/releases/1/ask/", {"extent": "limited", "purpose": "A question", "level": "T"})[
        "Location"
    ]
    page = board.get(where).content.decode()
    assert "Unique rows" in page
    short = board.post(f"{where}approve/", {"days": "30", "reason": "fine"})
    assert short.status_code == 409
    assert "1 of 7 rows are unique" in short.content.decode()
    assert 'value="fine"' in short.content.decode(), "what was typed stays"
    assert board.post(f"{where}approve/", {"days": "30", "risk_answer": "so"}).status_code == 302
    assert "I have read this and agree" in mine.get(where).content.decode()
    assert mine.post(f"{where}agree/", {}).status_code == 400
    assert mine.post(f"{where}agree/", {"agreed": "yes"}).status_code == 302
    response = mine.get(f"{where}files/table.xlsx")
    assert response["X-Content-SHA256"] == Taking.objects.get().sha256
    b"".join(response.streaming_content)
    size = mine.head(f"{where}files/table.xlsx")
    assert size["Content-Length"] == response["Content-Length"]
    assert Taking.objects.count() == 1, "asking for the size is no taking"
    assert "table.xlsx" in mine.get(where).content.decode()


def test_live_counts_hide_what_is_small(
    signed_in: SignIn, release: Release, researcher: User, lead: User
) -> None:
    mine, board = signed_in(researcher), signed_in(lead)
    assert "fewer than 5" in mine.get("/releases/1/ask/count/?site=S05").content.decode()
    assert "<b>about 5</b>" in mine.get("/releases/1/ask/count/?site=S03").content.decode()
    assert "<b>1</b> of 7" in board.get("/releases/1/ask/count/?site=S05").content.decode()
    assert "<b>about 0</b>" in mine.get("/releases/1/ask/count/?age=0-19").content.decode()
    assert "has no such value" in mine.get("/releases/1/ask/count/?sex=9").content.decode()


def test_the_api_goes_the_same_way(signed_in: SignIn, release: Release, researcher: User, lead: User) -> None:
    mine, board = signed_in(researcher), signed_in(lead)
    told = {"release": 1, "level": "safe-harbor", "filters": {"sex": "1"}, "purpose": "A question"}
    made = mine.post("/api/v1/accesses/", told, **JSON).json()
    where = f"/api/v1/accesses/{made['id']}/"
    assert board.post(f"{where}approve/", {"days": 7}, **JSON).json()["code"] == "access_days"
    assert board.post(f"{where}approve/", {"days": 30}, **JSON).json()["state"] == "approved"
    assert mine.post(f"{where}agree/", {"agreed": True}, **JSON).json()["in_force"] is True
    body = b"".join(mine.get(f"{where}files/table.csv").streaming_content).decode("utf-8-sig")
    assert [row["person"] for row in csv.DictReader(io.StringIO(body))] == sorted(
        (str(one.number) for one in release.cases.filter(subject__site__code="S03")), key=int
    )
    assert mine.post(f"{where}dance/", {}, **JSON).status_code == 404
    assert board.get("/api/v1/accesses/").json()["results"][0]["id"] == made["id"]


def test_safe_harbor_tells_no_hospital_of_the_rows(researcher: User, lead: User) -> None:
    for code, sex in (("S03", "1"), ("S05", "2")):
        by = people.user(at=people.site(code))
        case = people.complete(by, Case.State.ACCEPTED, sex=sex)
        AnswerChange.objects.create(case=case, item="sex", new=sex, cause="entered", by=by, revision=1)
    release = freezing.make(actor=lead, title="First")
    assert refused(lambda: asked(researcher, release, "safe-harbor", site="S03")) == "hospital_is_hidden"

    def credited(level: str) -> set[str]:
        with accessing.export_of(in_force(researcher, release, lead, level, sex="2")) as export:
            assert export.make("table.csv").rows == 1
            lines = export.make("contributors.csv").content.read().decode("utf-8-sig").splitlines()
        return {line.split(",")[1] for line in lines[1:]}

    assert credited("safe-harbor") == {"S03", "S05"}
    assert credited("limited") == {"S05"}


def test_contributors_have_the_roles_of_their_work(release: Release) -> None:
    with Held(release).export("limited") as export:
        who = export.make("contributors.csv").content.read().decode("utf-8-sig")
    assert who.splitlines()[0] == "name,site,first_day,last_day,cases,answers,images,reviewed,credit_roles"
