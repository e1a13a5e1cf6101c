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
        "no_such_level": (400, _("There is no such level. There are: %(levels)s.")),
        "summary_is_whole": (
            400,
            _(
                "A summary leaves whole: the difference of two filtered ones would tell counts that are "
                "hidden. Leave the filters out, or ask for a table of rows."
            ),
        ),
        "hospital_is_hidden": (
            400,
            _(
                "At this level nobody's hospital is told, so there is no table of one hospital. "
                "Leave the filter out, or ask for the limited level."
            ),
        ),
        "series_withdrawn": (
            410,
            _("This series was withdrawn after the release. Go on without it; the others are as they were."),
        ),
        "series_lost": (
            410,
            _(
                "The images of this series are gone from the store. Tell the registry. "
                "The others are as they were."
            ),
        ),
        "nobody_left": (409, _("Nobody of the release fits all of these filters. Take one out.")),
        "text_needed": (400, _("Write why: the data board, the hospitals and the record read it.")),
        "text_too_long": (400, _("The text has %(length)d characters; %(most)d is the most. Shorten it.")),
        "renewed_already": (409, _("A renewal of this access is waiting already.")),
        "not_to_renew": (409, _("Only an access that was in force can be renewed. Ask for a new one.")),
        "not_yours": (403, _("This access is somebody else's.")),
        "not_on_board": (403, _("The data board decides: the lead and the curators of the task force.")),
        "own_request": (403, _("Nobody decides on their own request. Ask a colleague of the data board.")),
        "access_moved_on": (409, _("The access has moved on; it is “%(state)s” now. Look at it again.")),
        "access_days": (400, _("Choose how long it shall last: 30, 90, 180 or 365 days.")),
        "risk_to_answer": (
            409,
            _(
                "People could be recognised: %(unique)d of %(rows)d rows are unique, %(few)d are in groups "
                "below five. Write why the table may leave all the same, or decline."
            ),
        ),
        "not_agreed": (400, _("Tick that you agree, or leave it.")),
        "access_not_in_force": (
            403,
            _("The access is not in force: agree to the terms, or renew it if its time is over."),
        ),
        "manuscript_empty": (400, _("Paste the text first.")),
        "manuscript_long": (
            413,
            _("The text has %(length)d characters; %(most)d is the most. Paste the abstract or the results."),
        ),
        "no_images": (403, _("This access holds no images. Ask for the level “images”.")),
        "no_such_range": (
            416,
            _("The archive has %(size)d bytes; the range lies outside. Ask for all of it."),
        ),
        "risk_grew": (
            409,
            _(
                "People can be recognised more easily than when the data board decided, because others have "
                "withdrawn since. The board has to answer that first; it sees so on this page."
            ),
        ),
    }
)
