"""Parts of the supervisor of `make run` that need no running instance."""

import tempfile
from pathlib import Path

import pytest

from scripts import serve
from scripts.say import Stop


@pytest.mark.parametrize("text", ["٣٠٠٠", "²", "8000 ", "+8000", "0", "65536", "080000", "x"])
def test_a_port_is_plain_digits(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", text)
    with pytest.raises(Stop, match="1 to 65535"):
        serve.chosen_port()


def test_a_plain_port_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9000")
    assert serve.chosen_port() == 9000


def test_only_a_socket_directory_of_ours_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    inside, outside = tmp_path / "temporary", tmp_path / "home" / "kicc-queue-data"
    left = inside / "kicc-queue-ab12"
    other, linked = inside / "letters", inside / "kicc-queue-link"
    for directory in (left, other, outside):
        directory.mkdir(parents=True)
    linked.symlink_to(outside)
    through = inside / "kicc-queue-ab12" / ".." / ".." / "home" / "kicc-queue-data"
    data = tmp_path / "queue"
    data.mkdir()
    for noted in (other, outside, linked, through, left):
        (data / "socket-directory").write_text(str(noted))
        place = serve.QueuePlace(data)
        place.remove()
    assert (other.is_dir(), outside.is_dir(), left.exists()) == (True, True, False)


def test_other_packages_prepare_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / serve.LOCK).write_text("django==5.2.8")
    monkeypatch.setattr(serve, "ROOT", tmp_path)
    before = serve.prepared_from()
    (tmp_path / serve.LOCK).write_text("django==5.2.9")
    assert serve.prepared_from() != before
