from django.http import Http404, HttpRequest, HttpResponse


def account(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def password(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def preferences(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404
