"""Which inputs of a day are drawn: different ones, however often each came, and of one end user not too many."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from django.db import connection
from pytest_django.asserts import assertContains

from drift import draw
from drift.draw import Lot, Told, limit_of
from drift.models import EmbeddedDay, Verdict
from drift.services import inputs, judge, plans
from feedback.models import Interaction
from tests.drift import embedding as doing
from tests.feedback import logged
from tests.feedback.logged import DAY, NEXT_MORNING


def lots(*said: tuple[str, str]) -> list[Lot]:
    """(text, user), in the order in which they are drawn."""
    return [Lot(UUID(int=n), text, user, user and f"tab of {user}") for n, (text, user) in enumerate(said)]


def drawn(said, most):
    return draw.draw(lambda: lots(*said), most)


def test_equal_inputs_are_one_row_and_take_no_place():
    said = [("ping", "")] * 1_000 + [("a", ""), ("ping", "ann"), ("b", ""), ("ping", ""), ("c", "")]
    found = drawn(said, 3)
    assert [row.id.int for row in found.rows] == [0, 1_000, 1_002]
    assert [row.weight for row in found.rows] == [1_001, 1, 1]
    assert found.drawn == 1_003  # no further than to the third
    assert (found.over, found.limit) == (0, 0)


def test_who_sent_equal_inputs_is_known_as_far_as_it_was_one():
    found = drawn(
        [("hi", "ann"), ("hi", "bob"), ("again", "cy"), ("again", "cy"), ("who", ""), ("who", "di")], 9
    )
    hi, again, who = (draw.told(draw.as_json(found), row.id) for row in found.rows)
    assert hi == Told(2, 0, 2, False, False)
    assert again == Told(2, 0, 1, True, True)
    assert who == Told(2, 0, 1, False, False)
    assert draw.told({}, uuid4()) == Told()


def test_how_much_one_user_may_have():
    """As much as the others on average, half a per cent of all but the largest, or five: whichever is the most."""
    assert limit_of([1] * 29, 5_000) is None
    assert limit_of([1] * 29 + [900], 0) == 5
    assert limit_of([1] * 29 + [900], 2_000) == 10  # .005 of 2,029
    assert limit_of([20] * 50, 0) == 20
    assert limit_of([170] * 6 + [3] * 34, 0) == 25  # 952 of 39 others


def test_what_many_say_is_nobodys_and_stays():
    """A program that repeats what people ask was drawn first, and takes nothing of theirs away."""
    people = [(f"question {n}", f"user-{n % 40}") for n in range(80)]
    replay = [(text, "robot") for text, _user in people]
    found = drawn([*replay, *people], 5_000)
    assert len(found.rows) == 80
    assert (found.over, found.held) == (0, 0)
    own = [(f"of its own {n}", "robot") for n in range(60)]
    found = drawn([*replay, *own, *people], 5_000)
    assert len(found.rows) == 80 + found.limit
    assert found.over == 60 - found.limit
    assert sum(row.weight for row in found.rows) == found.drawn


def test_a_script_of_one_user_is_held_and_its_rows_stand_for_all_it_sent():
    people = [(f"question {n}", f"user-{n % 40}") for n in range(80)]
    script = [(f"crypto {n}", "script") for n in range(500)]
    mixed = [one for n in range(80) for one in [people[n], *script[6 * n : 6 * n + 6]]] + script[480:]
    found = drawn(mixed, 200)
    mine = [row for row in found.rows if row.user == "script"]
    assert [row.weight for row in mine] == [100] * 5
    assert sum(row.user != "script" for row in found.rows) == 80
    assert (found.drawn, found.over, found.held, found.limit) == (580, 495, 1, 5)
    assert sum(row.weight for row in found.rows) == found.drawn


def test_with_few_users_nobody_is_held():
    said = [(f"question {n}", f"user-{n % 3}") for n in range(900)]
    found = drawn(said, 500)
    assert (len(found.rows), found.drawn, found.over) == (500, 500, 0)


# --- of a day -------------------------------------------------------------------------------------

FLOOD = """
    INSERT INTO feedback_interaction (id, project_id, external_id, occurred_at, environment, feature, model,
        prompt_version, variant, end_user, session, error, finish_reason, input_preview, output_preview,
        input, content_hash, input_hash, repaired)
    SELECT (lpad(to_hex(%(start)s + n), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8'
            || substr(md5(n::text), 4, 15))::uuid, %(project)s, 'flood-' || n, to_timestamp(%(start)s / 1000.0),
        'production', 'chat', '', '', '', '', '', '', '', 'ping', '', '"ping"', md5(n::text)::uuid, 7, 0
    FROM generate_series(1, %(n)s) n"""


def flood(project, n: int) -> None:
    start = int(datetime(DAY.year, DAY.month, DAY.day, 13, tzinfo=UTC).timestamp() * 1000)
    with connection.cursor() as cursor:
        cursor.execute(FLOOD, {"project": project.pk, "start": start, "n": n})


def questions(project, n: int, ago: int = 0, **more) -> None:
    day = DAY - timedelta(days=ago)
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    rows = logged.interactions(project, n, name=f"{ago}", at=at, **more)
    for k, row in enumerate(rows):
        row.input = f"where is my order {k * 7919 % 1009} of day {ago}, please {k}"
        row.input_hash = 100 + k + 10_000 * ago
    Interaction.objects.bulk_update(rows, ["input", "input_hash"])


def test_a_flood_of_one_input_leaves_all_others_to_be_judged(project, drift_plan):
    for ago in range(1, 8):
        questions(project, 80, ago)
        doing.embedded(project, DAY - timedelta(days=ago))
    questions(project, 1_000)
    flood(project, 20_000)

    doing.ask(project, DAY)
    doing.work("drift.embed", "drift.vectors", "drift.repeats")
    day = EmbeddedDay.objects.get(day=DAY)
    assert (day.population, day.sampled, day.repeats["rows"]) == (21_000, 21_000, 1_001)
    assert day.repeats["inputs"] == {"unknown": 20_000}
    assert sorted(day.vectors.values_list("weight", flat=True)) == [1] * 1_000 + [20_000]
    check = judge.judge(project=project, day=DAY, now=NEXT_MORNING)
    assert (check.verdict, check.reason, len(check.day_vectors)) == (Verdict.JUDGED, "", judge.ROWS)


def test_a_flood_without_text_is_told_as_what_it_is(project, drift_plan, judged):
    flood(project, 50)
    Interaction.objects.update(input="  ")
    day = doing.embedded(project, DAY)
    assert (day.sampled, day.empty, day.vectors.count()) == (50, 50, 0)


def test_a_script_of_one_user_is_a_few_rows_of_its_day_and_the_pages_say_so(
    project, drift_plan, judged, as_, owner
):
    plans.DriftPlan.objects.update(sample_size=200)
    questions(project, 600, end_user="script")
    for n in range(40):
        logged.interactions(project, 2, name=f"of {n}", end_user=f"user-{n}", input=f"my {n}th question")
    day = doing.embedded(project, DAY)
    told = day.repeats
    assert (told["limit"], told["held"]) == (5, 1)
    assert day.sampled == 680
    assert told["over"] == 595
    assert sum(day.vectors.values_list("weight", flat=True)) == 680
    assertContains(as_(owner).get("/p/shop/drift/inputs/"), ">595</a>")
    page = as_(owner).get(f"/p/shop/drift/inputs/{DAY}/")
    assertContains(page, "Of one end user at most 5 different inputs are compared")
    assertContains(page, "1 user sent more; 595 of the drawn inputs were left out for it.")


def test_a_day_is_drawn_alike_again_and_every_input_as_likely(project):
    """Of a day that is 40 times the sample: the order is made of a part of it. Less than 5 of a quarter: 1e-6."""
    rows = [row.pk for row in logged.interactions(project, 4_000)]
    population, first = inputs.drawn(project, DAY, 100)
    again = inputs.drawn(project, DAY, 100)[1]
    assert (population, first.drawn) == (4_000, 100)
    assert [row.id for row in first.rows] == [row.id for row in again.rows]
    places = sorted(rows.index(row.id) for row in first.rows)
    assert [sum(q * 1_000 <= one < (q + 1) * 1_000 for one in places) >= 5 for q in range(4)] == [True] * 4
