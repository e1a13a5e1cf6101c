"""Problems of the case report form and its questions: what is wrong with a call, and what to do."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from registry.errors import register

register(
    {
        "values_refused": (
            400,
            ngettext_lazy(
                "%(count)d answer cannot be kept, so nothing was saved. %(what)s",
                "%(count)d answers cannot be kept, so nothing was saved. %(what)s",
                "count",
            ),
        ),
        "bad_values": (
            400,
            _(
                "The answers must be an object of names and values: "
                '{"values": {"age_yr": "63"}, "revision": 4}. '
                "GET /api/v1/dictionary/ lists the names."
            ),
        ),
        "bad_revision": (
            400,
            _(
                "The revision must be the number that came with the form; it is %(current)d now. "
                "Load the form again."
            ),
        ),
        "bad_reason": (
            400,
            _("The reason must be text of at most %(length)d characters without control characters."),
        ),
        "change_needs_reason": (
            400,
            ngettext_lazy(
                "The form was complete already, so changing %(count)d answer needs a reason. "
                "Nothing was saved; write why, then save again.",
                "The form was complete already, so changing %(count)d answers needs a reason. "
                "Nothing was saved; write why, then save again.",
                "count",
            ),
        ),
        "changed_meanwhile": (
            409,
            ngettext_lazy(
                "Somebody else changed %(count)d answer that you changed too, since you opened the form, "
                "so nothing was saved. Compare yours with theirs, then save again.",
                "Somebody else changed %(count)d answers that you changed too, since you opened the form, "
                "so nothing was saved. Compare yours with theirs, then save again.",
                "count",
            ),
        ),
        "form_closed": (
            409,
            _(
                "The form cannot be changed while it is “%(state)s”. "
                "If something is wrong, tell the task force; they can send it back."
            ),
        ),
        "images_closed": (
            409,
            _(
                "The form of %(subject)s is “%(state)s”, so no images can be added: what the task force "
                "looks at stays as it is. Ask the task force to return the case, then send the images again."
            ),
        ),
        "withdrawal_closed": (
            409,
            _(
                "The case of %(subject)s is with the task force, so its images stay as they are. Answer a "
                "question, or ask the task force to return the case, then withdraw the series."
            ),
        ),
        "withdrawal_is_the_sites": (
            409,
            _(
                "The case of %(subject)s is still with its hospital, which can withdraw the series itself. "
                "Ask it, or wait until the case is sent."
            ),
        ),
        "not_your_site": (
            403,
            _(
                "Only people of the patient's own site fill its form and answer its questions. "
                "You may read it."
            ),
        ),
        "not_ready": (409, _("The form cannot be sent yet. %(what)s")),
        "empty_message": (
            400,
            _("Write the text first; at most %(length)d characters, without control characters."),
        ),
        "unknown_item": (400, _("The form has no item “%(item)s”. Choose an item of the form, or none.")),
        "foreign_exam": (400, _("This exam belongs to another patient. Choose an exam of this case.")),
        "not_in_review": (
            409,
            _(
                "The form of %(subject)s is “%(state)s”. Questions are asked and answered while it is "
                "submitted or returned; to ask about an accepted case, return it with the question as reason."
            ),
        ),
        "query_not_answered": (
            409,
            _("The site has not answered yet, so there is nothing to verify. Close the question instead."),
        ),
        "rule_silent": (
            409,
            _("The form says nothing of the kind any more. Load the page again."),
        ),
        "not_of_the_site": (
            400,
            _("Only a person of the patient's own site takes a question. Choose one of the list, or nobody."),
        ),
        "query_closed": (409, _("The question is closed. Open a new one.")),
        "only_curators": (403, _("Only curators of the task force ask and close questions.")),
    }
)
