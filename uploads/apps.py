from django.apps import AppConfig


class UploadsConfig(AppConfig):
    name = "uploads"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from deid.codes import FINDINGS
        from imaging.signals import images_under_way
        from imaging.validation import texts
        from uploads import problems, selectors  # noqa: F401
        from uploads.services import receipts

        texts.register({code: (text.say("en"), text.say("ko")) for code, text in FINDINGS.items()})
        receipts.public_keys()
        images_under_way.connect(selectors.under_way, dispatch_uid="uploads.under_way")
