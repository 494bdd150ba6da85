"""Somebody else's product, for a look at the widgets: a small shop on a port and origin of its own.

It uses Genba as any product would: over HTTP, with an API key, from the standard library alone.
"""
