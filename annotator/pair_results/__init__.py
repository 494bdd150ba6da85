"""Which variant wins in a queue of pairs: counted by a job, kept as a report, shown on a page."""

MATRIX = 12  # variants that a page compares one by one
