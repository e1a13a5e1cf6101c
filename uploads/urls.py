"""Pages of this room."""

from django.urls import path

from uploads import views, views_leaks

urlpatterns = [
    path("subjects/<str:code>/upload/", views.upload_new, name="upload_new"),
    path("subjects/<str:code>/uploads/", views.subject_uploads, name="subject_uploads"),
    path("uploads/<uuid:pk>/", views.upload, name="upload"),
    path("uploads/<uuid:pk>/discard/", views.upload_discard, name="upload_discard"),
    path("leaks/", views_leaks.leaks, name="leaks"),
    path("system/leaks/", views_leaks.leak_counts, name="leak_counts"),
]
