from django.http import Http404, HttpRequest, HttpResponse


def jobs(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def job(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def retry(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def cancel(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404
