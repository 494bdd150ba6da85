from django.http import Http404, HttpRequest, HttpResponse


def new(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404
