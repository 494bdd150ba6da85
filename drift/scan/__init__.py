"""Is today unlike the days before, and where? Pure: numpy and scipy, no Django. Decision 24 says when it is told.

Read in this order: `tree` (all groups there could be), `measure` (how unlike each is), `wobble` (how much
the days before differ among themselves), `judge` (one p-value), `groups` (what a person is shown), `known`
(what a person has said is expected).
"""
