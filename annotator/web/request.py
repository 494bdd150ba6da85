"""The request as our views see it: a signed-in person, and htmx's details."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from annotator.models import User


class Request(HttpRequest):
    """Of anybody."""

    htmx: HtmxDetails


class PersonRequest(Request):
    """Of a signed-in person."""

    user: User
