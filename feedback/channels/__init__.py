"""Ways out of the application, one file each."""
