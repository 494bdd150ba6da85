"""What no page may do: complain on its console, break the security policy, ask strangers, fail."""

import re

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response

OURS = ("data:", "blob:", "about:")


class Guard:
    """Watches all pages of a test; `check` fails it with everything that was seen."""

    def __init__(self, url: str) -> None:
        self.urls = [url]
        self.seen: list[str] = []
        self.allowed: list[str] = []

    def allow(self, *patterns: str) -> None:
        """Regular expressions of what this test brings about on purpose."""
        self.allowed += patterns

    def also(self, url: str) -> None:
        """Another origin that pages of this test may ask."""
        self.urls.append(url)

    def watch(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.seen.append(f"script: {error.error}"))
        context.on("request", self._request)
        context.on("response", self._response)

    def check(self) -> None:
        wrong = [text for text in self.seen if not any(re.search(one, text) for one in self.allowed)]
        assert not wrong, "\n".join(wrong)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.seen.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((*(f"{url}/" for url in self.urls), *OURS)):
            self.seen.append(f"foreign request: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.seen.append(f"answer {response.status}: {response.url}")
