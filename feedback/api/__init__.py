"""The JSON API of what production says."""
