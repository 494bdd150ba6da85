"""What is wrong, in words, and what to do about it. One file per check, one line to register it.

Shown by `manage.py doctor` (all of it), by the strip on each page (warnings and errors) and by
`GET /healthz` (JSON, for machines).
"""
