"""API of this room."""

from django.urls import path

from releases import api, api_access, api_images

urlpatterns = [
    path("releases/", api.ReleasesView.as_view(), name="releases"),
    path("releases/<int:number>/", api.ReleaseView.as_view(), name="release"),
    path("releases/<int:number>/changes/<int:before>/", api.ChangesView.as_view(), name="changes"),
    path("releases/<int:number>/check/", api.CheckView.as_view(), name="check"),
    path("accesses/", api_access.AccessesView.as_view(), name="accesses"),
    path("accesses/<int:number>/", api_access.AccessView.as_view(), name="access"),
    path("accesses/<int:number>/files/<str:name>", api_access.FileView.as_view(), name="access_file"),
    path("accesses/<int:number>/images/", api_images.ImagesView.as_view(), name="images"),
    path(
        "accesses/<int:number>/images/<uuid:series>.zip",
        api_images.ArchiveView.as_view(),
        name="image_archive",
    ),
    path("accesses/<int:number>/<str:name>/", api_access.ActView.as_view(), name="access_act"),
]
