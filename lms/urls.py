"""Every address of the site, collected from the apps."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

import accounts.urls
import ai.urls
import analytics.urls
import assessments.urls
import courses.urls
import interop.urls
import realtime.urls
from lms.kernel.rest.jobs import JobViewSet
from lms.kernel.web import docs
from lms.kernel.web.styleguide import styleguide

APPS = (
    accounts.urls,
    courses.urls,
    assessments.urls,
    analytics.urls,
    ai.urls,
    realtime.urls,
    interop.urls,
)

router = SimpleRouter()
for _app in APPS:
    _app.register_api(router)
router.register("jobs", JobViewSet, basename="job")

api_urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    *(pattern for _app in APPS for pattern in getattr(_app, "api_urlpatterns", [])),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("api/v1/", include(api_urlpatterns)),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", docs.relaxed(SpectacularSwaggerSplitView.as_view()), name="api-docs"),
    path("accounts/", include("allauth.urls")),
    *(pattern for _app in APPS for pattern in _app.page_urlpatterns),
]
if not settings.PRODUCTION:
    urlpatterns.append(path("styleguide/", styleguide, name="styleguide"))

handler403 = "lms.kernel.web.docs.denied"
handler404 = "lms.kernel.web.docs.not_found"
handler500 = "lms.kernel.web.docs.broken"
handler429 = "accounts.views.limits.too_many"  # allauth asks for it
