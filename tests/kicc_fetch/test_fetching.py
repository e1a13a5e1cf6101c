"""`kicc-fetch` against a running registry: everything comes, is checked, and goes on where it stopped."""

import json
import zipfile
from pathlib import Path

import pytest
from knox.models import AuthToken

from kicc_fetch import fetch
from kicc_fetch.cli import Exit, main
from registry.models import Role
from releases.models import Access, Taking
from releases.services import accessing, freezing
from tests.cohort import people
from tests.releases.images import case_with_images

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def access() -> Access:
    for code in ("S03", "S05"):
        case_with_images(people.user(at=people.site(code)), size=200_000)
    lead, researcher = people.user(Role.LEAD), people.user(Role.RESEARCHER)
    release = freezing.make(actor=lead, title="First")
    made = accessing.ask(actor=researcher, release=release, level="images", asked={}, purpose="CT")
    accessing.approve(actor=lead, access=made, days=30, risk_answer="few")
    return accessing.agree(actor=researcher, access=made, agreed=True)


@pytest.fixture
def call(access: Access, live_server: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("KICC_TOKEN", AuthToken.objects.create(access.by)[1])
    return [str(access.pk), str(tmp_path / "out"), "--server", str(live_server), "--language", "en"]


def archives(out: Path) -> list[Path]:
    return sorted((out / "images").rglob("*.zip"))


def test_a_release_comes_whole_and_the_second_run_fetches_nothing(
    call: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(call) == Exit.COMPLETE
    manifest = json.loads((out / "manifest.json").read_text())
    for one in manifest["files"]:
        assert fetch.sha256(out / one["name"]) == one["sha256"]
    assert len(archives(out)) == 2
    with zipfile.ZipFile(archives(out)[0]) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 3
    assert not list(out.rglob("*.part"))
    assert "2 series" in capsys.readouterr().out
    taken = Taking.objects.count()
    assert main(call) == Exit.COMPLETE
    assert set(
        Taking.objects.order_by("-id").values_list("name", flat=True)[: Taking.objects.count() - taken]
    ) == {"manifest.json"}


def test_it_goes_on_where_it_stopped_and_mends_what_was_changed(call: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    main(call)
    first, second = archives(out)
    content = first.read_bytes()
    first.with_name(f"{first.name}.part").write_bytes(content[:400_000])
    first.unlink()
    damaged = bytearray(second.read_bytes())
    damaged[1000] ^= 1
    second.write_bytes(damaged)
    (out / "table.csv").write_text("edited")
    before = Taking.objects.latest("pk").pk
    assert main(call) == Exit.COMPLETE
    assert first.read_bytes() == content
    taken = dict(Taking.objects.filter(pk__gt=before).values_list("name", "bytes"))
    assert taken[f"series/{first.stem}"] == len(content) - 400_000
    assert taken[f"series/{second.stem}"] == len(damaged)
    assert "table.csv" in taken


def test_a_part_that_is_not_ours_is_told_removed_and_fetched_anew(
    call: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    main(call)
    first = archives(out)[0]
    first.with_name(f"{first.name}.part").write_bytes(b"x" * 1000)
    first.unlink()
    assert main(call) == Exit.DIFFERS
    assert "is not what the registry promised" in capsys.readouterr().out
    assert not list(out.rglob("*.part"))
    assert main(call) == Exit.COMPLETE


def test_what_is_over_or_elsewhere_is_refused(
    call: list[str], access: Access, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "manifest.json").write_text(json.dumps({"release": 9, "access": 9}))
    assert main(call) == Exit.USAGE
    assert "release 9, access 9" in capsys.readouterr().err
    Access.objects.filter(pk=access.pk).update(
        state="ended", ended_at=access.agreed_at, ended_because="over", ended_by=access.by
    )
    assert main(call) == Exit.REFUSED
    assert "not in force" in capsys.readouterr().err
    with pytest.raises(SystemExit) as caught:
        main([*call[:2], "--server", "http://registry.example"])
    assert caught.value.code == Exit.USAGE


def test_names_that_climb_are_not_written(tmp_path: Path) -> None:
    for name in ("../x", "a/b", "", ".hidden", "c:\\x"):
        with pytest.raises(fetch.Misnamed):
            fetch.of_file(1, {"name": name, "sha256": "0" * 64, "bytes": 1}, tmp_path)
