"""One answer for each item, from all who gave theirs."""
