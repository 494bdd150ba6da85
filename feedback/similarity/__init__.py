"""The mathematics of the `similar` suggester: from names and verified examples to a value. Pure.

`similar` and what it stands on need numpy and belong to the ml worker; `calibration`,
`curve` and `names` need nothing.
"""
