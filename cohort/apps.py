from django.apps import AppConfig


class CohortConfig(AppConfig):
    name = "cohort"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cohort import guards, problems, receivers  # noqa: F401

        receivers.connect()
        guards.connect()
