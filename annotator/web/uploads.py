"""Uploaded files go to the disk, and one over the limit is refused before it is read."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler

FORM = 1024 * 1024  # what the other fields of a form may take


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
        if content_length > settings.UPLOAD_MAX_BYTES + FORM:
            raise RequestDataTooBig(f"More than UPLOAD_MAX_BYTES ({settings.UPLOAD_MAX_BYTES})")
