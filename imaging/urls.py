"""Pages of this room."""

from django.urls import path

from imaging import views, views_decisions

urlpatterns = [
    path("series/<uuid:pk>/", views.series, name="series"),
    path("series/<uuid:pk>/preview.png", views.series_preview, name="series_preview"),
    path("series/<uuid:pk>/archive.zip", views.series_archive, name="series_archive"),
    path("series/<uuid:pk>/waive/", views_decisions.waive, name="series_waive"),
    path("series/<uuid:pk>/withdraw/", views_decisions.withdraw, name="series_withdraw"),
    path(
        "series/<uuid:pk>/waivers/<int:waiver>/withdraw/",
        views_decisions.waiver_withdraw,
        name="series_waiver_withdraw",
    ),
]
