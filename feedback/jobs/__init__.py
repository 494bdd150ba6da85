"""Background work on the log and the vibe check."""
