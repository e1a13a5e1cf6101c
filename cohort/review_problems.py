"""Problems of deciding and exporting."""

from django.utils.translation import gettext_lazy as _

from registry.errors import register

register(
    {
        "question_open": (
            409,
            _("Questions that are open on this case: %(count)d. Close them, or return the case to its site."),
        ),
        "finding_undecided": (
            409,
            _(
                "Findings of the images that nobody decided about: %(count)d. Waive each with a reason on "
                "the page of its series, or return the case to its site."
            ),
        ),
        "exam_missing_without_reason": (
            409,
            _("Exams missing from this case: %(count)d. Write why it can be accepted without them."),
        ),
        "not_signed_without_reason": (
            409,
            _(
                "Nobody of the site has signed this form as it is. Write why the case is accepted without a "
                "signature, or ask the site to sign."
            ),
        ),
        "return_without_reason": (
            409,
            _("Nothing tells the site what to do. Ask a question, or write why the case goes back."),
        ),
        "case_not_submitted": (
            409,
            _("%(subject)s is not waiting for a decision; its state is: %(state)s. Look at the queue again."),
        ),
        "case_changed": (
            409,
            _("%(subject)s was changed after you opened it. Read it again, then decide."),
        ),
        "images_changed": (
            409,
            _("The images of %(subject)s changed after you opened it. Look at them again, then decide."),
        ),
        "reason_not_text": (400, _("The reason holds control characters. Type it anew.")),
        "reason_too_long": (
            400,
            _("The reason has %(length)d characters; %(most)d is the most. Shorten it."),
        ),
        "bad_filter": (400, _("There is no filter of that name. There are: %(names)s.")),
        "bad_filter_value": (400, _("The filter %(name)s has no such value. It has: %(values)s.")),
        "filters_tell_small_cells": (
            403,
            _(
                "Researchers see the whole cohort only: the difference of two filtered tables would tell "
                "counts that are hidden. Ask the task force for the table that you need."
            ),
        ),
        "no_such_table": (404, _("There is no such file. The exports page lists those that there are.")),
    }
)
