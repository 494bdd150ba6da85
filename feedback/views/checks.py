from django.http import Http404, HttpRequest, HttpResponse


def checks(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def plan(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def check(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def note(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def mine(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404
