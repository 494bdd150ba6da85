"""Labelled data, frozen: what is selected, how it is split, what a row holds."""
