"""Options of a format: what was asked for, checked and completed with the defaults."""

from collections.abc import Mapping
from typing import Any

from annotator.ways_out.model import Format, Option, Refused
from annotator.ways_out.words import gettext_noop as _

_TRUE, _FALSE = {"true", "1", "on", "yes"}, {"false", "0", "off", "no", ""}


def read(form: Format, given: Mapping[str, Any]) -> dict[str, Any]:
    """From a form, an API call or a command: values may be text. Raises `Refused` with words."""
    known = {option.name: option for option in form.options}
    if unknown := [name for name in given if name not in known]:
        raise Refused(
            _("%(format)s has no option “%(name)s”. Options: %(names)s."),
            format=form.title,
            name=unknown[0][:40],
            names=", ".join(known) or "–",
        )
    return {name: _value(option, given.get(name, option.default)) for name, option in known.items()}


def _value(option: Option, given: Any) -> bool | int | str:
    if isinstance(option.default, bool):
        word = str(given).strip().lower()
        if word not in _TRUE | _FALSE:
            raise Refused(_("%(name)s: say true or false."), name=option.name)
        return word in _TRUE
    if isinstance(option.default, int):
        return _whole(option, given)
    text = str(given)
    if option.choices and text not in option.choices:
        raise Refused(
            _("%(name)s: “%(value)s” is not one of: %(allowed)s."),
            name=option.name,
            value=text[:40],
            allowed=", ".join(option.choices),
        )
    return text


def _whole(option: Option, given: Any) -> int:
    try:
        number = int(str(given).strip())
    except ValueError:
        number = None
    low, high = option.least, option.most
    if number is None or (low is not None and number < low) or (high is not None and number > high):
        raise Refused(
            _("%(name)s: write a whole number from %(low)s to %(high)s."),
            name=option.name,
            low=low,
            high=high,
        )
    return number
