"""A few words of a payload from the beginning of its JSON."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.web.payload.beginning import LENGTH, words


@pytest.mark.parametrize(
    ("start", "shown"),
    [
        (None, ""),
        ('""', ""),
        ('"  "', ""),
        ('"An\\nanswer"', "An answer"),
        ('"half an esc\\', "half an esc…"),
        ('"half an esc\\u00', "half an esc…"),
        ('"say \\"yes\\""', 'say "yes"'),
        ('"half a smile \\ud83d', "half a smile ?…"),
        ('{"a": 1}', '{"a": 1}'),
        ("[1, 2, 3", "[1, 2, 3"),
    ],
)
def test_it_is_one_line_whatever_was_cut(start, shown):
    assert words(start) == shown


@given(st.text(max_size=400), st.integers(0, 500), st.booleans())
def test_no_text_and_no_cut_breaks_it(text, cut, ascii_only):
    shown = words(json.dumps(text, ensure_ascii=ascii_only)[:cut])
    assert len(shown) <= LENGTH + 1
    shown.encode()
