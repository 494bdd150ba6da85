"""One file per consumer. A new one is a file here and a line in `annotator/ways_out/registry.py`."""
