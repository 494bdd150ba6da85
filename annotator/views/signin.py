from django.http import Http404, HttpRequest, HttpResponse


def signin(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def by_link(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def signout(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404
