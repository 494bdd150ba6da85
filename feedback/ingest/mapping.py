"""What the columns of other tools' logs are called, and what their cells say."""

from annotator.reading import times
from annotator.reading.mapping import Vocabulary, payload_in
from feedback.ingest import schema
from feedback.ingest.schema import INTERACTION

# What other tools call our fields.
ALIASES = {
    "id": ("external_id", "uuid", "request_id", "trace_id", "span_id", "call_id", "interaction_id", "run_id"),
    "occurred_at": ("timestamp", "time", "created_at", "created", "start_time", "date", "datetime", "ts"),
    "feature": ("service", "app", "product", "use_case", "endpoint"),
    "input": ("prompt", "question", "query", "messages", "request", "user_message", "instruction", "text"),
    "output": ("response", "answer", "completion", "reply", "generation", "result", "assistant_message"),
    "context": ("documents", "contexts", "sources", "retrieved"),
    "model": ("model_name", "llm"),
    "prompt_version": ("prompt_id", "template_version"),
    "variant": ("experiment", "arm", "ab_group"),
    "environment": ("env",),
    "user": ("user_id", "end_user", "customer_id"),
    "session": ("session_id", "conversation_id", "thread_id", "chat_id"),
    "latency_ms": ("duration_ms",),
    "input_tokens": ("prompt_tokens", "tokens_in"),
    "output_tokens": ("completion_tokens", "tokens_out"),
    "cost_usd": ("cost", "price_usd"),
    "error": ("error_message", "exception"),
    "finish_reason": ("stop_reason",),
    "metadata": ("meta", "attributes", "extra"),
}
NUMBERS = {"latency_ms", "input_tokens", "output_tokens", "cost_usd"}


def _value(field: str, cell: str) -> object:
    """Numbers are numbers; payloads may be JSON; everything else is text."""
    text = cell.strip()
    if field == "metadata" and text[:1] != "{":
        raise INTERACTION.wrong(field)
    if field in schema.PAYLOADS:
        return payload_in(cell)
    if field in NUMBERS:
        try:
            return float(text)
        except ValueError:
            raise INTERACTION.wrong(field) from None
    if field == "occurred_at":
        return times.in_cell(text)
    return text.lower() if field == "environment" else cell


LOG = Vocabulary(schema.FIELDS, ALIASES, _value)
