"""How dates and times are written in each language: day first or year first, always 24 hours."""
