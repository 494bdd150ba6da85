from django.http import Http404, HttpRequest, HttpResponse


def new(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def overview(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def settings(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404
