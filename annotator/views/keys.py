from django.http import Http404, HttpRequest, HttpResponse


def keys(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def revoke(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404
