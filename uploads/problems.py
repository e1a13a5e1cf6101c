"""Problems of receiving: what is wrong with a call, and what to do."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from registry.errors import register

register(
    {
        "bad_manifest": (
            400,
            _(
                'File %(number)d of the list is not as it should be: it needs "sha256" (64 hexadecimal '
                "digits) and "
                '"size" (bytes, above 0). Leave empty files out.'
            ),
        ),
        "empty_manifest": (400, _("The list of files is empty. Choose at least one file.")),
        "too_many_files": (
            413,
            _("The list has %(count)d files; %(limit)d is the most at once. Send them in several uploads."),
        ),
        "file_too_large": (
            413,
            _(
                "The file has %(size)d bytes; %(limit)d is the most. Send it as single images, or ask the "
                "registry."
            ),
        ),
        "not_in_manifest": (
            404,
            _("This upload does not expect such a file. Start an upload that lists it."),
        ),
        "length_required": (
            411,
            _("Send the file with its Content-Length, not in chunks of unknown length."),
        ),
        "bad_program_name": (
            400,
            _(
                "%(field)s names a program: letters A to Z, digits, spaces and . _ / + ( ) - only. "
                "Correct it, or leave it out."
            ),
        ),
        "old_engine": (
            409,
            _(
                "These files were stripped by %(engine)s, and this registry needs %(needed)s or later, which "
                "removes more. Nothing was taken. Bring the program up to date (in the browser: load the "
                "page again), strip the originals again and send them."
            ),
        ),
        "quota_open": (
            409,
            _(
                "Site %(site)s has %(limit)d uploads open, which is the most at once. "
                "Finish some or give them up."
            ),
        ),
        "quota_bytes": (
            413,
            _(
                "Site %(site)s has %(left).2f GB left of its space, and these files have %(wanted).2f GB. "
                "Ask the administrator for more."
            ),
        ),
        "not_multipart": (
            415,
            _(
                'Send instances as multipart/related; type="application/dicom" with a boundary '
                "(DICOM PS3.18 section 10.5)."
            ),
        ),
        "bad_multipart": (
            400,
            _(
                "The body is not the multipart that its Content-Type promises, or ended before its last "
                "boundary. Nothing was kept; send it again."
            ),
        ),
        "no_instances": (400, _("The request holds no instance.")),
        "wrong_bytes": (
            422,
            _(
                "What arrived is not the file that was promised: size or SHA-256 differ. Nothing was "
                "kept; send it again."
            ),
        ),
        "cut_off": (
            400,
            _("The connection ended before the whole file arrived. Nothing was kept; send it again."),
        ),
        "already_decided": (
            409,
            _(
                "Somebody has decided about this series in the meantime. Nothing was changed; the page of "
                "the upload shows what became of it."
            ),
        ),
        "no_picture": (409, _("This picture cannot be drawn. Refuse the series and export it again.")),
        "unknown_decision": (400, _("The decision must be mask, keep or refuse.")),
        "no_regions": (400, _("To mask text, draw at least one box around it.")),
        "too_many_regions": (
            400,
            _(
                "More boxes than can be sent at once: %(count)d, and %(most)d is the most. Use one larger "
                "box in place of several small ones, or one on every image; or refuse the series."
            ),
        ),
        "bad_region": (
            400,
            _(
                "Box %(number)d is not as it should be: it needs the number of a picture, or of several of "
                "one size, and left, top, width and height in whole pixels inside them."
            ),
        ),
        "text_not_seen": (
            409,
            _(
                "Pictures that you have not opened may show text that names somebody. Open these first: "
                "%(numbers)s. Then say that the text identifies nobody."
            ),
        ),
        "no_reason_to_keep": (
            400,
            _("Say in a few words why the text identifies nobody; it is recorded with your name."),
        ),
        "long_reason_to_keep": (400, _("The reason has %(length)d characters; %(most)d is the most.")),
        "bad_choice": (
            400,
            _(
                "Choice %(number)d against the rule is not as the page makes it. "
                "Reload the page and try again."
            ),
        ),
        "no_reason_to_choose": (
            400,
            _("Say in a few words why you choose otherwise than the rule; it is recorded with your name."),
        ),
        "long_reason_to_choose": (
            400,
            _("The reason has %(length)d characters; %(most)d is the most."),
        ),
        "upload_closed": (409, _("This upload was completed and takes no more files. Start a new one.")),
        "files_missing": (
            409,
            ngettext_lazy(
                "%(count)d file of the list has not arrived yet. Send it, then complete the upload again.",
                "%(count)d files of the list have not arrived yet. Send them, then complete the upload "
                "again.",
                "count",
            ),
        ),
    }
)
