"""Django's app for static files, without what nothing of ours loads."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class StaticFiles(StaticFilesConfig):
    """htmx comes in two generations with extensions; the pages use the small file of the second."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "django_htmx/ext/*",
        "django_htmx/*-4*",
        "django_htmx/htmx-2.js",
    ]
