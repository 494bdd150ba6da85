from django.http import Http404, HttpRequest, HttpResponse


def annotate(request: HttpRequest, **where: object) -> HttpResponse:
    raise Http404
