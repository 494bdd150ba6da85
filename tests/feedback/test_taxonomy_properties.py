"""Whatever a taxonomy holds: reading loses nothing, and what is stored reads back."""

import csv
import io
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.taxonomy.as_json import of_json, of_stored, stored_form
from feedback.taxonomy.faults import BadTaxonomy
from feedback.taxonomy.lines import of_lines
from feedback.taxonomy.reading import of_file, of_paste
from feedback.taxonomy.table import of_csv
from feedback.taxonomy.tree import SEPARATOR, Found, build

FEW = settings(max_examples=60)
# Names as they are once read: one line, no space at the ends, not the arrow.
names = (
    st.text(
        st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Zs"]) | st.just(" "),
        min_size=1,
        max_size=12,
    )
    .map(lambda name: " ".join(name.split()))
    .filter(lambda name: name and ">" not in name)
)
paths = st.lists(names, min_size=1, max_size=5).map(tuple)
taxonomies = st.lists(
    st.tuples(paths, st.one_of(st.just(""), names)), min_size=1, max_size=12, unique_by=lambda one: one[0]
).map(lambda found: build(Found("", path, description) for path, description in found))


def told(bad: BadTaxonomy) -> None:
    """It says what is wrong, in words that fill their holes."""
    assert bad.faults
    assert all(str(fault) for fault in bad.faults)


@FEW
@given(taxonomies)
def test_what_is_stored_reads_back(taxonomy):
    stored = json.loads(json.dumps(stored_form(taxonomy)))
    assert of_stored(stored) == taxonomy
    assert of_json(json.dumps(stored)) == taxonomy


@FEW
@given(taxonomies)
def test_pasted_paths_are_the_same_values(taxonomy):
    text = "\n".join(node.id for node in taxonomy.values)
    read = of_lines(f"-\n{text}" if text[0] in " \t" else text)
    assert read.ids == taxonomy.ids
    assert [node.id for node in read.nodes] == [node.id for node in taxonomy.nodes]


@FEW
@given(taxonomies)
def test_an_indented_list_is_the_same_tree(taxonomy):
    for step in ("  ", "\t"):
        read = of_lines("\n".join(step * (len(node.path) - 1) + node.name for node in taxonomy.nodes))
        assert [node.path for node in read.nodes] == [node.path for node in taxonomy.nodes]


@FEW
@given(taxonomies)
def test_a_table_is_the_same_tree(taxonomy):
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["name", "parent", "description"])
    for node in taxonomy.nodes:
        rows.writerow([node.name, SEPARATOR.join(node.path[:-1]), node.description])
    read = of_csv(text.getvalue())
    assert [(n.path, n.description) for n in read.nodes] == [(n.path, n.description) for n in taxonomy.nodes]


@FEW
@given(st.text(max_size=200))
def test_any_text_is_read_whole_or_refused_with_a_place(text):
    try:
        taxonomy = of_paste(text)
    except BadTaxonomy as bad:
        told(bad)
        return
    if not text.lstrip("\ufeff \t\r\n").startswith(("[", "{")):
        lines = [line for line in text.replace("\r", "\n").split("\n") if line.strip()]
        assert len(taxonomy.values) == len(lines)


@FEW
@given(st.binary(max_size=200), st.sampled_from(["a.csv", "a.json", "a.txt"]))
def test_any_bytes_are_read_or_refused(content, name):
    try:
        of_file(name, content)
    except BadTaxonomy as bad:
        told(bad)


@FEW
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.text(max_size=5) | st.sampled_from(["name", "children"]), inner, max_size=3)
        ),
    )
)
def test_any_json_is_read_or_refused(value):
    try:
        of_json(json.dumps(value))
    except BadTaxonomy as bad:
        told(bad)
