"""Pages of this room."""

from django.urls import path

from uploads import views, views_held

urlpatterns = [
    path("subjects/<str:code>/upload/", views.upload_new, name="upload_new"),
    path("subjects/<str:code>/uploads/", views.subject_uploads, name="subject_uploads"),
    path("uploads/<uuid:pk>/", views.upload, name="upload"),
    path("uploads/<uuid:pk>/discard/", views.upload_discard, name="upload_discard"),
    path("series/<uuid:pk>/text/", views_held.held, name="held"),
    path("series/<uuid:pk>/text/decide/", views_held.decide, name="held_decide"),
    path("series/<uuid:pk>/text/<int:number>.png", views_held.picture, name="held_picture"),
]
