"""What production gives to datasets, a file for each kind."""
