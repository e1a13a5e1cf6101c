"""API of this room."""

from django.urls import path

from releases import api

urlpatterns = [
    path("releases/", api.ReleasesView.as_view(), name="releases"),
    path("releases/<int:number>/", api.ReleaseView.as_view(), name="release"),
    path("releases/<int:number>/changes/<int:before>/", api.ChangesView.as_view(), name="changes"),
]
