"""What went wrong beside the program: the database is away, or the disk is full."""

import errno
import logging
from typing import TypeGuard

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from psycopg.errors import DiskFull

log = logging.getLogger(__name__)
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


def of_the_machine(error: BaseException | None) -> TypeGuard[BaseException]:
    """Whether trying again later may do, without anybody changing the request."""
    return isinstance(error, (OperationalError, InterfaceError)) or _is_full(error)


def answer(request: HttpRequest, error: BaseException) -> HttpResponse:
    """503 with Retry-After: a client tries again; 500 would make it give up."""
    log.warning("%s: %s", type(error.__cause__ or error).__name__, error)
    if _is_full(error):
        code, text = "storage_full", _("The disk is full. Nothing was stored; try again when there is room.")
    else:
        code = "unavailable"
        text = _("The database does not answer. Nothing was stored; try again in a moment.")
    if request.path.startswith("/api/"):
        response: HttpResponse = JsonResponse({"code": code, "message": text}, status=503)
    else:
        # Without the request: who asks stands in the database.
        response = HttpResponse(render_to_string("errors/503.html", {"message": text}), status=503)
    response["Retry-After"] = "5"
    return response


def _is_full(error: BaseException | None) -> bool:
    if isinstance(error, OSError):
        return error.errno in NO_ROOM
    return error is not None and isinstance(error.__cause__, DiskFull)
