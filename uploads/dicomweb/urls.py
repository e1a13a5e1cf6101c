"""Addresses of DICOMweb."""

from django.urls import path, register_converter

from uploads.dicomweb import views


class Uid:
    """A DICOM UID (PS3.5 chapter 9)."""

    regex = r"[0-9]+(?:\.[0-9]+)*"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Uid, "uid")

urlpatterns = [
    path("studies", views.StudiesView.as_view(), name="studies"),
    path("studies/<uid:study>", views.StudyView.as_view(), name="study"),
]
