"""Taxonomies as people have them: pasted, as a CSV, as JSON. And what is told when they are wrong."""

import pytest

from feedback.taxonomy.as_json import of_json, of_stored, stored_form
from feedback.taxonomy.faults import MOST_TOLD, BadTaxonomy
from feedback.taxonomy.lines import of_lines
from feedback.taxonomy.reading import of_file, of_paste
from feedback.taxonomy.table import of_csv
from feedback.taxonomy.tree import MOST_VALUES, Node
from tests import pace

SHOP = [
    "Home",
    "Home > Kitchen",
    "Home > Kitchen > Knives",
    "Home > Kitchen > Boards",
    "Garden",
]
FORMS = {
    "paths": (of_lines, "\n".join(SHOP)),
    "two spaces": (of_lines, "Home\n  Kitchen\n    Knives\n    Boards\nGarden"),
    "tabs": (of_lines, "Home\n\tKitchen\n\t\tKnives\n\t\tBoards\nGarden\n"),
    "indented as a whole": (
        of_lines,
        "\n    Home\n      Kitchen\n        Knives\n        Boards\n    Garden\n",
    ),
    "Windows lines": (of_lines, "Home\r\n  Kitchen\r\n\r\n    Knives\r\n    Boards\r\nGarden\r\n"),
    "csv of values": (of_csv, "value\n" + "\n".join(SHOP)),
    "csv with parents": (of_csv, "parent;name\n;Home\nHome;Kitchen\nKitchen;Knives\nKitchen;Boards\n;Garden"),
    "csv with whole parents": (
        of_csv,
        "name,parent\nKnives,Home > Kitchen\nHome,\nKitchen,Home\nBoards,Home > Kitchen\nGarden,\n",
    ),
    "json of paths": (
        of_json,
        '["Home","Home > Kitchen","Home > Kitchen > Knives","Home > Kitchen > Boards","Garden"]',
    ),
    "json of objects": (
        of_json,
        '[{"name": "Home", "children": [{"name": "Kitchen", "children": ["Knives", {"name": "Boards"}]}]}, "Garden"]',
    ),
    "json of nested objects": (
        of_json,
        '{"Home": {"Kitchen": {"Knives": {}, "Boards": null}}, "Garden": []}',
    ),
}


def ids(taxonomy):
    return [node.id for node in taxonomy.values]


@pytest.mark.parametrize("form", FORMS)
def test_the_same_taxonomy_in_every_form(form):
    read, text = FORMS[form]
    taxonomy = read(text)
    assert sorted(ids(taxonomy)) == sorted(SHOP)
    assert taxonomy.by_id["Home > Kitchen > Knives"] == Node(("Home", "Kitchen", "Knives"))
    assert max(len(node.path) for node in taxonomy.nodes) > 1


def test_a_flat_list_is_one_value_a_line():
    taxonomy = of_lines("card_arrival\n\n  \nlost_card\n")
    assert ids(taxonomy) == ["card_arrival", "lost_card"]
    assert max(len(node.path) for node in taxonomy.nodes) == 1


def test_what_stands_only_in_paths_is_a_group_and_no_value():
    taxonomy = of_lines("Home > Kitchen > Knives\nHome > Garden\nToys")
    assert ids(taxonomy) == ["Home > Kitchen > Knives", "Home > Garden", "Toys"]
    assert [node.id for node in taxonomy.nodes if node.group] == ["Home", "Home > Kitchen"]
    assert "Home" not in taxonomy.ids


def test_what_belongs_together_stands_together():
    taxonomy = of_lines("A > x\nB > x\nA > y\nA")
    assert [node.id for node in taxonomy.nodes] == ["A", "A > x", "A > y", "B", "B > x"]


def test_descriptions_come_from_tables_and_json():
    table = of_csv('value,description\nKnives,"Sharp,\n all of them"\nBoards,\n')
    assert [(n.id, n.description) for n in table.values] == [("Knives", "Sharp, all of them"), ("Boards", "")]
    read = of_json('{"Knives": "Sharp", "Boards": {"Oak": "Hard"}}')
    assert [(n.id, n.description) for n in read.values] == [
        ("Knives", "Sharp"),
        ("Boards", ""),
        ("Boards > Oak", "Hard"),
    ]
    assert of_json('[{"name": "Knives", "description": "Sharp"}]').values[0].description == "Sharp"


def test_arrows_without_space_are_part_of_a_name():
    assert ids(of_lines("Size >5\nx->y\nA  >\tB")) == ["Size >5", "x->y", "A > B"]


def test_template_text_is_as_typed():
    odd = ["{{7*7}}", "{0.__class__}", "%(x)s", "{% debug %}", "<b>Knives</b>", "=1+1", "'; DROP TABLE x; --"]
    assert ids(of_lines("\n".join(odd))) == odd
    with pytest.raises(BadTaxonomy, match="was there already") as caught:
        of_lines("%(x)s\n%(x)s")
    assert "%(x)s" in str(caught.value)


def test_what_cannot_be_stored_is_replaced_and_counted():
    for taxonomy in (
        of_lines("a\0b\nc\ud800"),
        of_json('["a\\u0000b", "c\\ud800"]'),
        of_csv("value\na\0b\nc\ud800"),
    ):
        assert ids(taxonomy) == ["a\ufffdb", "c\ufffd"]
        assert taxonomy.repaired == 2


def test_a_file_is_read_by_its_name_and_its_encoding():
    assert ids(of_file("a.json", b'\xef\xbb\xbf["A"]')) == ["A"]
    assert ids(of_file("a.CSV", "value\tdescription\n부엌\tx".encode("cp949"))) == ["부엌"]
    assert ids(of_file("a.txt", "A\n  Küche".encode("utf-16"))) == ["A", "A > Küche"]
    assert ids(of_file("a", b'["A"]')) == ["A"]


def test_a_paste_that_begins_like_json_is_json():
    assert ids(of_paste(' ["A", "B"]')) == ["A", "B"]
    assert ids(of_paste("A\nB")) == ["A", "B"]
    with pytest.raises(BadTaxonomy, match=r"The text is not JSON: .* \(line 1, column 2\)"):
        of_paste("[A] first")


# --- what is wrong, and where --------------------------------------------------------------------

DEEP = " > ".join("abcdefghi")
WRONG = {
    "nothing": (of_lines, " \n\n", ": There are no values: give one a line, or a file."),
    "nothing in json": (of_json, "[]", "There are no values: give one a line, or a file."),
    "nothing but groups": (
        of_json,
        '[{"name": "A", "group": true}]',
        "There are no values: give one a line, or a file.",
    ),
    "nothing in a csv": (of_csv, "\n", "There are no values: give one a line, or a file."),
    "a header alone": (of_csv, "value\n", "There are no values: give one a line, or a file."),
    "twice": (of_lines, "A\nB\nA ", "line 3: “A” was there already: line 1"),
    "twice over spaces": (of_lines, "A > B\nA   >  B", "line 2: “A > B” was there already: line 1"),
    "twice in a csv": (of_csv, "value\nA\n\nA", "line 4: “A” was there already: line 2"),
    "twice in json": (of_json, '["A", {"name": "A"}]', "$[1]: “A” was there already: $[0]"),
    "an empty step": (of_lines, "A\nA >  > B", "line 2: has an empty step in its path"),
    "no first step": (of_lines, "> B", "line 1: has an empty step in its path"),
    "no last step": (of_lines, "B >", "line 1: has an empty step in its path"),
    "too long": (of_lines, "A\n" + "x" * 301, "line 2: is longer than 300 characters with its path"),
    "too deep": (of_lines, DEEP, "line 1: is nested deeper than 8"),
    "too deep in json": (of_json, '{"a":' * 9 + "1" + "}" * 9, "is nested deeper than 8"),
    "half a step": (of_lines, "A\n   B", "line 2: is indented by half a step"),
    "two steps": (of_lines, "A\n    B", "line 2: is indented by two steps at once"),
    "first indented": (of_lines, "  A\nB", "line 1: is indented, and there is nothing above it"),
    "both": (of_lines, "A\n  B > C", "line 2: has “ > ” in an indented list"),
    "no header": (of_csv, "Knives,Boards", "The first line must name the columns"),
    "half a form": (of_csv, "name\nA", "The first line must name the columns"),
    "an unknown column": (of_csv, "value,colour\nA,red", "there is no use for a column “colour”"),
    "a column twice": (of_csv, "value,Value\nA,B", "two columns are called “value”"),
    "ragged": (
        of_csv,
        "value,description\nA,b,c",
        "line 2: has another number of cells than the header: 3, not 2",
    ),
    "an open quote": (of_csv, 'value\n"A', "line 2: is not good CSV"),
    "no parent": (of_csv, "name,parent\nA,\nB,Z", "line 3: there is no row for its parent “Z”"),
    "which parent": (
        of_csv,
        "name,parent\nA,\nX,A\nB,\nX,B\nY,X",
        "line 6: its parent “X” is the name of several rows: write its whole path",
    ),
    "a circle": (of_csv, "name,parent\nR,\nA,C\nB,A\nC,B", "line 3: is its own parent, over 3 steps"),
    "a circle of one": (of_csv, "name,parent\nA,A", "line 2: is its own parent, over 1 steps"),
    "no json": (of_json, "[\n1,", "(line 2, column 3)"),
    "a number": (of_json, "[1]", "$[0]: must be text, or an object with a name"),
    "a list in a list": (of_json, '[["A"]]', "$[0]: must be text, or an object with a name"),
    "text alone": (of_json, '"A"', "$: must be a list or an object"),
    "no name": (of_json, '[{"title": "A"}]', "$[0]: there is no use for “title”"),
    "a name that is a number": (of_json, '[{"name": 7}]', "$[0]: needs a “name” that is text"),
    "an empty name": (of_json, '[{"name": " "}]', "$[0]: has no name"),
    "a path as a name": (of_json, '[{"name": "A > B"}]', "$[0]: holds “ > ”"),
    "children that are none": (
        of_json,
        '[{"name": "A", "children": 3}]',
        "$[0].children: must be a list or an object",
    ),
    "a description that is none": (
        of_json,
        '[{"name": "A", "description": 3}]',
        "$[0].description: must be text",
    ),
    "a key twice": (of_json, '{"A": {"B": {}, "B": {}}}', "$.A: has “B” twice"),
    "a switch that is none": (of_json, '[{"name": "A", "group": 1}]', "$[0].group: must be true or false"),
    "a key with spaces": (of_json, '{"A b": 3}', '$["A b"]: must be a list or an object'),
    "nested without end": (of_json, "[" * 100_000, "The text is nested too deep."),
    "a number without end": (of_json, "[" + "9" * 10_000 + "]", "The text is nested too deep."),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_fault_is_told_with_its_place(case):
    read, text, told = WRONG[case]
    with pytest.raises(BadTaxonomy) as caught:
        read(text)
    assert told.removeprefix(": ") in str(caught.value)


def test_all_faults_are_told_at_once_up_to_twenty():
    with pytest.raises(BadTaxonomy) as caught:
        of_lines("A\n" * 31)
    assert len(caught.value.faults) == MOST_TOLD
    assert caught.value.more == 10


def test_twenty_thousand_values_are_read_quickly_and_no_more_than_that():
    names = [f"Group {n % 50} > Shelf {n % 700} > Thing {n}" for n in range(MOST_VALUES - 14_050)]
    with pace.at_most(3):
        taxonomy = of_lines("\n".join(names))
        assert len(taxonomy.values) == len(names)
        assert of_stored(stored_form(taxonomy)) == taxonomy
        flat = of_json(str([f"v{n}" for n in range(MOST_VALUES)]).replace("'", '"'))
        assert len(flat.ids) == MOST_VALUES
    with pytest.raises(BadTaxonomy, match="There are more than 20000 values"):
        of_lines("\n".join(f"v{n}" for n in range(MOST_VALUES + 1)))
    with pytest.raises(BadTaxonomy, match="There are more than 20000 values"):
        of_lines("\n".join(f"v{n} > w" for n in range(MOST_VALUES - 1)))


def test_a_long_table_of_parents_is_read_quickly():
    rows = "".join(f"n{n},{f'n{n // 8}' if n > 7 else ''}\n" for n in range(15_000))
    with pace.at_most(3):
        assert len(of_csv("name,parent\n" + rows).values) == 15_000
    circle = "".join(f"n{n},n{(n + 1) % 15_000}\n" for n in range(15_000))
    with pace.at_most(3), pytest.raises(BadTaxonomy, match="over 15000 steps"):
        of_csv("name,parent\n" + circle)
