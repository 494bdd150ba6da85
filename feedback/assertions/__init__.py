"""Checks that run on outputs by themselves: what kinds there are and what each says. Pure."""
