"""Problems of importing a workbook; what deid.sheet refuses comes with its own sentence."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from deid.sheet import REFUSALS
from registry.errors import register

register(dict.fromkeys(REFUSALS, (400, "%(what)s")))
register(
    {
        "sheet_has_dates": (
            400,
            ngettext_lazy(
                "The workbook holds %(count)d calendar date (%(cells)s), which must stay at your hospital, "
                "so nothing was kept. Choose the file on the import page, which turns dates into days in "
                "your browser, or run: python -m deid sheet IN.xlsx OUT.xlsx.",
                "The workbook holds %(count)d calendar dates (%(cells)s), which must stay at your hospital, "
                "so nothing was kept. Choose the file on the import page, which turns dates into days in "
                "your browser, or run: python -m deid sheet IN.xlsx OUT.xlsx.",
                "count",
            ),
        ),
        "sheet_has_unknown_columns": (
            400,
            ngettext_lazy(
                "The workbook holds %(count)d column that the form does not have (%(cells)s), perhaps names "
                "or hospital numbers, so nothing was kept. Choose the file on the import page, which leaves "
                "such columns behind in your browser, or delete the column.",
                "The workbook holds %(count)d columns that the form does not have (%(cells)s), perhaps names "
                "or hospital numbers, so nothing was kept. Choose the file on the import page, which leaves "
                "such columns behind in your browser, or delete the columns.",
                "count",
            ),
        ),
        "other_template": (
            400,
            _(
                "The workbook was made from the template of another form. "
                "Download the template of %(current)s and copy the values into it."
            ),
        ),
        "import_has_errors": (
            409,
            ngettext_lazy(
                "%(count)d cell cannot be kept, so nothing was imported. Correct it and look again.",
                "%(count)d cells cannot be kept, so nothing was imported. Correct them and look again.",
                "count",
            ),
        ),
        "import_differs": (
            409,
            _(
                "Something changed since you looked, so nothing was imported. "
                "Look at the new comparison, then import."
            ),
        ),
        "import_needs_reason": (
            400,
            ngettext_lazy(
                "%(count)d answer that stands already would change. Write why, then import.",
                "%(count)d answers that stand already would change. Write why, then import.",
                "count",
            ),
        ),
        "workbook_missing": (
            400,
            _("Send the workbook itself as the body of the request (%(type)s), not a form."),
        ),
    }
)
