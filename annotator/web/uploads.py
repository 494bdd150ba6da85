"""Uploaded files go to the disk; what is over the limit, or from nobody, is refused before it is read."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler

FORM = 1024 * 1024  # what the other fields of a form may take


class TooLarge(RequestDataTooBig):
    """More than `limit` bytes were declared."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"More than {limit} bytes")
        self.limit = limit


class BoundedUpload(TemporaryFileUploadHandler):
    """Looks at the length that the request declares; a chunked one was counted while it came."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803 - Django's name
        content_length: int,
        *more: Any,
        **named: Any,
    ) -> None:
        user = getattr(self.request, "user", None)  # an upload is read before any view asks who it is
        known = user is not None and user.is_authenticated
        limit = settings.UPLOAD_MAX_BYTES if known else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if content_length > limit + FORM:
            raise TooLarge(limit)
