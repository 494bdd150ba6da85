"""Routes of drift. Each needs a row in tests/routes.csv."""

from django.urls import path

from drift.views import overview

urlpatterns = [
    path("p/<slug:slug>/drift/", overview.overview, name="drift"),
]
