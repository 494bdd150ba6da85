"""The one way out of the machine: a language model, behind one small client.

`asks` is what is sent and what comes back, `failures` why nothing did, `prices` the models that
may be used, `budget` what a project may spend a day. Only workers ask: `sdk` and `transport`
load the provider's library, and nothing that a page needs imports them.
"""
