from django.http import Http404, HttpRequest, HttpResponse


def download(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def make(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def export(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def file(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404
