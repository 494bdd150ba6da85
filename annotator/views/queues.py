from django.http import Http404, HttpRequest, HttpResponse


def queues(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404


def queue(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404
