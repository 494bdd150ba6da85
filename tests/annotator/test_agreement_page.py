"""The agreement page: numbers that papers know, sentences where there are none, and nothing too early."""

import gzip
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import timezone

from annotator.jobs import runner
from annotator.models import Consensus, Item, Place, Queue, RaterKind
from annotator.services import adjudication, consensus, queues
from annotator.services.import_labels import ImportedLabel, import_labels
from annotator.services.raters import named_rater
from tests import make
from tests.annotator.answering import answer, answers, people

pytestmark = pytest.mark.django_db
DATA = Path(__file__).resolve().parents[1] / "data"


def text(answer, status: int = 200) -> str:
    """What is to be read."""
    assert answer.status_code == status
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def at(queue: Queue, part: str = "quality/") -> str:
    return f"/p/shop/queues/{queue.pk}/{part}"


@pytest.fixture
def queue(project):
    return make.queue(project, items=24, overlap=3)


@pytest.fixture
def reads(owner, as_):
    browser = as_(owner)
    return lambda queue, part="agreement/", **query: text(browser.get(at(queue, part), query))


# --- what a paper says ---------------------------------------------------------------------------


@pytest.fixture
def xsum(project) -> Queue:
    """1,143 summaries, three people each: is it factual? (Maynez et al. 2020, see tests/data/NOTICE)"""
    with gzip.open(DATA / "xsum.jsonl.gz", "rt", encoding="utf-8") as file:
        items = [json.loads(line) for line in file]
    asked = queues.set_question(project=project, key="factual", text="Is the summary factual?")
    queue = queues.make_queue(project=project, name="XSum", questions=[asked.question], overlap=3)
    queues.add_items(queue, (queues.NewItem(external_id=item["id"], output="A summary.") for item in items))
    raters = {f"wid_{n}": named_rater(project, f"wid_{n}", RaterKind.HUMAN) for n in range(3)}
    when = datetime(2020, 5, 1, tzinfo=UTC)
    told = import_labels(
        queue,
        (
            ImportedLabel(item["id"], "factual", label, raters[who], when)
            for item in items
            for who, label in item["ratings"]
            if label
        ),
    )
    assert told.added == 3408
    assert not told.unknown
    return queue


def test_the_published_agreement_of_three_raters_is_seen_on_the_page(xsum, owner, reads, as_):
    shown = reads(xsum)

    assert "1,139 items with 3,408 answers." in shown
    assert "Krippendorff’s alpha 0.782" in shown
    assert re.search(r"Same answer 96\s% 95–97\s%", shown)
    assert "Fleiss’ kappa 0.78" in shown
    assert re.search(r"Gwet’s AC1 0\.9\d\d 0\.9\d\d to 0\.9\d\d", shown)
    assert re.search(r"“No” is 90\s% of all answers", shown)
    each = reads(xsum, "agreement/raters/")
    assert "wid_0 1,139" in each
    assert "wid_0 with wid_1 1,139" in each

    job = consensus.ask_consensus(queue=xsum)
    runner.run(job.pk, queue="default")
    page = text(as_(owner).get(at(xsum)))
    assert "Items 1,139" in page
    assert "All say the same 1,070" in page
    assert "Most say so 6" in page
    assert "Nothing came since." in page
    assert "What the model makes of each person" in page
    assert re.search(r"wid_0 1,139 \d\d\s% Yes : Yes \d\d\s% , No \d+\s% No : Yes [\d.]+\s% , No 9\d", page)
    assert Consensus.objects.exclude(second_opinion="").count() == 1139


# --- where there is no number --------------------------------------------------------------------


def test_before_20_items_it_says_how_many_are_missing(queue, reads):
    answers(queue, *["yy"] * 17, "y", "n")

    shown = reads(queue)

    assert "17 so far, 3 are missing" in shown
    assert "alpha 0" not in shown


def test_when_everyone_says_the_same_alpha_is_a_sentence_and_ac1_a_number(queue, reads):
    answers(queue, *["yyy"] * 20)

    shown = reads(queue)

    assert "Krippendorff’s alpha not defined: everyone gave the same answer" in shown
    assert "Everyone gave the same answer: alpha is not defined" in shown
    assert "AC1 is 1.000" in shown
    assert "nan" not in shown.lower()


def test_a_prevalent_answer_is_explained_and_an_even_one_is_not(project, reads):
    even, uneven = (make.queue(project, items=40, overlap=2, name=name) for name in ("even", "uneven"))
    answers(even, *["yy", "nn"] * 18, "yn", "ny")
    answers(uneven, *["yy"] * 36, "yn", "ny")

    assert "by chance alone" not in reads(even)
    shown = reads(uneven)
    assert re.search(r"“Yes” is 97\s% of all answers", shown)
    assert "−0.0" in shown  # alpha, though all but two items agree


def test_one_answer_an_item_is_nothing_to_compare(project, reads):
    queue = make.queue(project, items=2)

    assert "One person answers each item here" in reads(queue)
    assert "Nobody has answered the same item" in reads(queue, "agreement/raters/")


# --- whose answers -------------------------------------------------------------------------------


def test_programs_are_never_counted_silently(queue, reads, as_, owner):
    answers(queue, *["yy"] * 20, "nn")
    [robot] = people(queue, "robot", kind="llm")
    for item in queue.items.order_by("position")[:21]:
        answer(item, robot, "no")

    shown = reads(queue)
    assert "21 items with 42 answers." in shown
    assert "21 answers of others are not counted here." in shown
    together = reads(queue, raters="all")
    assert "21 items with 63 answers." in together
    assert "People and programs are counted together here." in together
    assert "0 so far, 20 are missing" in reads(queue, raters="programs")
    assert reads(queue, raters="nonsense") == shown
    assert "robot LLM" in reads(queue, "agreement/raters/", raters="all")
    assert "robot" not in reads(queue, "agreement/raters/")
    assert "raters=all" in as_(owner).get(at(queue), {"raters": "all"}).content.decode()


def test_gold_items_and_copies_are_left_out(queue, reads):
    answers(queue, *["yn"] * 24)
    first, second = queue.items.order_by("position")[:2]
    Item.objects.filter(pk=first.pk).update(gold={"good": "yes"})
    Item.objects.filter(pk=second.pk).update(copy_of=first)

    assert "22 items with 44 answers." in reads(queue)


def test_each_question_has_its_own_numbers(project, reads):
    queue = make.queue(project, items=20, overlap=2, questions=("good", "polite"))
    for item in queue.items.all():
        for rater, said in zip(people(queue, "ann", "ben"), ("yes", "no"), strict=True):
            answer(item, rater, "yes")
            answer(item, rater, said, question="polite")

    shown = reads(queue)

    assert re.search(r"Is it good\?.*AC1 1\.000.*Is it polite\?.*alpha −0\.9", shown)
    assert re.search(r"ann with ben 20 100\s% ", reads(queue, "agreement/raters/"))
    other = reads(queue, "agreement/raters/", question="polite")
    assert re.search(r"ann with ben 20 0\s% \(0–16\s%\)", other)
    assert reads(queue, "agreement/raters/", question="nosuch") == reads(queue, "agreement/raters/")


def test_pairs_are_measured_over_four_answers(project, reads):
    queue = make.queue(project, items=24, overlap=2)
    Queue.objects.filter(pk=queue.pk).update(kind="pairwise")
    queue.refresh_from_db()
    answers(queue, *["ll", "rr", "tt", "bb"] * 6)

    shown = reads(queue)

    assert "Krippendorff’s alpha 1.000" in shown
    assert re.search(r"Both bad 25\s%", shown)


def test_names_of_raters_are_shown_as_they_are_written(queue, as_, owner):
    answers(queue, *["yy"] * 12)
    queue.project.raters.filter(name="a").update(name="<script>alert(1)</script>\u202e")

    page = as_(owner).get(at(queue, "agreement/raters/")).content.decode()

    assert "<script>" not in page
    assert "\u202e" not in page


# --- blindness -----------------------------------------------------------------------------------

PARTS = ("agreement/", "agreement/raters/", "consensus/", "adjudication/")


def test_who_is_still_asked_sees_nothing_of_it(queue, annotator, owner, viewer, as_):
    answers(queue, *["yyn"] * 23)

    asked = text(as_(annotator).get(at(queue)))

    assert "when everything is answered" in asked
    assert (
        "hx-get" not in as_(annotator).get(at(queue)).content.decode().split("<main", 1)[1].split("</main")[0]
    )
    for part in PARTS:
        assert as_(annotator).get(at(queue, part)).status_code == 403
        for who in (owner, viewer):
            assert as_(who).get(at(queue, part)).status_code == 200
    answers(queue, *[""] * 23, "yyn")
    for part in ("quality/", *PARTS):
        assert as_(annotator).get(at(queue, part)).status_code == 200


def test_a_gold_place_that_stands_open_keeps_nobody_from_seeing(queue, annotator, as_):
    answers(queue, *["yyn"] * 24)
    Place.objects.create(queue=queue, item=queue.items.first(), position=0, n=9, extra=True)

    assert as_(annotator).get(at(queue, "agreement/")).status_code == 200


def test_who_decides_does_not_see_before_what_others_said(queue, annotator, project, as_):
    answers(queue, *["yyn"] * 24)
    other = make.member(project, "judy")
    adjudication.make_adjudication(queue=queue, people=[other])
    adjudication.send(queue)

    assert as_(other).get(at(queue, "consensus/")).status_code == 403
    assert as_(annotator).get(at(queue, "consensus/")).status_code == 200


# --- consensus and adjudication on the page ------------------------------------------------------


def test_compute_now_shows_that_it_works_and_then_what_came_out(
    queue, owner, as_, broker, django_capture_on_commit_callbacks
):
    answers(queue, "yyn", "yyy", "yn")
    browser = as_(owner)
    assert "No consensus is computed yet." in text(browser.get(at(queue)))

    with django_capture_on_commit_callbacks(execute=True):
        browser.post(at(queue, "consensus/"))

    [job_id] = broker.rung()
    assert "It is being computed" in text(browser.get(at(queue)))
    panel = browser.get(at(queue, "consensus/"), headers={"HX-Request": "true"})
    assert 'hx-trigger="every 1s"' in panel.content.decode()
    runner.run(job_id, queue="default")
    panel = browser.get(at(queue, "consensus/"), headers={"HX-Request": "true"})
    assert "hx-trigger" not in panel.content.decode()
    assert (
        "Items 3 All say the same 1 One answer only 0 Most say so 1 Adjudicated 0 Undecided 1 Disputed 2"
        in text(panel)
    )
    assert "No second opinion" in text(panel)
    [a] = people(queue, "a")
    answer(queue.items.order_by("position")[5], a, "no")
    assert "1 newer label is not in it." in text(browser.get(at(queue)))


def test_the_items_are_listed_and_filtered(queue, owner, as_):
    answers(queue, "yyn", "yyy", "yn")
    runner.run(consensus.ask_consensus(queue=queue).pk, queue="default")
    browser = as_(owner)

    def ids(**query) -> list[str]:
        return re.findall(r"item-\d+", text(browser.get(at(queue, "consensus/"), query)))

    assert ids() == ["item-0", "item-1", "item-2"]
    assert ids(which="disputed") == ["item-0", "item-2"]
    assert ids(which="undecided") == ["item-2"]
    assert ids(which="differs") == []
    assert ids(which="nonsense", question="nosuch", after="x") == ["item-0", "item-1", "item-2"]
    assert ids(after=str(Consensus.objects.get(item__external_id="item-0").pk)) == ["item-1", "item-2"]
    assert ids(after="9" * 18) == []
    assert "2 of 3 say the same" in text(browser.get(at(queue, "consensus/")))


def test_the_list_pages_on(project, owner, as_):
    queue = make.queue(project, items=52, overlap=2)
    answers(queue, *["y"] * 52)
    runner.run(consensus.ask_consensus(queue=queue).pk, queue="default")

    page = as_(owner).get(at(queue, "consensus/")).content.decode()
    [more] = re.findall(r'href="(\?[^"]*after=[^"]*)"', page)

    assert "item-49" in page
    assert "item-50" not in page
    assert "item-51" in as_(owner).get(at(queue, "consensus/") + more.replace("&amp;", "&")).content.decode()


def test_the_way_to_a_decision(queue, owner, viewer, annotator, as_):
    answers(queue, "yyn", "yyy", "yn")
    panel = text(as_(owner).get(at(queue, "adjudication/")))
    assert "People disagree on 1 item that is answered by all." in panel
    assert "amir" in panel
    assert "Make the adjudication queue" in panel
    assert "An owner can make" in text(as_(viewer).get(at(queue, "adjudication/")))

    done = as_(owner).post(at(queue, "adjudication/"), {"people": [annotator.pk]}, follow=True)

    assert "Sent to be decided: 1." in text(done)
    panel = text(as_(owner).get(at(queue, "adjudication/")))
    assert "0 of 1 decided" in panel
    assert "Decided by amir." in panel
    assert "Everything disputed is sent." in panel
    Queue.objects.filter(pk=queue.pk).update(closed_at=timezone.now())
    assert "1 more item is disputed." in text(as_(owner).get(at(queue, "adjudication/")))


def test_the_adjudication_queue_leads_back(queue, owner, as_):
    into = adjudication.make_adjudication(queue=queue)

    page = as_(owner).get(at(into)).content.decode()

    assert at(queue) in page
    assert "Here one person decides" in page


@pytest.mark.parametrize("rows", [12, 24])
def test_the_number_of_queries_does_not_grow(
    queue, owner, as_, rows, django_assert_num_queries, django_assert_max_num_queries
):
    answers(queue, *["yyn"] * rows)
    runner.run(consensus.ask_consensus(queue=queue).pk, queue="default")
    browser = as_(owner)

    # session, person, membership, queue; open?, any?, asked; report, state, job; chain
    with django_assert_max_num_queries(11):
        browser.get(at(queue))
    with django_assert_num_queries(7):  # …, patterns, chain, kinds
        browser.get(at(queue, "agreement/"))
    with django_assert_num_queries(8):  # …, chain, raters, pairs, names
        browser.get(at(queue, "agreement/raters/"))
    with django_assert_max_num_queries(12):
        browser.get(at(queue, "consensus/"))
