"""Problems of signing a form and of asking to have it back."""

from django.utils.translation import gettext_lazy as _

from registry.errors import register

register(
    {
        "not_a_signer": (
            403,
            _("Only a radiologist of the patient's own site signs its form. You may read it."),
        ),
        "password_wrong": (
            403,
            _("The password does not match your account, so nothing was signed. Type it again."),
        ),
        "not_complete": (409, _("Only a complete form is signed. %(what)s")),
        "sign_changed": (
            409,
            _("The form was changed after you opened it, so nothing was signed. Read it again, then sign."),
        ),
        "already_signed": (409, _("The form is signed as it is, by %(name)s. There is nothing to sign.")),
        "form_locked": (
            409,
            _("An accepted form is locked and is not signed any more. To change it, ask to have it back."),
        ),
        "form_is_open": (
            409,
            _("The form of %(subject)s is with its site: change it there, nobody has to give it back."),
        ),
        "unlock_asked": (409, _("It was asked already to have this form back. Wait for the answer.")),
        "unlock_needs_reason": (
            400,
            _("Write why the form has to come back, so that the task force can decide."),
        ),
        "unlock_refusal_needs_reason": (400, _("Write to the site why the form does not come back.")),
        "unlock_decided": (409, _("Somebody decided this request already. Load the page again.")),
        "only_deciders": (
            403,
            _("Only curators and the task-force lead decide whether a form goes back to its site."),
        ),
    }
)
