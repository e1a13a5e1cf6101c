"""API of this room."""

from django.urls import path

from imaging import api, api_decisions

urlpatterns = [
    path("series/", api.SeriesListView.as_view(), name="series-list"),
    path("series/<uuid:pk>/", api.SeriesView.as_view(), name="series"),
    path("series/<uuid:pk>/archive/", api.ArchiveView.as_view(), name="archive"),
    path("series/<uuid:pk>/waivers/", api_decisions.WaiversView.as_view(), name="waivers"),
    path("series/<uuid:pk>/withdraw/", api_decisions.WithdrawView.as_view(), name="withdraw"),
    path("waivers/<int:pk>/withdraw/", api_decisions.WaiverWithdrawView.as_view(), name="waiver-withdraw"),
]
