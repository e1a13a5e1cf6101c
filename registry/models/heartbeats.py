"""Signs of life of what works at regular times."""

from django.db import models


class Heartbeat(models.Model):
    """When `name` last did its work."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"
