"""Background work: a row in PostgreSQL is the work, a message only rings for it.

`registry` names the kinds, `work` is what a kind's function is given, `leases` moves rows,
`runner` runs them, `sweep` rings again for what was missed, `schedules` asks by the clock.
"""
