"""Every text is there in Korean, and the tool that says so can say no."""

import gettext
from pathlib import Path

import pytest

from scripts import messages

ROOT = Path(__file__).resolve().parents[2]
KO = ROOT / "locale" / "ko" / "LC_MESSAGES" / "django.po"


def test_korean_is_complete() -> None:
    assert messages.check(ROOT, KO) == []


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "registry").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "registry" / "views.py").write_text(
        'from django.utils.translation import gettext as _, ngettext\n_("Kept at %(site)s")\n'
        'ngettext("%(n)d file", "%(n)d files", 2)\n'
    )
    (tmp_path / "templates" / "a.html").write_text(
        '{% load i18n %}\n  <p>it\'s {% translate "Sign in" %}</p>\n'
        "    {% blocktranslate trimmed %}\n  Two\n  lines\n {% endblocktranslate %}\n"
    )
    messages.update(tmp_path, po(tmp_path))
    return tmp_path


def po(root: Path) -> Path:
    return root / "locale" / "ko" / "LC_MESSAGES" / "django.po"


def fill(root: Path, translations: dict[str, str]) -> None:
    text = po(root).read_text("utf-8")
    for source, target in translations.items():
        text = text.replace(f'msgid "{source}"\nmsgstr ""', f'msgid "{source}"\nmsgstr "{target}"')
        text = text.replace(
            f'msgid_plural "{source}"\nmsgstr[0] ""', f'msgid_plural "{source}"\nmsgstr[0] "{target}"'
        )
    po(root).write_text(text, "utf-8")


GOOD = {
    "Kept at %(site)s": "%(site)s에 보관",
    "%(n)d files": "파일 %(n)d개",
    "Sign in": "로그인",
    "Two lines": "두 줄",
}


def test_a_full_catalogue_passes_and_compiles(project: Path) -> None:
    fill(project, GOOD)
    assert messages.check(project, po(project)) == []
    assert messages.compile_messages(project) == [po(project).with_suffix(".mo")]
    assert messages.compile_messages(project) == []
    with po(project).with_suffix(".mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    assert catalogue.ngettext("%(n)d file", "%(n)d files", 2) == "파일 %(n)d개"
    assert catalogue.gettext("Two lines") == "두 줄"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"Sign in": ""}, "'Sign in' has no translation"),
        ({"Kept at %(site)s": "%(hospital)s에 보관"}, "has other places"),
        ({"%(n)d files": "파일들"}, "has other places"),
    ],
)
def test_what_does_not_fit_is_named(project: Path, change: dict[str, str], says: str) -> None:
    fill(project, {**GOOD, **change})
    assert [problem for problem in messages.check(project, po(project)) if says in problem]


def test_new_and_gone_texts_are_named_until_update(project: Path) -> None:
    fill(project, GOOD)
    (project / "templates" / "a.html").write_text('{% load i18n %}{% translate "Sign out" %}')
    problems = messages.check(project, po(project))
    assert any("'Sign out' is not in django.po" in problem for problem in problems)
    assert any("'Sign in' is no longer used" in problem for problem in problems)
    assert messages.update(project, po(project)) == 1
    assert "보관" in po(project).read_text("utf-8")
    assert "로그인" not in po(project).read_text("utf-8")


def test_a_fuzzy_translation_is_named(project: Path) -> None:
    fill(project, GOOD)
    text = po(project).read_text("utf-8").replace('msgid "Sign in"', '#, fuzzy\nmsgid "Sign in"')
    po(project).write_text(text, "utf-8")
    assert any("fuzzy" in problem for problem in messages.check(project, po(project)))
