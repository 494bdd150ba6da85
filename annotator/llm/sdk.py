"""The provider's own library, and what of it Genba uses: one call, tried once.

It is heavy, so only `client` imports this module, and only when a question is asked.
"""

import json
import logging
import re
from collections.abc import Mapping
from typing import Any, cast

import anthropic
from anthropic.types import Message
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming

from annotator.llm import failures, prices
from annotator.llm.asks import Answer, Ask, Tokens
from annotator.llm.failures import Failure
from annotator.llm.transport import BoundedTransport

CONNECT_SECONDS = 3.0
LONGEST_WAIT = 3600.0  # seconds that the provider may ask us to wait; more is none of our business
_SECONDS = re.compile(r"\d{1,6}(?:\.\d+)?")


def connect(key: str, base_url: str) -> anthropic.Anthropic:
    """A client that never asks twice by itself, follows no redirect, and takes neither proxies nor
    further keys from the environment."""
    # With ANTHROPIC_LOG or LOG_LEVEL set to debug these would write prompts into the log.
    for name in ("anthropic", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return anthropic.Anthropic(
        api_key=key,
        base_url=base_url,
        max_retries=0,
        open_telemetry=False,
        http_client=anthropic.DefaultHttpxClient(
            transport=BoundedTransport(), follow_redirects=False, trust_env=False
        ),
    )


def send(sdk: anthropic.Anthropic, ask: Ask, seconds: float) -> Answer | Failure:
    """The answer, or why there is none, within about `seconds`: `client` holds to them exactly."""
    model = prices.MODELS[ask.model]
    try:
        message = sdk.messages.create(
            **_request(ask, model),
            timeout=anthropic.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds)),
        )
    except anthropic.APITimeoutError as error:
        return _timed_out(error)
    except anthropic.APIStatusError as error:
        return _refusal(error)
    except anthropic.APIConnectionError as error:
        return failures.Unreachable(cost=_unsent(error))
    except (anthropic.AnthropicError, ValueError):  # what the library itself cannot make sense of
        return failures.Malformed(cost=None)
    return _read(message, ask, model)


def _request(ask: Ask, model: prices.Model) -> MessageCreateParamsNonStreaming:
    options: dict[str, Any] = {**model.options}
    if ask.schema is not None:
        # Not a tool that must be called: the newest models answer that with an error.
        form = {"format": {"type": "json_schema", "schema": ask.schema}}
        options["output_config"] = {**options.get("output_config", {}), **form}
    request = {
        "model": ask.model,
        "max_tokens": model.room(ask),
        "system": [{"type": "text", "text": ask.system}],
        "messages": [{"role": "user", "content": [_block(b.text, stable=b.stable) for b in ask.blocks]}],
        **options,
    }
    return cast(MessageCreateParamsNonStreaming, request)


def _block(text: str, *, stable: bool) -> dict[str, Any]:
    kept = {"cache_control": {"type": "ephemeral"}} if stable else {}
    return {"type": "text", "text": text, **kept}


# --- why there is no answer ----------------------------------------------------------------------


def _timed_out(error: anthropic.APITimeoutError) -> Failure:
    """Without a connection nothing was asked, and another try may get one."""
    if _unsent(error) == 0:
        return failures.Unreachable()
    return failures.Late(cost=None)


def _unsent(error: anthropic.APIConnectionError) -> int | None:
    """0 when the question never went out, else None: it may have been answered, and counted."""
    cause = type(error.__cause__).__name__
    return 0 if cause in {"ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol"} else None


def _refusal(error: anthropic.APIStatusError) -> Failure:
    status = error.status_code
    kind: type[Failure] = failures.Rejected
    if status in {401, 403}:
        kind = failures.Unauthorised
    elif status == 429 or status >= 500:
        kind = failures.Overloaded
    return kind(
        status=status,
        request_id=error.request_id or "",
        wait=_wait(error.response.headers) if kind.may_pass else None,
    )


def _wait(headers: Mapping[str, str]) -> float | None:
    said = headers.get("retry-after", "")
    return min(float(said), LONGEST_WAIT) if _SECONDS.fullmatch(said) else None


# --- what came back ------------------------------------------------------------------------------


def _read(message: object, ask: Ask, model: prices.Model) -> Answer | Failure:
    """The library checks nothing: whatever the other side sent may be here."""
    if not isinstance(message, Message):  # a page of HTML, say
        return failures.Malformed(cost=None)
    tokens = _tokens(getattr(message, "usage", None))
    if tokens is None:
        return failures.Malformed(cost=None)
    cost = model.cost(tokens)
    known: dict[str, Any] = {"cost": cost, "tokens": tokens, "request_id": _text(message, "_request_id")}
    stop = _text(message, "stop_reason")
    if stop == "refusal":
        return failures.Refused(**known)
    if stop in {"max_tokens", "model_context_window_exceeded"}:
        return failures.Truncated(**known)
    text = _said(message)
    if stop != "end_turn" or text is None:
        return failures.Malformed(**known)
    value = None
    if ask.schema is not None:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return failures.Malformed(**known)
    return Answer(_text(message, "model"), text, value, tokens, cost, stop, known["request_id"])


def _said(message: Message) -> str | None:
    """All its text: models may think in a block of another type first."""
    blocks = getattr(message, "content", None)
    if not isinstance(blocks, list):
        return None
    texts = [block.text for block in blocks if getattr(block, "type", "") == "text"]
    return "".join(texts) if texts and all(isinstance(text, str) for text in texts) else None


def _tokens(usage: Any) -> Tokens | None:
    names = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    counts = [getattr(usage, name, None) for name in names]
    if usage is None or counts[0] is None or counts[1] is None:
        return None
    whole = [0 if count is None else count for count in counts]
    if not all(isinstance(count, int) and 0 <= count < 1_000_000_000 for count in whole):
        return None
    return Tokens(*whole)


def _text(message: Message, name: str) -> str:
    """A short text of the other side's, as it may be stored."""
    found = getattr(message, name, None)
    return re.sub(r"[^A-Za-z0-9._:@/-]", "", found)[:80] if isinstance(found, str) else ""
