"""The output holds no personal data of the kinds that can be told by their form."""

import re
from collections.abc import Iterator, Sequence

from annotator.reading.errors import gettext_noop
from feedback.assertions.fields import Fault, Field
from feedback.assertions.kind import Kind, Settings
from feedback.assertions.outcome import PASSED, Outcome, Output, Span, failed

REASONS = {
    "emails": gettext_noop("It holds an e-mail address: %(what)s."),
    "phones": gettext_noop("It holds a phone number: %(what)s."),
    "ibans": gettext_noop("It holds a bank account’s number (IBAN): %(what)s."),
    "cards": gettext_noop("It holds a card’s number: %(what)s."),
}
NO_REGION = gettext_noop("“%(region)s” is no country’s code. Write two letters, for example KR or DE.")
NONE_CHOSEN = gettext_noop("Choose at least one kind of data to look for.")
READ = 100_000  # characters

_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-])")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?!\w)")
_CARD = re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w])")
_DIGITS = re.compile(r"(?:\D{0,3}\d){7}")


def check(settings: Settings, output: Output) -> Outcome:
    text = output.text[:READ]
    given = _bare(f"{output.input_text}\n{output.context_text}") if settings["given"] else ""
    allowed = {_bare(one) for one in settings["allow"]}
    for kind, span in _found(settings, text):
        piece = text[span.start : span.end]
        if _bare(piece) in allowed or _bare(piece) in given:
            continue
        return failed(REASONS[kind], what=_masked(piece), spans=[span])
    return PASSED


def _found(settings: Settings, text: str) -> Iterator[tuple[str, Span]]:
    if settings["emails"] and "@" in text:
        for email in _EMAIL.finditer(text):
            yield "emails", Span(*email.span())
    if not _DIGITS.search(text):
        return
    if settings["ibans"]:
        for iban in _IBAN.finditer(text):
            if is_iban(iban[0]):
                yield "ibans", Span(*iban.span())
    if settings["cards"]:
        for card in _CARD.finditer(text):
            if is_card(card[0]):
                yield "cards", Span(*card.span())
    if settings["phones"]:
        yield from (("phones", span) for span in _phones(text, settings["region"]))


def _phones(text: str, region: str) -> Iterator[Span]:
    """Valid ones in their own country's plan, as Google's library knows it; without a region only those
    that begin with +."""
    if not region and "+" not in text and "＋" not in text:
        return
    import phonenumbers  # noqa: PLC0415 - only where it is used

    for found in phonenumbers.PhoneNumberMatcher(text, region or None):
        yield Span(found.start, found.end)


def is_iban(text: str) -> bool:
    """ISO 13616: the first four characters moved to the end, letters as 10 to 35, modulo 97 is 1."""
    plain = text.replace(" ", "")
    if not 15 <= len(plain) <= 34:
        return False
    return int("".join(str(int(one, 36)) for one in plain[4:] + plain[:4])) % 97 == 1


def is_card(text: str) -> bool:
    """13 to 19 digits of a known issuer's range whose Luhn sum (ISO/IEC 7812-1) ends in 0."""
    digits = [int(one) for one in text if one.isdigit()]
    if not 13 <= len(digits) <= 19 or digits[0] not in {2, 3, 4, 5, 6} or len(set(digits)) == 1:
        return False
    doubled = [digit if n % 2 == 0 else sum(divmod(2 * digit, 10)) for n, digit in enumerate(digits[::-1])]
    return sum(doubled) % 10 == 0


def _bare(text: str) -> str:
    return re.sub(r"[\s().\-/]", "", text).casefold()


def _masked(piece: str) -> str:
    """Enough to find it again: what was found must not be stored a second time."""
    name, at, domain = piece.partition("@")
    if at:
        return f"{name[:1]}…@{domain}"
    return f"{piece[:3]}…{piece[-2:]}"


def faults(settings: Settings) -> Sequence[Fault]:
    found = []
    if not any(settings[kind] for kind in REASONS):
        found.append(Fault("emails", NONE_CHOSEN))
    if settings["region"]:
        import phonenumbers  # noqa: PLC0415

        if settings["region"] not in phonenumbers.SUPPORTED_REGIONS:
            found.append(Fault("region", NO_REGION, {"region": settings["region"][:10]}))
    return found


KIND = Kind(
    "personal",
    gettext_noop("No personal data"),
    gettext_noop("No e-mail addresses, phone numbers, bank accounts or cards. Names are not found."),
    (
        Field("emails", "yes", gettext_noop("E-mail addresses"), empty=False, initial=True),
        Field("phones", "yes", gettext_noop("Phone numbers"), empty=False, initial=True),
        Field("ibans", "yes", gettext_noop("Bank accounts (IBAN)"), empty=False, initial=True),
        Field("cards", "yes", gettext_noop("Card numbers"), empty=False, initial=True),
        Field(
            "region",
            "text",
            gettext_noop("Country of phone numbers without +"),
            gettext_noop("Two letters, such as KR. Left empty, only numbers that begin with + are found."),
            empty="",
            most=2,
        ),
        Field(
            "given",
            "yes",
            gettext_noop("Allowed when it stands in the input or its documents"),
            empty=False,
            initial=True,
        ),
        Field(
            "allow",
            "lines",
            gettext_noop("Always allowed"),
            gettext_noop("Your own addresses and numbers, one a line."),
            empty=[],
        ),
    ),
    check,
    faults,
)
