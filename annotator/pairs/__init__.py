"""Pairs of outputs to compare: what speaks against showing one. Imports no Django."""
