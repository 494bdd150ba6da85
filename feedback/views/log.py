from django.http import Http404, HttpRequest, HttpResponse


def log(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def interaction(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404
