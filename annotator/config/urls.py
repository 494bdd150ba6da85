"""The root of all routes; upper apps are named by string."""

from django.urls import include, path

urlpatterns = [
    path("", include("annotator.urls")),
    path("", include("feedback.urls")),
    path("api/v1/", include("annotator.api.urls")),
]

handler400 = "annotator.views.errors.bad_request"
handler403 = "annotator.views.errors.denied"
handler404 = "annotator.views.errors.missing"
handler500 = "annotator.views.errors.broken"
