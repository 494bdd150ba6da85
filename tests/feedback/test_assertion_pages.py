"""The pages of assertions: from an item, tried on what is labelled, saved, beside what people say."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from annotator.models import Item, Job, Label, Place
from annotator.services import adjudication
from annotator.services.raters import rater_of
from feedback.assertions.outcome import failed
from feedback.models import Assertion, AssertionDay, AssertionVersion
from feedback.queries import labelled as labels
from feedback.services import assertions, dry_run, sightings
from feedback.services.assertion_results import Said, store
from tests import make
from tests.feedback.asserted import assertion, labelled
from tests.feedback.logged import DAY, interactions

pytestmark = pytest.mark.django_db
HOME = "/p/shop/assertions/"
NEW = f"{HOME}new/"
FORM = {"kind": "lacks", "name": "No roses", "set_phrases": "rose", "share": "100"}


def text(answer) -> str:
    return answer.content.decode()


class TestTheForm:
    def test_from_an_item_with_its_feature_and_what_was_marked(self, project, owner, annotator, as_):
        queue = labelled(project, annotator, bad=["A rose is a rose"], feature="poems")
        interactions(project, 1, feature="search")
        item = queue.items.get()
        Label.objects.update(marks=[{"part": "output", "start": 2, "end": 6, "kind": "wrong"}])
        browser = as_(annotator)
        link = f"{NEW}?item={item.pk}"

        assert link in text(browser.get(reverse("queue-item", args=["shop", queue.pk, item.pk])))
        kinds = text(browser.get(link))
        assert f"?kind=lacks&amp;item={item.pk}" in kinds
        assert "?kind=judge" not in kinds  # an owner's
        form = browser.get(f"{link}&kind=lacks").context["form"]
        assert form["set_phrases"].initial == form.get_initial_for_field(
            form.fields["set_phrases"], "set_phrases"
        )
        assert form.initial == {"features": ["poems"], "mode": None, "set_phrases": "rose"}
        assert [value for value, _ in form.fields["features"].choices] == ["poems", "search"]

    def test_is_tried_before_it_is_saved(self, project, annotator, as_):
        labelled(
            project,
            annotator,
            bad=["a rose", "roses", "a thorn"],
            good=["a lily", "the rose garden", "x", "y", "z"],
        )
        browser = as_(annotator)
        tried = browser.post(NEW, {**FORM, "do": "try"})

        assert tried.status_code == 200
        tally = tried.context["run"].tally
        assert tally.counts == {"bad": {"failed": 2, "passed": 1}, "good": {"failed": 1, "passed": 4}}
        assert tally.coverage.value == pytest.approx(2 / 3)
        assert (round(tally.coverage.low, 3), round(tally.coverage.high, 3)) == (0.208, 0.939)
        assert tally.false_failures.value == pytest.approx(1 / 5)
        assert [one.output for one in tried.context["items"]["wrong"]] == ["the rose garden"]
        assert [one.output for one in tried.context["items"]["missed"]] == ["a thorn"]
        assert 'value="save"' in text(tried)
        assert not Assertion.objects.exists()
        saved = browser.post(NEW, {**FORM, "do": "save"}, follow=True)
        made = AssertionVersion.objects.select_related("assertion").get()
        assert saved.redirect_chain == [(f"{HOME}a/no-roses/", 302)]
        assert (made.assertion.key, made.number, made.settings["phrases"]) == ("no-roses", 1, ["rose"])
        assert Job.objects.get(kind="assertions.measure").arguments == {"version": made.pk}

    def test_only_of_its_features(self, project, owner, as_):
        interactions(project, 1, feature="poems")
        labelled(project, owner, bad=["a rose"], feature="poems")
        labelled(project, owner, bad=["a rose"] * 3, feature="search")
        tried = as_(owner).post(NEW, {**FORM, "features": ["poems"], "do": "try"})

        assert tried.context["run"].tally.n == 1

    def test_what_is_wrong_is_said_at_its_field(self, project, owner, as_):
        browser = as_(owner)
        empty = browser.post(NEW, {**FORM, "set_phrases": " ", "name": ""})
        pattern = browser.post(NEW, {"kind": "pattern", "name": "P", "set_pattern": "(", "share": "100"})
        schema = browser.post(
            NEW,
            {"kind": "json_schema", "name": "S", "share": "0", "set_schema": '{"$ref": "https://a.example"}'},
        )

        assert [one.status_code for one in (empty, pattern, schema)] == [422] * 3
        assert set(empty.context["form"].errors) == {"name", "set_phrases"}
        assert "no regular expression" in str(pattern.context["form"].errors["set_pattern"])
        assert "Nothing is fetched" in str(schema.context["form"].errors["set_schema"])
        assert "share" in schema.context["form"].errors

    def test_a_name_that_is_taken(self, project, owner, as_):
        assertion(project, "no-roses")

        assert as_(owner).post(NEW, {**FORM, "do": "save"}).status_code == 422

    def test_a_dry_run_ends_after_its_time(self, project, owner, as_, monkeypatch):
        labelled(project, owner, bad=["a rose"] * 5)
        monkeypatch.setattr(dry_run, "SECONDS", 0)
        tried = as_(owner).post(NEW, {**FORM, "do": "try"})

        assert (tried.context["run"].looked, tried.context["run"].cut) == (1, True)

    def test_what_runs_code_or_costs_money_is_an_owners_and_begins_switched_off(
        self, project, owner, annotator, as_, settings
    ):
        sent = {"kind": "execution", "name": "Runs", "share": "100", "set_seconds": "2", "do": "save"}

        assert as_(annotator).post(NEW, sent).status_code == 403
        warned = as_(owner).get(f"{NEW}?kind=execution")
        assert "ASSERTIONS_EXECUTE=1" in text(warned)
        assert "reach no network" in text(warned)
        as_(owner).post(NEW, sent)
        assert Assertion.objects.get().enabled is False
        assert as_(annotator).post(f"{HOME}a/runs/switch/", {"do": "on"}).status_code == 403
        as_(owner).post(f"{HOME}a/runs/switch/", {"do": "on"})
        assert Assertion.objects.get().enabled is True

    def test_shows_what_it_is_made_from_and_text_is_text(self, project, owner, as_):
        queue = labelled(project, owner, bad=["a **rose** <script>alert(1)</script>"])
        queue.items.update(input="Which <img src=x onerror=alert(1)>?")
        item = queue.items.get()
        [row] = interactions(project, 1, input="Which flower?", output="A thistle")
        browser = as_(owner)
        page = text(browser.get(f"{NEW}?kind=lacks&item={item.pk}"))

        assert "<strong>rose</strong>" in page  # as on the item's own page
        assert "<script>alert" not in page
        assert "<img" not in page
        assert page.index("<strong>rose</strong>") < page.index('class="assert-form"')
        assert re.search(r"<details[^>]*>\s*<summary><h3>Input</h3>.*Which &lt;img", page, re.DOTALL)
        logged = text(browser.get(f"{NEW}?kind=lacks&interaction={row.pk}"))
        assert "A thistle" in logged
        assert f"/p/shop/log/{row.pk}/" in logged
        assertion(project, item=item)
        assert "<strong>rose</strong>" in text(browser.get(f"{HOME}a/no-rose/edit/"))
        assert "The output that it is made from" not in text(browser.get(f"{NEW}?kind=lacks"))

    @pytest.mark.parametrize(
        ("output", "sent", "said"),
        [
            ("a rose", {}, "It catches this output. “rose” is in it."),
            ("a thorn", {}, "It does not catch this output."),
            (
                "a rose",
                {"features": ["search"]},
                "It says nothing of this output. It does not run on its feature.",
            ),
            (
                "x",
                {"kind": "language", "set_languages": "ko"},
                "It cannot tell of this output. It is too short to tell its language.",
            ),
            (
                "x",
                {"kind": "equals"},
                "It says nothing of this output. Nothing is expected of it.",
            ),
        ],
    )
    def test_a_dry_run_says_first_whether_that_very_output_is_caught(
        self, project, owner, as_, output, sent, said
    ):
        queue = labelled(project, owner, bad=[output], good=["a lily"], feature="poems")
        interactions(project, 1, feature="search")
        [row] = interactions(project, 1, feature="poems", input="?", output=output)
        for source in ({"item": queue.items.first().pk}, {"interaction": row.pk}):
            page = text(as_(owner).post(NEW, {**FORM, "do": "try", **source, **sent}))

            first = page[page.index('id="dry-run"') : page.index("On what is labelled")]
            assert " ".join(strip_tags(first).split()).endswith(f">{said}")
            for name, value in source.items():
                assert f'name="{name}" value="{value}"' in page

    def test_it_does_not_tell_an_annotator_what_others_expect_of_it(self, project, owner, annotator, as_):
        queue = labelled(project, owner, bad=["a thorn"])
        queue.overlap = 2
        queue.save()
        item = queue.items.get()
        sightings.expect(item, rater_of(project, owner), "a rose")
        sent = {**FORM, "kind": "equals", "item": item.pk, "do": "try"}

        assert "It catches this output." in text(as_(owner).post(NEW, sent))
        assert "It says nothing of this output." in text(as_(annotator).post(NEW, sent))

    def test_another_projects_item_is_not_found(self, project, owner, stranger, as_):
        theirs = make.queue(stranger.projects.get(), items=1).items.get()

        assert as_(owner).get(f"{NEW}?item={theirs.pk}").status_code == 404


class TestAnEdit:
    def test_of_the_settings_makes_a_version_and_of_the_name_none(self, project, owner, as_):
        assertion(project)
        page = f"{HOME}a/no-rose/"
        browser = as_(owner)
        browser.post(f"{page}edit/", {"name": "Roses", "set_phrases": "rose", "share": "50", "do": "save"})
        found = Assertion.objects.get()
        assert (found.name, found.share, found.versions.count()) == ("Roses", 0.5, 1)
        browser.post(
            f"{page}edit/", {"name": "Roses", "set_phrases": "rose\nthorn", "share": "50", "do": "save"}
        )
        assert [one.number for one in found.versions.all()] == [2, 1]
        shown = browser.get(f"{page}edit/").context["form"]
        assert (shown["share"].value(), shown["set_phrases"].value()) == (50, "rose\nthorn")

    def test_retired_it_stays_and_comes_back(self, project, owner, as_):
        assertion(project)
        browser = as_(owner)
        browser.post(f"{HOME}a/no-rose/retire/")
        assert "retired" in text(browser.get(f"{HOME}a/no-rose/"))
        assert "No rose" in text(browser.get(HOME))
        browser.post(f"{HOME}a/no-rose/retire/", {"do": "bring-back"})
        assert Assertion.objects.get().retired_at is None


class TestOnePage:
    def test_beside_what_people_say(self, project, owner, as_):
        rule = assertion(project)
        labelled(
            project, owner, bad=["a rose"] * 12 + ["a thorn"] * 4, good=["a lily"] * 18 + ["a rose"] * 12
        )
        tally = dry_run.tallied("lacks", rule.settings, labels.with_texts(labels.found(project, [])))
        dry_run.keep(rule, tally, {"value": 0.31, "low": 0.05, "high": 0.57, "reason": None})
        page = text(as_(owner).get(f"{HOME}a/no-rose/"))

        assert "fails more than 10 % of what people call good" in page
        assert "12 of 16 bad items" in page
        assert "12 of 30 good items" in page
        assert "0.31" in page
        assert "needs a rewrite" in text(as_(owner).get(HOME))

    def test_over_time_by_version_with_what_failed(self, project, owner, as_, django_assert_max_num_queries):
        rule = assertion(project)
        rows = interactions(project, 3, output_preview="A rose", input_preview="Which?")
        store(
            project.pk,
            [Said(rule, row.pk, DAY, failed("“%(phrase)s” is in it.", phrase="rose")) for row in rows]
            + [Said(rule, uuid4(), DAY, failed("“%(phrase)s” is in it.", phrase="rose"))],
        )
        AssertionDay.objects.create(version=rule, day=DAY - timedelta(days=1), passed=96, failed=4)
        second = assertions.change(rule.assertion, settings={**rule.settings, "phrases": ["thorn"]})
        AssertionDay.objects.create(version=second, day=timezone.now().date(), passed=10)
        browser = as_(owner)
        with django_assert_max_num_queries(12):
            answer = browser.get(f"{HOME}a/no-rose/")

        assert [
            (one.version, one.counted.n, one.counted.counts["failed"]) for one in answer.context["times"]
        ] == [
            (1, 100, 4),
            (1, 4, 4),
            (2, 10, 0),
        ]
        assert answer.context["failed"] == []  # of the version in force
        Assertion.objects.update(retired_at=timezone.now())
        assert as_(owner).get(f"{HOME}a/no-rose/").status_code == 200

    def test_reasons_are_told_and_a_lost_interaction_is_said(self, project, owner, as_):
        rule = assertion(project)
        [row] = interactions(project, 1, output_preview="A rose")
        lost = failed("“%(phrase)s” is in it.", phrase="<b>rose</b>")
        store(project.pk, [Said(rule, one, DAY, lost) for one in (row.pk, UUID(int=5))])
        page = text(as_(owner).get(f"{HOME}a/no-rose/"))

        assert f"/p/shop/log/{row.pk}/" in page
        assert "no longer in the log" in page
        assert "&lt;b&gt;rose" in page

    def test_an_interaction_tells_what_it_failed(self, project, owner, as_):
        rule = assertion(project)
        [row] = interactions(project, 1)
        store(project.pk, [Said(rule, row.pk, DAY, failed("“%(phrase)s” is in it.", phrase="rose"))])
        page = text(as_(owner).get(f"/p/shop/log/{row.pk}/"))

        assert f"{HOME}a/no-rose/" in page
        assert "“rose” is in it." in page

    def test_the_call_is_copied_and_an_owner_makes_its_key(self, project, owner, annotator, as_):
        assertion(project)
        page = text(as_(owner).get(f"{HOME}a/no-rose/"))

        copied = re.search(r'data-copy="([^"]+)"', page)
        assert copied
        assert f'<pre class="secret" id="{copied[1]}">curl ' in page
        assert "/p/shop/keys/?scope=check" in page
        assert "/p/shop/keys/" not in text(as_(annotator).get(f"{HOME}a/no-rose/"))

    def test_who_is_still_to_answer_does_not_learn_what_others_said(
        self, project, owner, annotator, viewer, as_
    ):
        queue = labelled(project, owner, bad=["a rose"], good=["rose water"])
        queue.overlap = 2
        queue.save()
        rule = assertion(project)
        dry_run.keep(
            rule, dry_run.tallied("lacks", rule.settings, labels.with_texts(labels.found(project, [])))
        )

        def told(person):
            tried = as_(person).post(NEW, {**FORM, "do": "try"}) if person != viewer else None
            shown = as_(person).get(f"{HOME}a/no-rose/").context["items"]
            return (tried and tried.context["run"].tally.n, len(shown["wrong"]))

        assert told(owner) == (2, 1)
        assert told(viewer) == (None, 1)
        assert told(annotator) == (0, 0)
        first = queue.labels.order_by("pk").first()
        Label.objects.create(
            queue=queue,
            item=first.item,
            question=first.question,
            question_version=first.question_version,
            rater=rater_of(project, annotator),
            answer="no",
            idempotency_key="own",
        )
        assert told(annotator) == (1, 0)

    def test_nor_does_who_may_still_be_asked_to_decide_between_them(self, project, owner, annotator, as_):
        queue = labelled(project, owner, bad=["a rose"], good=["rose water", "rose oil"])
        queue.overlap, queue.closed_at = 2, timezone.now()
        queue.save()
        into = adjudication.make_adjudication(queue=queue)
        disputed = queue.items.get(external_id="1")
        copy = Item.objects.create(
            queue=into, external_id="copy", output="rose water", copy_of=disputed, position=1
        )
        place = Place.objects.create(queue=into, item=copy, position=1, n=1)

        def told(person):
            tried = as_(person).post(NEW, {**FORM, "do": "try"})
            return sorted(one.output for one in tried.context["items"]["wrong"])

        assert told(owner) == ["rose oil", "rose water"]
        assert told(annotator) == ["rose oil"]
        place.done_at = timezone.now()
        place.save()
        assert told(annotator) == ["rose oil", "rose water"]


class TestTheList:
    def test_nudges_to_three_criteria_a_feature(self, project, owner, as_):
        interactions(project, 1, feature="search")
        interactions(project, 1, feature="poems")
        assertion(project, "everywhere")
        for key in ("one", "two"):
            assertion(project, key, features=["poems"])
        page = as_(owner).get(HOME)

        assert [(one.feature, one.has) for one in page.context["nudges"]] == [("search", 1)]

    def test_costs_the_same_however_many(self, project, owner, as_, django_assert_max_num_queries):
        for n in range(12):
            rule = assertion(project, f"a-{n}")
            AssertionDay.objects.create(version=rule, day=timezone.now().date(), passed=n)
        browser = as_(owner)
        with django_assert_max_num_queries(12):
            page = browser.get(HOME)
        assert len(page.context["rows"]) == 12
        assert page.context["rows"][0].lately.n == 0

    def test_empty_it_says_what_to_do(self, project, owner, viewer, as_):
        assert "Make the first assertion" in text(as_(owner).get(HOME))
        assert "Owners and annotators make them" in text(as_(viewer).get(HOME))


def test_a_label_that_was_followed_counts_no_more(project, owner):
    queue = labelled(project, owner, good=["a rose"])
    label = queue.labels.get()
    Label.objects.create(
        queue=queue,
        item=label.item,
        question=label.question,
        question_version=label.question_version,
        rater=label.rater,
        answer="no",
        supersedes=label,
        idempotency_key="changed",
    )

    assert [bad for _item, bad in labels.found(project, [])] == [True]
