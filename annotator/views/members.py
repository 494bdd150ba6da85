from django.http import Http404, HttpRequest, HttpResponse


def members(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def member(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def link(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404
