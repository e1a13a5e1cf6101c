"""Pages of this room."""

from django.urls import path

from uploads import site_views, views, views_held, views_leaks

urlpatterns = [
    path("sites/", site_views.sites, name="sites"),
    path("sites/<str:code>/", site_views.site, name="site"),
    path("sites/<str:code>/approvals/", site_views.site_approval, name="site_approval"),
    path(
        "sites/<str:code>/approvals/<int:number>/withdraw/",
        site_views.site_approval_withdraw,
        name="site_approval_withdraw",
    ),
    path("sites/<str:code>/quota/", site_views.site_quota, name="site_quota"),
    path("subjects/<str:code>/upload/", views.upload_new, name="upload_new"),
    path("subjects/<str:code>/uploads/", views.subject_uploads, name="subject_uploads"),
    path("uploads/<uuid:pk>/", views.upload, name="upload"),
    path("uploads/<uuid:pk>/verdicts.csv", views.upload_table, name="upload_table"),
    path("uploads/<uuid:pk>/discard/", views.upload_discard, name="upload_discard"),
    path("series/<uuid:pk>/text/", views_held.held, name="held"),
    path("series/<uuid:pk>/text/decide/", views_held.decide, name="held_decide"),
    path("series/<uuid:pk>/text/<int:number>.png", views_held.picture, name="held_picture"),
    path("leaks/", views_leaks.leaks, name="leaks"),
    path("system/leaks/", views_leaks.leak_counts, name="leak_counts"),
]
