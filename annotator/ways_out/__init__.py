"""Ways out: rows of a dataset as the files that trainers, checkers and prompts read. Pure.

`registry` names the formats (one file each under `formats/`), `lines` streams one file, `folder` writes
a whole export with its provenance, manifest and README.
"""
