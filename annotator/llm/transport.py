"""HTTP to the provider, with two bounds that the SDK lacks: the time of a whole answer and its size.

The SDK's own limit on time is one on each piece that comes, so an answer that drips would never end.
"""

import time
from collections.abc import Iterator

import httpx2

MOST_BYTES = 4 * 1024 * 1024  # of an answer; ours are a few hundred


class BoundedTransport(httpx2.HTTPTransport):
    """A request's read timeout is that of its whole answer.

    The clock is looked at between pieces, once the headers are there. Who waits has a bound of their
    own (`client`); this one ends what nobody waits for any more.
    """

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        timeout = request.extensions["timeout"]
        end = time.monotonic() + timeout["read"]
        response = super().handle_request(request)
        timeout["read"] = max(end - time.monotonic(), 0.001)
        return httpx2.Response(
            response.status_code,
            headers=response.headers,
            stream=_Bounded(response.stream, end, request),
            extensions=response.extensions,
        )


class _Bounded(httpx2.SyncByteStream):
    def __init__(self, stream: object, end: float, request: httpx2.Request) -> None:
        if not isinstance(stream, httpx2.SyncByteStream):
            raise TypeError("the answer is not read piece by piece")
        self._stream, self._end, self._request = stream, end, request

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for piece in self._stream:
            size += len(piece)
            if size > MOST_BYTES:
                raise httpx2.DecodingError("The answer is too large.", request=self._request)
            if time.monotonic() > self._end:
                raise httpx2.ReadTimeout("The answer took too long.", request=self._request)
            yield piece

    def close(self) -> None:
        self._stream.close()
