"""The mathematics of the `similar` suggester: from names and verified examples to a value. Pure.

`classifier` and what it stands on needs numpy and belongs to the ml worker; `calibration`,
`curve` and `names` need nothing.
"""
