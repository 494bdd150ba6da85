"""JSON in an output. Pure."""

import json
import re
from typing import Any

from annotator.reading.errors import gettext_noop
from feedback.assertions.outcome import Output

NO_JSON = gettext_noop("It is no JSON: %(why)s in line %(line)s, column %(column)s.")
TOO_DEEP = gettext_noop("It is nested too deep.")
_FENCE = re.compile(r"\A\s*```[a-zA-Z0-9]*[ \t]*\n(.*?)\n?```\s*\Z", re.DOTALL)


class NoJson(ValueError):
    """`text` is a message id, filled by `values`."""

    def __init__(self, text: str, **values: Any) -> None:
        super().__init__(text)
        self.text, self.values = text, values


def read(output: Output, *, fenced: bool) -> Any:
    """The value. Raises NoJson; NaN and Infinity are no JSON."""
    text = output.text
    if fenced and (inner := _FENCE.match(text)):
        text = inner[1]
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise NoJson(NO_JSON, why=error.msg, line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise NoJson(TOO_DEEP) from error
    except ValueError as error:  # NaN, or an integer of thousands of digits
        raise NoJson(NO_JSON, why=str(error)[:60], line=1, column=1) from error


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON value")
