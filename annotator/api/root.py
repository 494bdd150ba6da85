"""`/api/v1/`: one API object, routers added by dotted name."""

from django.conf import settings
from ninja import NinjaAPI, Swagger

from annotator.api import errors

api = NinjaAPI(
    title="Genba",
    version=settings.VERSION,
    urls_namespace="api",
    docs=Swagger(settings={"persistAuthorization": False, "tryItOutEnabled": True}),
    docs_url="/docs",
    openapi_url="/openapi.json",
)
errors.register(api)
api.add_router("", "annotator.api.labeling.router")
api.add_router("", "annotator.api.exports.router")
api.add_router("", "feedback.api.router")
