"""The libraries that read our exports, in processes and an environment of their own
(`make install-consumers`): they are heavy, and none is a part of Genba.

A reader (`read_*.py`) loads what it is given with the consumer's own code and prints what it saw as JSON; the
tests compare that with what was written.
"""
