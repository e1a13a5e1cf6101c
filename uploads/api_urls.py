"""API of this room."""

from django.urls import path

from uploads import api, api_held, api_receipts

urlpatterns = [
    path("sites/key/", api.SiteKeyView.as_view(), name="site_key"),
    path("uploads/", api.UploadsView.as_view(), name="uploads"),
    path("uploads/<uuid:pk>/", api.UploadView.as_view(), name="upload"),
    path("uploads/<uuid:pk>/files/<str:sha256>", api.UploadFileView.as_view(), name="file"),
    path("uploads/<uuid:pk>/files/<str:sha256>/", api.SlashedUploadFileView.as_view()),
    path("uploads/<uuid:pk>/complete/", api.CompleteView.as_view(), name="complete"),
    path("held/", api_held.HeldListView.as_view(), name="held-list"),
    path("held/<uuid:pk>/", api_held.HeldView.as_view(), name="held"),
    path("held/<uuid:pk>/pictures/<int:number>/", api_held.HeldPictureView.as_view(), name="held-picture"),
    path("held/<uuid:pk>/decision/", api_held.HeldDecisionView.as_view(), name="held-decision"),
    path("uploads/<uuid:pk>/receipts/", api_receipts.UploadReceiptsView.as_view(), name="upload_receipts"),
    path("series/<uuid:pk>/receipts/", api_receipts.SeriesReceiptsView.as_view(), name="series_receipts"),
    path("receipt-keys/", api_receipts.ReceiptKeysView.as_view(), name="receipt_keys"),
]
