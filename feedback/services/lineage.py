"""What a copy of an interaction keeps about where it came from."""

from feedback.models import Interaction


def lineage(row: Interaction) -> dict[str, object]:
    """Where it came from; logs are rotated, items stay."""
    known = {
        "interaction": str(row.pk),
        "occurred_at": row.occurred_at.isoformat().replace("+00:00", "Z"),
        "feature": row.feature,
        "model": row.model,
        "prompt_version": row.prompt_version,
        "variant": row.variant,
        "metadata": row.metadata,
    }
    return {name: value for name, value in known.items() if value}
