"""How the API describes itself."""

from typing import Any

from ninja import NinjaAPI
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
