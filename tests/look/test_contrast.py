"""Every pair of colours that meets on a page reaches WCAG 2.2 AA in both themes."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
TEXT, SHAPE = 4.5, 3.0
STATUSES = ("waiting", "working", "done", "needs", "loss")
PAIRS = [
    *(
        (ink, ground, TEXT)
        for ink in ("ink", "ink-2", "ink-3")
        for ground in ("paper", "surface", "sunk", "hover")
    ),
    *((ink, "chosen", TEXT) for ink in ("ink", "ink-2")),
    *(("link", ground, TEXT) for ground in ("paper", "surface", "sunk", "hover", "chosen")),
    ("accent-ink", "accent", TEXT),
    ("accent-ink", "accent-hover", TEXT),
    *((status, f"{status}-fill", TEXT) for status in STATUSES),
    *((status, ground, TEXT) for status in STATUSES for ground in ("paper", "surface")),
    *((f"{status}-mark", f"{status}-fill", SHAPE) for status in STATUSES),
    *((f"{status}-mark", ground, SHAPE) for status in STATUSES for ground in ("paper", "surface")),
    *(
        (line, ground, SHAPE)
        for line in ("rule-strong", "focus", "accent")
        for ground in ("paper", "surface")
    ),
    ("rule-strong", "hover", SHAPE),
    ("focus", "chosen", SHAPE),
    *((f"series-{n}", "surface", SHAPE) for n in (1, 2, 3, 4)),
]
DARK_SCREEN = [
    *(
        (ink, ground, TEXT)
        for ink in ("ink", "ink-2", "ink-3", "link")
        for ground in ("paper", "surface", "sunk")
    ),
    ("focus", "surface", SHAPE),
]


def block(selector: str) -> dict[str, str]:
    """Custom properties (name → #rrggbb) of the rule that `selector` ends."""
    css = re.sub(r"/\*.*?\*/", "", (CSS / "tokens.css").read_text(), flags=re.S)
    found = re.search(re.escape(selector) + r"\s*\{([^}]*)\}", css)
    assert found, f"tokens.css has no rule {selector}"
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", found[1]))


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_formula() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_contrast(theme: str, front: str, ground: str, least: float) -> None:
    tokens = block(f'[data-theme="{theme}"]')
    ratio = contrast(tokens[front], tokens[ground])
    assert ratio >= least, f"{front} on {ground} in the {theme} theme is {ratio:.2f}, needs {least}"


@pytest.mark.parametrize(("front", "ground", "least"), DARK_SCREEN)
def test_contrast_on_dark_screens(front: str, ground: str, least: float) -> None:
    tokens = block(".on-dark")
    assert contrast(tokens[front], tokens[ground]) >= least


def test_the_systems_dark_theme_is_the_chosen_dark_theme() -> None:
    assert block('[data-theme="auto"]') == block('[data-theme="dark"]')


def test_dark_names_every_colour_of_light() -> None:
    assert block('[data-theme="dark"]').keys() == block('[data-theme="light"]').keys()


@pytest.mark.parametrize("path", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_colours_come_from_tokens(path: Path) -> None:
    css = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    if path.name in ("tokens.css", "print.css"):
        return
    strange = [c for c in re.findall(r"#[0-9a-fA-F]{3,8}\b", css) if c != "#000"]
    assert not strange, f"{path.name} names colours itself: {strange}"


@pytest.mark.parametrize("path", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_every_token_in_use_exists(path: Path) -> None:
    defined = set(re.findall(r"--([\w-]+):", "".join(p.read_text() for p in CSS.glob("*.css"))))
    used = set(re.findall(r"var\(--([\w-]+)", path.read_text()))
    assert used <= defined
