"""How the API describes itself."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI, Swagger
from ninja.openapi.schema import OpenAPISchema

KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key of the project: Project → Settings → API keys.",
}


class DescribedApi(NinjaAPI):
    """One kind of key for all operations, so that the description page asks for it once."""

    def get_openapi_schema(self, **more: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**more)
        schema["components"]["securitySchemes"] = {"key": KEY}
        schema["security"] = [{"key": []}]
        return schema


class Docs(Swagger):
    """Swagger's page in a frame of ours: readable on a phone, and with a way back.

    It tries requests out with a key alone: no door takes a login from it.
    """

    def render_page(self, request: HttpRequest, api: NinjaAPI, **path: Any) -> HttpResponse:
        description = {**self.settings, "url": self.get_openapi_url(api, path)}
        return render(request, "api_docs.html", {"description": description})
