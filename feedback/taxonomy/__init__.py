"""Taxonomies: the values that a task may suggest, read from what people have. Pure.

`tree` is the taxonomy itself, `lines`, `table` and `as_json` read the three forms, `reading` chooses
among them, `names` cleans what is read, `faults` says what is wrong with it.
"""
