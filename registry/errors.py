"""Problems a person can mend: a stable code, an HTTP status, and a text in the reader's language.

Every room registers its codes in a `problems.py`; `Problem("code", name=value)` is raised by services, shown
by pages, and answered by the API as `{"code", "message", …}`. Values are public references and counts only.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Kind:
    status: int
    text: Promise | str


KINDS: dict[str, Kind] = {}


def register(kinds: dict[str, tuple[int, Promise | str]]) -> None:
    """Add codes: code → (HTTP status, text with %(name)s places). A code is registered once."""
    for code, (status, text) in kinds.items():
        if code in KINDS:
            raise ValueError(f"problem code {code!r} is registered twice")
        KINDS[code] = Kind(status, text)


class Problem(Exception):
    """Something a person can mend. `extra` goes into the API's answer beside code and message."""

    def __init__(self, code: str, *, extra: dict[str, Any] | None = None, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values
        self.extra = extra or {}

    @property
    def status(self) -> int:
        return KINDS[self.code].status

    @property
    def message(self) -> str:
        return str(KINDS[self.code].text % self.values)


class MissingSlash(Problem):
    """An address of the API without its last slash: what was sent cannot follow a redirect."""

    def __init__(self) -> None:
        super().__init__("not_found")

    @property
    def message(self) -> str:
        return str(_("There is nothing at this address. Addresses of the API end with a slash: add it."))


register(
    {
        "not_at_a_site": (
            403,
            _(
                "Only people of a site can do this. "
                "Ask the administrator to attach your account to your site."
            ),
        ),
        "no_irb_approval": (
            403,
            _(
                "Site %(site)s has no ethics approval in force, so it cannot add patients or images. "
                "Ask the administrator to enter the approval."
            ),
        ),
        "approval_number": (
            400,
            _("Give the approval's number as the board wrote it: up to 40 letters, digits, ( ) . / and -."),
        ),
        "approval_dates": (
            400,
            _("Give the first and the last day, the first one first, less than %(years)d years apart."),
        ),
        "approval_document": (
            400,
            _(
                "Choose the approval letter, or give its name (up to 120 letters) and its SHA-256 "
                "(64 hexadecimal digits), or leave both out."
            ),
        ),
        "approval_twice": (
            409,
            _("This number with this first day is entered already. Withdraw that one first if it is wrong."),
        ),
        "reason_needed": (400, _("Say why, in up to %(limit)d letters.")),
        "quota": (
            400,
            _(
                "Give whole gigabytes (or nothing for no limit), and 1 to %(limit)d uploads that may be open "
                "at once."
            ),
        ),
        "token_name": (
            400,
            _("Give the machine a name of up to %(limit)d letters, such as PACS gateway."),
        ),
        "token_days": (400, _("Choose how long the token shall be good for.")),
        "token_made_already": (
            409,
            _(
                "This token was made already, and its text is shown only once. "
                "If it was not noted, revoke it and make another."
            ),
        ),
        "site_is_full": (409, _("Site %(site)s has used all 9,999 subject numbers.")),
        "subject_withdrawn": (
            410,
            _("This subject was withdrawn and its key destroyed; the images are gone for good."),
        ),
        "not_allowed": (403, _("Your role does not allow this.")),
        "not_found": (404, _("There is nothing here that you may see. Check the address.")),
        "invalid": (400, _("The request is not as it should be: %(what)s")),
        "wrong_credentials": (400, _("E-mail and password do not match. Check both and try again.")),
        "bad_request": (400, _("The browser sent something that cannot be read. Go back and try again.")),
        "body_too_large": (
            413,
            _("The request is larger than %(limit)d MB. Send less at once; images go one file at a time."),
        ),
        "files_not_taken": (
            415,
            _(
                "Files are not taken with a form; nothing of this one was kept. "
                "Send images on the upload page or as docs/uploads.md says."
            ),
        ),
        "too_nested": (
            400,
            _("Lists and objects lie in each other more than %(limit)d deep. Send the answer flatter."),
        ),
        "server_error": (
            500,
            _(
                "Something went wrong on our side; nothing was half-saved. "
                "Try again; the administrator has the record."
            ),
        ),
        "store_down": (
            503,
            _("The image store does not answer. Nothing was lost; try again in a minute."),
        ),
        "database_down": (
            503,
            _("The database does not answer. Nothing was half-saved; try again in a minute."),
        ),
        "locked_out": (429, _("Too many failed sign-ins. Try again in 15 minutes.")),
    }
)
