"""Problems of reading what is stored."""

from django.utils.translation import gettext_lazy as _

from registry.errors import register

register(
    {
        "series_held_back": (
            409,
            _(
                "This series is held back and has no images here. See its findings, mend them at the "
                "hospital, send again."
            ),
        ),
        "series_is_synthetic": (
            409,
            _("This is a synthetic record: it stands for an exam of an invented person and has no images."),
        ),
        "series_not_stored": (
            409,
            _("This series is not in the store as a series of the cohort; its findings cannot be waived."),
        ),
        "finding_gone": (
            409,
            _("The series does not have this finding any more. Read the page again, then decide."),
        ),
        "finding_needs_no_waiver": (
            409,
            _("This finding stands in nobody's way, so there is nothing to waive."),
        ),
        "waiver_withdrawn": (409, _("This waiver was withdrawn already.")),
        "withdrawn_already": (409, _("This series was withdrawn already.")),
        "nothing_to_withdraw": (
            409,
            _("Only a stored series can be withdrawn. One that is held back is refused or sent again."),
        ),
        "not_a_replacement": (
            409,
            _("Only another stored series of the same patient can stand for it. Choose one of the list."),
        ),
        "only_in_a_demo": (403, _("Synthetic records are made in a demo alone. This is none.")),
    }
)
