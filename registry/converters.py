"""Parts of addresses that are checked before a view sees them."""

from django.urls import register_converter


class SubjectCode:
    """`S03-0042-K`; anything else is no address of ours."""

    regex = r"S[0-9]{2}-[0-9]{4}-[A-Z]"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(SubjectCode, "subject")
