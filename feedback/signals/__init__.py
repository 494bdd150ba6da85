"""Signals as they are sent: their kinds, their fields, their polarity. No Django."""
