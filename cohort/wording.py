"""Items and answers as a person reads them, in the reader's language."""

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cohort.items import Dictionary, Item
from cohort.values import JOINED


def language() -> str:
    return get_language() or "en"


def item_label(known: Dictionary, name: str) -> str:
    """The item's label; its name when the dictionary does not know it."""
    item = known.items.get(name)
    return item.label.of(language()) if item else name


def in_words(item: Item, value: str) -> str:
    """A kept value: labels of choices, numbers as they are."""
    if not item.choices:
        return value
    chosen = [item.choice(code) for code in value.split(JOINED)]
    return ", ".join(choice.label.of(language()) if choice else value for choice in chosen)


def with_unit(item: Item, value: str) -> str:
    """A kept value as `in_words`, a number with its unit; '' for no answer."""
    text = in_words(item, value) if value else ""
    return text if not text or item.choices else f"{text} {item.unit_label.of(language())}".strip()


def exam_title(name: Promise | str, day: int | None) -> str:
    """An exam by its name and its day from admission, as far as that is known."""
    return str(name) if day is None else _("%(exam)s · day %(day)d") % {"exam": name, "day": day}


def section_url(code: str, slug: str) -> str:
    """Address of a section of the subject's form."""
    try:
        return reverse("form_section", args=(code, slug))
    except NoReverseMatch:
        return ""
