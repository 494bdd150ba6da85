"""The parts that a check's plan may have, one file each: which interactions a part can draw, and how.

A part is added by one file and one line in an `AppConfig.ready()`:

    from feedback.sources import registry
    registry.register(SOURCE)
"""
