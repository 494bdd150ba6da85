from django.http import Http404, HttpRequest, HttpResponse


def healthz(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def strip(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404
