"""The standing map of what is asked: topics, their names over refits, their places. Pure; the ml worker's.

It counts and shows, and raises no alarm: that is `drift.scan`.
"""
