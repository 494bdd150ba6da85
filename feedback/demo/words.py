"""What the demo says in its own words. They are stored as data, so in one language."""

PROJECT = "Demo: assistant of a sales team"
EMAIL, CALL, NEWS, CHAT = "email summary", "call summary", "news summary", "chat"

QUESTION = "Is every statement supported by the source?"
GUIDELINE = (
    "The source is what the model was given: for a summary the e-mail or the call under “Input”,"
    " in a chat the document beside it.\n\n"
    "**Yes**: everything said follows from the source. Leaving something out is fine.\n\n"
    "**No**: a name, number, date or claim differs from the source, or is not in it, even if it is true."
)
XSUM_QUEUE = "XSum factuality (imported)"
XSUM_QUESTION = "Is the summary factual?"
XSUM_GUIDELINE = (
    "Three people per summary judged whether it is factual, knowing the article. The articles are not"
    " part of the data set, so the answers can be compared here, but not given anew."
)
XSUM_REASON = "imported with the labels of three people"

PAIRS_QUEUE = "LLMFAO: which answer is better? (imported)"
PAIRS_QUESTION = "Which answer is better?"
PAIRS_GUIDELINE = (
    "Choose what you would rather send to the person who asked.\n\n"
    "- An answer that does what was asked beats one that is well written.\n"
    "- If both would do, **Tie**. If you would send neither, **Both bad**."
)

NOTES_BY_EDIT = {
    "entity_modification": "a name, number or date differs from the source",
    "antonym_swap": "says the opposite of the source",
    "hallucinated_fact_insertion": "adds something that the source does not say",
    "negation_insertion_removal": "a “not” too many or too few",
}

MODES_BY_EDIT = {
    "entity_modification": "Wrong name, number or date",
    "antonym_swap": "Says the opposite",
    "hallucinated_fact_insertion": "Adds what the source does not say",
    "negation_insertion_removal": "A “not” too many or too few",
}
BESIDE_THE_SOURCE = "Not from the document"
MODES = {  # description, severity
    "Wrong name, number or date": (
        "A person, company, amount, time or place differs from the source. Rounding that loses nothing is fine.",
        "critical",
    ),
    "Says the opposite": ("A statement of the source is turned around, without a “not”.", "critical"),
    "Adds what the source does not say": (
        "A claim that nobody can find in the source, even if it is likely or true.",
        "major",
    ),
    "A “not” too many or too few": ("A negation was put in or left out.", "critical"),
    BESIDE_THE_SOURCE: (
        "In a chat: the answer rests on something else than the document beside it.",
        "minor",
    ),
}

# By the number of days ago that was looked at; {emails}: how many of that day's e-mail summaries are supported.
HAND_OVERS = {
    11: "First look. E-mail and call summaries read well; chat has an odd answer now and then.",
    9: "Chat should answer from the document and not from what it knows: keep an eye on it.",
    6: "Nothing new. Tomorrow email-7 goes live: look at the e-mail summaries.",
    5: "email-7 is live: {emails}. Look at them again tomorrow.",
    4: "Still email-7: {emails}. Told the prompt’s owner.",
    3: "The last day of email-7: {emails}. email-8 is to come tonight.",
    2: "email-8 is out: {emails}. Look once more tomorrow.",
}
HOLIDAY = "Founders’ day"
UNFINISHED = "Called away after the first ones: the rest is not looked at."


def hand_over(ago: int, *, bad: int, n: int) -> str:
    """The note of that day, of whose `n` e-mail summaries `bad` are not supported; empty without one."""
    return HAND_OVERS.get(ago, "").format(emails=_emails(bad, n))


def _emails(bad: int, n: int) -> str:
    if n == 0:
        return "no e-mail summary was drawn"
    if n == 1:
        return f"the one e-mail summary is {'not ' if bad else ''}supported"
    if bad == 0:
        return f"all {n} e-mail summaries are supported"
    if bad == n:
        return f"none of the {n} e-mail summaries is supported"
    return f"{bad} of {n} e-mail summaries {'is' if bad == 1 else 'are'} not supported"


def note_of(edits: list[str]) -> str:
    return "; ".join(NOTES_BY_EDIT[edit] for edit in edits if edit in NOTES_BY_EDIT)


def modes_of(edits: list[str]) -> tuple[str, ...]:
    return tuple(MODES_BY_EDIT[edit] for edit in edits if edit in MODES_BY_EDIT)


def article(bbc_id: str) -> str:
    return (
        f"Summarize article {bbc_id} of the BBC in one sentence. (The article is not part of the data set.)"
    )
