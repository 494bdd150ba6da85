"""Who is signed in, for a page that was open while that may have changed."""

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_GET


@require_GET
def session(request: HttpRequest) -> JsonResponse:
    """`{"user", "csrf"}`: the person's id and a token good for this login; 401 for nobody."""
    if not request.user.is_authenticated:
        return JsonResponse({"code": "unauthenticated"}, status=401)
    return JsonResponse({"user": str(request.user.pk), "csrf": get_token(request)})
