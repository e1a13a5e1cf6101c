"""Problems of releases, exports and access."""

from django.utils.translation import gettext_lazy as _

from registry.errors import register

register(
    {
        "release_title": (
            400,
            _("Give the release a title of 1 to %(limit)d letters, without control characters."),
        ),
        "release_of_nobody": (409, _("No case is accepted yet, so there is nothing to release.")),
        "release_unchanged": (
            409,
            _(
                "Nothing has changed since release %(number)d: the same cases, answers and images. "
                "Use that one."
            ),
        ),
        "no_layout": (
            409,
            _(
                "Nobody has said which columns of dictionary %(dictionary)s may leave. "
                "Add releases/layouts/%(dictionary)s.csv."
            ),
        ),
        "same_release": (400, _("Choose two different releases to compare.")),
    }
)
