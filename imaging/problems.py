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
    }
)
