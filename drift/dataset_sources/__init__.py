"""What drift gives to datasets: one file for each source, one line in `drift.apps`."""
