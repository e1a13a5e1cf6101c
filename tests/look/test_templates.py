"""Templates obey the content security policy and carry a language."""

import re
from pathlib import Path

import pytest
from django.template import engines
from django.templatetags.static import static

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
BARE_TEXT = re.compile(r">\s*([A-Za-z가-힣][^<>{}%]*[A-Za-z가-힣])\s*<")
LEFT_OUT = [
    re.compile(r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}|<!--.*?-->", re.S),
    re.compile(r"\{% blocktrans(?:late)?\b.*?\{% endblocktrans(?:late)? %\}", re.S),
    re.compile(r"<span class=\"unit\">[^<]*</span>"),
    re.compile(r"<(code|kbd|dt class=\"mono\")[^<]*</(?:code|kbd|dt)>"),
]
FILE_NAME = re.compile(r"[\w-]+\.\w+$")
UNTRANSLATED = {"KICC Registry", "English", "한국어", "Tab"}


def name(path: Path) -> str:
    return path.relative_to(ROOT / "templates").as_posix()


@pytest.fixture(params=TEMPLATES, ids=name)
def template(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_no_inline_script_style_or_handler(template: Path) -> None:
    text = re.sub(r"\{%.*?%\}", "", template.read_text("utf-8"), flags=re.S)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text), "a <script> without src"
    assert not re.search(r"<style\b", text), "a <style>"
    assert not re.search(r"\sstyle\s*=", text), "a style attribute"
    assert not re.search(r"\s(on[a-z]+|hx-on[:\w-]*)\s*=", text), "a handler in an attribute"
    assert "javascript:" not in text


def test_compiles(template: Path) -> None:
    engines["django"].get_template(name(template))


def test_a_whole_page_has_a_language(template: Path) -> None:
    text = template.read_text("utf-8")
    if "<html" in text:
        assert re.search(r'<html lang="\{\{ LANGUAGE_CODE \}\}"', text)
    elif "{% block content" in text:
        assert re.match(r"\{%-? ?extends ", text), "a page that does not extend base.html"


def test_every_word_is_offered_for_translation(template: Path) -> None:
    text = template.read_text("utf-8")
    for part in LEFT_OUT:
        text = part.sub("", text)
    bare = [
        word for word in BARE_TEXT.findall(text) if word not in UNTRANSLATED and not FILE_NAME.match(word)
    ]
    assert not bare


def test_every_static_file_named_exists(template: Path) -> None:
    for file in re.findall(r"\{% static '([^']+)' %\}", template.read_text("utf-8")):
        found = ROOT / "static" / file
        assert found.is_dir() if file.endswith("/") else found.is_file(), f"{static(file)} is not in static/"
