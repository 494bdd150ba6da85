"""The root of all routes; upper apps are named by string."""

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("annotator.api.urls")),  # first: programs call all day
    path("", include("annotator.urls")),
    path("", include("feedback.urls")),
    path("", include("drift.urls")),
]

handler400 = "annotator.views.errors.bad_request"
handler403 = "annotator.views.errors.denied"
handler404 = "annotator.views.errors.missing"
handler500 = "annotator.views.errors.broken"
