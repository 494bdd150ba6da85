"""A queue is made, filled and set up in the browser; by owners alone."""

import pytest

from annotator.forms.steps import SKELETONS
from annotator.models import DefectKind, Place, Question, Queue
from annotator.services import queues
from annotator.services.items import NewItem, add_items
from tests import make

NEW = "/p/shop/queues/new/"


def filled(*steps: dict, **more) -> dict:
    """What the page sends for these questions."""
    form = {
        "kind": "binary",
        "name": "Refunds",
        "overlap": "1",
        "who": "everybody",
        "order": "given",
        "gold_rate": "0",
        "hidden_share": "20",
        "random_share": "20",
        "mirror_share": "0",
        "steps": [f"q{n}" for n in range(len(steps))],
    }
    for n, step in enumerate(steps):
        form |= {f"q{n}-{name}": value for name, value in step.items()}
    return form | more


@pytest.fixture
def browser(owner, as_):
    return as_(owner)


def test_a_queue_of_one_question_is_made_and_wants_to_be_filled(browser, project, owner):
    answer = browser.post(NEW, filled({"text": "Is the refund right?", "guideline": "**Yes** when it is."}))

    queue = Queue.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/p/shop/queues/{queue.pk}/fill/"
    assert (queue.name, queue.kind, queue.overlap, queue.created_by) == ("Refunds", "binary", 1, owner)
    asked = queue.chain.get().question
    version = asked.versions.get()
    assert (asked.key, version.text) == ("is-the-refund-right", "Is the refund right?")
    assert version.guideline == "**Yes** when it is."
    page = browser.get(answer["Location"]).content.decode()
    assert f"/api/v1/queues/{queue.pk}/items" in page
    assert "The queue is made. Now fill it." in page


def test_a_guideline_that_nobody_touched_is_none(browser):
    skeleton = str(SKELETONS["binary"])
    assert skeleton.splitlines()[0] in browser.get(NEW).content.decode()

    browser.post(NEW, filled({"text": "Good?", "guideline": skeleton.replace("\n", "\r\n")}))

    assert Question.objects.get().versions.get().guideline == ""


def test_shares_that_were_not_on_the_page_or_left_empty_are_what_they_would_be(browser):
    form = filled({"text": "Which is better?"}, kind="pairwise", hidden_share="")
    del form["mirror_share"]

    assert browser.post(NEW, form).status_code == 302

    assert (Queue.objects.get().mirror_share, Queue.objects.get().hidden_share) == (0, 0.2)


def test_saving_a_new_question_unchanged_makes_no_new_wording(browser):
    browser.post(NEW, filled({"text": "Good?", "guideline": "**Yes**\r\n\r\n- always\r\n"}))
    question = Question.objects.get()
    page = browser.get(f"/p/shop/questions/{question.key}/")

    form = {name: page.context["form"][name].value() for name in ("text", "guideline", "desirable", "seen")}
    form["guideline"] = form["guideline"].replace("\n", "\r\n") + "\r\n"
    answer = browser.post(f"/p/shop/questions/{question.key}/", form, follow=True)

    assert "Nothing changed" in answer.content.decode()
    assert question.versions.count() == 1


def test_a_chain_of_pairs_with_all_settings(browser, annotator):
    steps = (
        {"text": "Which is better?", "stops_on": "both_bad"},
        {"text": "더 정확한 것은?", "name": "truer", "after": "q0:tie"},
        {"text": "Welche?", "after": "q1:left"},
    )
    more = {
        "kind": "pairwise",
        "overlap": "3",
        "who": "only",
        "people": [str(annotator.pk)],
        "order": "uncertain",
        "by_pass": "on",
        "marks": "on",
        "gold_rate": "10",
        "hidden_share": "30",
        "random_share": "40",
        "mirror_share": "50",
    }
    assert browser.post(NEW, filled(*steps, **more)).status_code == 302

    queue = Queue.objects.get()
    assert (queue.kind, queue.overlap, queue.order, queue.by_pass, queue.marks) == (
        "pairwise",
        3,
        "uncertain",
        True,
        True,
    )
    assert (queue.gold_rate, queue.hidden_share, queue.random_share, queue.mirror_share) == (
        0.1,
        0.3,
        0.4,
        0.5,
    )
    assert (queue.restricted, list(queue.people.all())) == (True, [annotator])
    chain = [
        (step.question.key, step.after and step.after.key, step.after_answer, step.stops_on)
        for step in queue.chain.all()
    ]
    assert chain == [
        ("which-is-better", None, "", "both_bad"),
        ("truer", "which-is-better", "tie", ""),
        ("welche", "truer", "left", ""),
    ]
    assert DefectKind.objects.count() == 3


def test_a_known_question_is_asked_again(browser, project):
    version = queues.set_question(project=project, key="good", text="Is it good?", guideline="**Yes** if.")
    queues.set_question(project=project, key="better", text="Better?", kind="pairwise")

    shown = browser.post(NEW, filled({"key": "good"}, do="look")).content.decode()
    assert "<strong>Is it good?</strong>" in shown
    assert "Better?" not in shown
    assert browser.post(NEW, filled({"key": "good", "text": "left over"})).status_code == 302

    assert Queue.objects.get().chain.get().question == version.question
    assert version.question.versions.count() == 1


def test_two_new_questions_never_share_a_key(browser, project):
    queues.set_question(project=project, key="good", text="Good")

    assert browser.post(NEW, filled({"text": "Good"}, {"text": "Good!"})).status_code == 302

    assert [step.question.key for step in Queue.objects.get().chain.all()] == ["good-2", "good-3"]


@pytest.mark.parametrize(
    ("form", "says"),
    [
        (filled({"text": "Good?"}, name=""), "This field is required."),
        (filled({"text": ""}), "Write the question, or choose one above."),
        (filled({"text": "x" * 301}), "at most 300 characters"),
        (filled({"text": "Good?"}, overlap="11"), "less than or equal to 10"),
        (filled({"text": "Good?"}, who="only"), "Choose at least one person."),
        (filled({"text": "Good?"}, gold_rate="101"), "less than or equal to 100"),
        (filled({"text": "Good?", "name": "a b"}), "Use letters, digits, hyphens and underscores."),
        (filled({"text": "Good?", "name": "taken"}), "There is such a question: choose it above"),
        (filled({"text": "A?", "name": "a"}, {"text": "B?", "name": "a"}), "This question is asked already"),
        (filled({"text": "A?", "after": "q1:yes"}, {"text": "B?"}), "Select a valid choice."),
        (filled({"text": "A?", "stops_on": "left"}), "Select a valid choice."),
        (filled(*({"text": f"{n}?"} for n in range(21))), "A queue asks at most 20 questions."),
        (filled({"text": "a\0b"}), "Null characters are not allowed."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(browser, project, form, says):
    queues.set_question(project=project, key="taken", text="Taken?")
    form |= {"q0-guideline": "Typed for ten minutes."}

    answer = browser.post(NEW, form)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert page.count("Typed for ten minutes.") >= 1
    assert not Queue.objects.exists()
    assert Question.objects.count() == 1


def test_questions_are_added_moved_and_removed_without_a_script(browser):
    typed = filled({"text": "First?"}, {"text": "Second?", "after": "q0:no"}, name="Typed", overlap="99")

    page = browser.post(NEW, typed | {"do": "add"}).content.decode()
    assert page.count('name="steps"') == 3
    assert 'value="First?"' in page
    assert 'value="99"' in page
    assert '<option value="q0:no" selected>' in page

    page = browser.post(NEW, typed | {"do": "up-q1"}).content.decode()
    assert page.index('value="Second?"') < page.index('value="First?"')
    assert "q0:no" not in page.split('id="q0"')[0]

    page = browser.post(NEW, typed | {"do": "remove-q0"}).content.decode()
    assert page.count('name="steps"') == 1
    assert "First?" not in page

    page = browser.post(NEW, typed | {"do": "up-q99"}).content.decode()
    assert page.count('name="steps"') == 2
    assert not Queue.objects.exists()


def test_another_kind_brings_its_own_answers_and_skeleton(browser):
    sent = filled({"text": "A?", "guideline": str(SKELETONS["binary"])}, {"text": "B?", "guideline": "Mine."})

    page = browser.post(NEW + "?do=kind", sent | {"kind": "pairwise"}).content.decode()

    assert "Mirrored pairs" in page
    assert '<option value="q0:both_bad"' in page
    assert "**Tie** when" in page
    assert "Mine." in page


def test_only_the_questions_are_sent_to_htmx(browser):
    headers = {"HX-Request": "true", "HX-Target": "steps"}
    page = browser.post(NEW, filled({"text": "A?"}, do="add"), headers=headers).content.decode()

    assert page.lstrip().startswith('<section id="steps"')
    assert page.count("autofocus") == 1


def test_a_guideline_is_previewed_as_safe_html(browser):
    text = "**Yes** <script>alert(1)</script>"
    page = browser.post("/p/shop/queues/preview/", {"q3-guideline": text}).content.decode()

    assert "<strong>Yes</strong>" in page
    assert "<script" not in page
    assert "No guideline yet" in browser.post("/p/shop/queues/preview/").content.decode()


def test_names_of_questions_are_text_not_html(browser, project):
    queues.set_question(project=project, key="evil", text="<img src=x>", guideline="<img src=y>")

    page = browser.post(NEW, filled({"key": "evil"}, do="look")).content.decode()

    assert "<img" not in page


def test_the_list_has_the_way_to_a_new_queue_for_owners(browser, project, as_, annotator):
    link = f'href="{NEW}"'
    assert link in browser.get("/p/shop/queues/").content.decode()
    assert link not in as_(annotator).get("/p/shop/queues/").content.decode()
    make.queue((Queue.objects.first() and None) or annotator.projects.get())
    assert link in browser.get("/p/shop/queues/").content.decode()


@pytest.mark.parametrize("page", ["new/", "preview/", "{queue}/fill/", "{queue}/setup/", "{queue}/close/"])
def test_owners_only(project, annotator, viewer, stranger, as_, page):
    path = "/p/shop/queues/" + page.format(queue=make.queue(project).pk)
    for person, status in ((annotator, 403), (viewer, 403), (stranger, 404)):
        assert as_(person).post(path).status_code in {status, 405}
        assert as_(person).get(path).status_code in {status, 405}


# --- the settings of one that is there -----------------------------------------------------------


def setup_form(**more) -> dict:
    form = filled(name="Check")
    return {name: value for name, value in form.items() if name not in {"kind", "steps"}} | more


def test_settings_are_shown_and_changed(browser, project, annotator):
    queue = make.queue(project, hidden_share=0.35)
    path = f"/p/shop/queues/{queue.pk}/setup/"
    assert 'name="hidden_share" value="35"' in browser.get(path).content.decode()

    sent = setup_form(name="Renamed", overlap="2", who="only", people=[str(annotator.pk)], gold_rate="5")
    assert browser.post(path, sent).status_code == 302

    queue.refresh_from_db()
    assert (queue.name, queue.overlap, queue.gold_rate, queue.restricted) == ("Renamed", 2, 0.05, True)
    assert Place.objects.filter(queue=queue).count() == 6
    assert "amir" in browser.get(path).content.decode()


def test_settings_that_cannot_be_are_refused_and_stay_typed(browser, project):
    queue = make.queue(project, overlap=2)
    answer = browser.post(f"/p/shop/queues/{queue.pk}/setup/", setup_form(name="Typed", overlap="1"))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "It cannot be lowered: there are 2 places per item." in page
    assert 'value="Typed"' in page
    queue.refresh_from_db()
    assert (queue.name, queue.overlap) == ("Check", 2)


def test_the_chain_is_told_in_words(browser, project):
    first, second = (
        queues.set_question(project=project, key=key, text=f"{key}?").question for key in ("good", "why")
    )
    chain = [queues.ChainStep(first, stops_on="yes"), queues.ChainStep(second, first, "no")]
    queue = queues.make_queue(project=project, name="Q", questions=chain)

    page = browser.get(f"/p/shop/queues/{queue.pk}/setup/").content.decode()

    assert "“Yes” ends the item" in page
    assert "only if “good?” got “No”" in page


def test_held_pairs_are_told_of(browser, project):
    better = queues.set_question(project=project, key="better", text="?", kind="pairwise").question
    queue = queues.make_queue(project=project, name="P", kind="pairwise", questions=[better])
    add_items(queue, [NewItem("a", left="Same.", right="Same.")])

    page = browser.get(f"/p/shop/queues/{queue.pk}/setup/").content.decode()

    assert "1 item is held back, because of what was found in it." in page
    assert "Mirrored pairs" in page


def test_a_queue_is_closed_and_opened_again(browser, project):
    queue = make.queue(project)
    path = f"/p/shop/queues/{queue.pk}/close/"

    assert browser.post(path).status_code == 302
    queue.refresh_from_db()
    assert queue.closed_at is not None
    browser.post(path, {"do": "reopen"})
    queue.refresh_from_db()
    assert queue.closed_at is None


def test_a_page_costs_the_same_however_much_there_is(browser, project, django_assert_max_num_queries):
    for n in range(30):
        queues.set_question(project=project, key=f"k{n}", text=f"{n}?")
        make.member(project, f"person-{n}")
    queue = make.queue(project, items=50)
    with django_assert_max_num_queries(8):
        browser.get(NEW)
    with django_assert_max_num_queries(14):
        browser.get(f"/p/shop/queues/{queue.pk}/setup/")


# --- kinds of defects ------------------------------------------------------------------------------

DEFECTS = "/p/shop/defects/"


def names():
    return [(kind.name, kind.retired_at is None) for kind in DefectKind.objects.all()]


def test_a_list_of_defects_begins_grows_and_changes(browser, project):
    assert "None yet." in browser.get(DEFECTS).content.decode()
    browser.post(DEFECTS, {"do": "begin"})
    browser.post(DEFECTS, {"do": "add", "name": "Invented"})
    browser.post(DEFECTS, {"do": "rename", "key": "style", "name": "Tone"})
    browser.post(DEFECTS, {"do": "retire", "key": "irrelevance"})

    assert names() == [
        ("Factual inconsistency", True),
        ("Irrelevance", False),
        ("Tone", True),
        ("Invented", True),
    ]
    browser.post(DEFECTS, {"do": "restore", "key": "irrelevance"})
    assert names()[1] == ("Irrelevance", True)


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"do": "add", "name": " "}, "Give a name of at most 80 characters."),
        ({"do": "rename", "key": "style", "name": "x" * 81}, "Give a name of at most 80 characters."),
        ({"do": "retire", "key": "nosuch"}, "Nothing was changed"),
        ({"do": "drop", "key": "style"}, "Nothing was changed"),
    ],
)
def test_a_wrong_change_says_so_and_does_nothing(browser, project, sent, says):
    browser.post(DEFECTS, {"do": "begin"})
    before = names()

    answer = browser.post(DEFECTS, sent)
    part = browser.post(DEFECTS, sent, headers={"HX-Request": "true"})

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert part.status_code == 200
    assert says in part.content.decode()
    assert names() == before


def test_another_projects_list_is_not_mine(browser, project, stranger, as_, annotator):
    browser.post(DEFECTS, {"do": "begin"})
    as_(stranger).post("/p/elsewhere/defects/", {"do": "retire", "key": "style"})

    assert all(open_ for _name, open_ in names())
    assert as_(stranger).post(DEFECTS, {"do": "begin"}).status_code == 404
    assert as_(annotator).get(DEFECTS).status_code == 403


@pytest.mark.parametrize(
    ("field", "most"), [("name", 120), ("q0-text", 300), ("q0-name", 60), ("q0-guideline", 20_000)]
)
def test_what_is_too_long_is_said_and_stays(browser, project, field, most):
    assert "maxlength" not in browser.get(NEW).content.decode()
    long = "x" * (most + 1)

    answer = browser.post(NEW, filled({"text": "A?"}) | {field: long})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"at most {most} characters (it has {most + 1})" in page
    assert long in page
    assert not Queue.objects.exists()


@pytest.mark.parametrize("do", [{"do": "add"}, {"do": "rename", "key": "style"}])
def test_a_defects_name_that_is_too_long_stays_where_it_was_typed(browser, project, do):
    browser.post(DEFECTS, {"do": "begin"})
    long = "y" * 81
    answer = browser.post(DEFECTS, do | {"name": long}, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert page.count(f'value="{long}" aria-invalid="true"') == 1
    assert "maxlength" not in page


def test_what_was_wrong_is_taken_back_with_the_questions(browser):
    headers = {"HX-Request": "true", "HX-Target": "steps"}
    assert "The queue is not made yet" in browser.post(NEW, filled({"text": ""})).content.decode()
    page = browser.post(NEW, filled({"text": ""}, do="add"), headers=headers).content.decode()
    assert '<div id="wrong" hx-swap-oob="true"></div>' in page


def test_an_empty_queue_leads_its_owner_to_filling_it(browser, project, annotator, as_):
    queue = make.queue(project, items=0)
    here = f"/p/shop/queues/{queue.pk}/"
    fill = f'<a class="button button-primary" href="{here}fill/">'
    for page in ("", "items/", "quality/", "people/", "setup/", "label/"):
        assert browser.get(here + page).content.decode().count(fill) == 1, page
        if page != "setup/":
            assert fill not in as_(annotator).get(here + page).content.decode()
    filling = browser.get(f"{here}fill/").content.decode()
    assert fill not in filling
    assert f'href="{here}upload/" aria-current="page"' in filling

    add_items(queue, [NewItem(external_id="i", input="a", output="b")])
    shown = browser.get(here).content.decode()
    assert fill not in shown
    assert f'<a class="button button-primary" href="{here}label/">Label</a>' in shown


def test_a_queue_that_fills_itself_asks_nobody_to(browser, project):
    queue = make.queue(project, items=0)
    Queue.objects.filter(pk=queue.pk).update(origin="vibecheck")
    assert f"{queue.pk}/fill/" not in browser.get(f"/p/shop/queues/{queue.pk}/").content.decode()
