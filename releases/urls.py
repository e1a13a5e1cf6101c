"""Pages of this room."""

from django.urls import path

from releases.views import access, asking, manuscript, releases

urlpatterns = [
    path("releases/", releases.releases, name="releases"),
    path("releases/<int:number>/", releases.release, name="release"),
    path("releases/<int:number>/changes/<int:before>/", releases.changes, name="release_changes"),
    path("releases/<int:number>/ask/", asking.access_new, name="access_new"),
    path("releases/<int:number>/ask/count/", asking.access_count, name="access_count"),
    path("releases/<int:number>/check/", manuscript.check, name="manuscript"),
    path("access/", access.accesses, name="accesses"),
    path("access/<int:number>/", access.access, name="access"),
    path("access/<int:number>/files/<str:name>", access.access_file, name="access_file"),
    path("access/<int:number>/<str:name>/", access.access_act, name="access_act"),
]
