from django.urls import path

from registry.api import views

urlpatterns = [
    path("auth/token/", views.TokenView.as_view(), name="token"),
    path("subjects/", views.SubjectsView.as_view(), name="subjects"),
    path("subjects/<subject:code>/", views.SubjectView.as_view(), name="subject"),
]
