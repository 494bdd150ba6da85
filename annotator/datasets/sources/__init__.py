"""What rows of datasets are made of, one file for each."""
