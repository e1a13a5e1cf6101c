"""Addresses of the registry; every room brings its own."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView

from registry import token_views, views

urlpatterns = [
    path("", include("cohort.urls")),
    path("", include("releases.urls")),
    path("", include("uploads.urls")),
    path("", include("imaging.urls")),
    path("accounts/", include(("registry.accounts_urls", "accounts"))),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("theme/", views.set_theme, name="set_theme"),
    path("health/", views.health, name="health"),
    path("system/", views.system, name="system"),
    path("machines/", token_views.site_tokens, name="site_tokens"),
    path("machines/<int:number>/revoke/", token_views.site_token_revoke, name="site_token_revoke"),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/", include(("registry.api.urls", "api-registry"))),
    path("api/v1/", include(("uploads.api_urls", "api-uploads"))),
    path("api/v1/", include(("imaging.api_urls", "api-imaging"))),
    path("api/v1/", include(("cohort.api_urls", "api-cohort"))),
    path("api/v1/", include(("releases.api_urls", "api-releases"))),
    path("dicomweb/", include(("uploads.dicomweb.urls", "dicomweb"))),
]

handler400 = "registry.views.bad_request"
handler403 = "registry.views.forbidden"
handler404 = "registry.views.not_found"
handler500 = "registry.views.server_error"
