"""Pages of this room."""

from django.urls import path

from imaging import views

urlpatterns = [
    path("series/<uuid:pk>/", views.series, name="series"),
    path("series/<uuid:pk>/preview.png", views.series_preview, name="series_preview"),
    path("series/<uuid:pk>/archive.zip", views.series_archive, name="series_archive"),
]
