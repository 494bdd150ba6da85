"""`/api/v1/`: one API object, routers added by dotted name."""

from django.conf import settings
from django.views.decorators.http import require_safe

from annotator.api import errors
from annotator.api.described import DescribedApi, Docs

api = DescribedApi(
    title="Genba",
    version=settings.VERSION,
    urls_namespace="api",
    docs=Docs(settings={"persistAuthorization": False, "tryItOutEnabled": True}),
    docs_decorator=require_safe,
    docs_url="/docs",
    openapi_url="/openapi.json",
    description="Answers are JSON. A refusal is `{code, message}` and says what to do.",
)
errors.register(api)
api.add_router("", "annotator.api.queues.router")
api.add_router("", "annotator.api.items.router")
api.add_router("", "annotator.api.labels_import.router")
api.add_router("", "annotator.api.labeling.router")
api.add_router("", "annotator.api.exports.router")
api.add_router("", "annotator.api.datasets.router")
api.add_router("", "feedback.api.interactions.router")
api.add_router("", "feedback.api.signals.router")
api.add_router("", "feedback.api.suggestions.router")
api.add_router("", "feedback.api.checks.router")
api.add_router("", "feedback.api.suites.router")
api.add_router("", "drift.api.drift.router")
