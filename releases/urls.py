"""Pages of this room."""

from django.urls import path

from releases.views import releases

urlpatterns = [
    path("releases/", releases.releases, name="releases"),
    path("releases/<int:number>/", releases.release, name="release"),
    path("releases/<int:number>/changes/<int:before>/", releases.changes, name="release_changes"),
]
