"""Labeling: who, claim, submit, keep, give back. One door to the files beside this one."""

from annotator.labeling_rules import clean
from annotator.services.claim import Claim, Leased, claim
from annotator.services.import_labels import Imported, ImportedLabel, import_labels
from annotator.services.leases import NotYours, Renewed, give_back, give_back_all, renew
from annotator.services.raters import named_rater, rater_of, rater_of_key
from annotator.services.submit import Result, Sent, submit

__all__ = [
    "Claim",
    "Imported",
    "ImportedLabel",
    "Leased",
    "NotYours",
    "Renewed",
    "Result",
    "Sent",
    "claim",
    "clean",
    "give_back",
    "give_back_all",
    "import_labels",
    "named_rater",
    "rater_of",
    "rater_of_key",
    "renew",
    "submit",
]
