"""The features. A family is a file with `FEATURES`, and one line here. Pure."""

from collections.abc import Mapping

from drift.structure.feature import Feature
from drift.structure.features import (
    calls,
    failures,
    json_shape,
    languages,
    length,
    marks,
    prefixes,
    refusals,
    tools,
    typos,
    writing,
)

# In the order in which changes are told: what comes first says most.
FAMILIES = (
    length,
    failures,
    refusals,
    json_shape,
    languages,
    typos,
    tools,
    prefixes,
    calls,
    marks,
    writing,
)
FEATURES: Mapping[str, Feature] = {feature.key: feature for family in FAMILIES for feature in family.FEATURES}
# Raised with every change of what a feature measures: days that were read under another one are read anew.
EDITION = 1
