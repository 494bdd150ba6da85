"""Background work of drift."""
