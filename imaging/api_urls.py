"""API of this room."""

from django.urls import path

from imaging import api

urlpatterns = [
    path("series/", api.SeriesListView.as_view(), name="series-list"),
    path("series/<uuid:pk>/", api.SeriesView.as_view(), name="series"),
    path("series/<uuid:pk>/archive/", api.ArchiveView.as_view(), name="archive"),
]
