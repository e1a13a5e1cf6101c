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
        "only_in_a_demo": (403, _("Synthetic records are made in a demo alone. This is none.")),
    }
)
