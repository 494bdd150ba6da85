"""Nothing typed is lost: answers outlive the network, the server, the page and the login."""

import signal
from uuid import UUID

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from playwright.sync_api import expect

from annotator.models import Label, Membership
from tests import make
from tests.browser.conftest import sign_in
from tests.browser.labeling import (
    answers,
    back_online,
    open_screen,
    path,
    press,
    standing,
    wait_for_item,
    wait_saved,
)

LOST = (
    r"ERR_INTERNET_DISCONNECTED",
    r"ERR_CONNECTION_REFUSED",
    r"ERR_EMPTY_RESPONSE",
    r"ERR_CONNECTION_RESET",
)


@pytest.fixture
def queue(project):
    return make.queue(project, items=9)


def answer(page, keys: str, *, first: int = 0) -> None:
    """One key after the other, each when its item is there."""
    for n, key in enumerate(keys, first):
        wait_for_item(page, n)
        press(page, key)


def test_offline_for_a_while(queue, annotator, page_of, guard):
    guard.allow(*LOST)
    page = open_screen(page_of(annotator), queue)
    page.context.set_offline(True)
    answer(page, "yny")
    press(page, "u", then=2)
    press(page, "y", then=3)
    expect(page.locator("#saved")).to_have_text("5 unsent")
    expect(page.get_by_role("alert")).to_contain_text("the server does not answer")
    assert answers(queue) == []

    page.context.set_offline(False)
    wait_saved(page)
    expect(page.locator("#trouble")).to_be_hidden()
    assert standing(queue) == {"item-0": "yes", "item-1": "no", "item-2": "yes"}
    assert Label.objects.filter(queue=queue).count() == 5


def test_reload_with_unsent_answers(queue, annotator, page_of, guard):
    guard.allow(r"Failed to load resource")
    page = open_screen(page_of(annotator), queue)
    page.route("**/api/v1/labels", lambda route: route.abort())
    answer(page, "yn")
    expect(page.locator("#saved")).to_have_text("2 unsent")
    page.reload()
    wait_for_item(page, 2)  # what is answered does not come again
    expect(page.locator("#progress")).to_have_text("3 of 9")
    expect(page.locator("#saved")).to_have_text("2 unsent")
    page.unroute("**/api/v1/labels")
    back_online(page)
    wait_saved(page)
    assert answers(queue) == [("item-0", "yes"), ("item-1", "no")]


def test_an_answer_that_came_back_too_late_is_stored_once(queue, annotator, page_of, guard):
    """The server has it, the network lost the reply: the same key goes out again."""
    guard.allow(r"Failed to load resource")
    page = open_screen(page_of(annotator), queue)
    lost = []

    def lose(route) -> None:
        if len(lost) < 2:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/api/v1/labels", lose)
    answer(page, "y")
    wait_saved(page)
    assert lost == [200, 200] or lost == [201, 200]
    assert answers(queue) == [("item-0", "yes")]


def close_unsent(page) -> None:
    """Close a tab that did not get its answers through; a try that it makes while it goes would."""
    page.evaluate("for (let n = setTimeout(() => {}); n > 0; n--) clearTimeout(n)")
    page.wait_for_timeout(200)  # what is on its way has failed, too
    page.close()


def test_a_closed_tab_is_made_up_for_by_any_other_page(queue, annotator, window, guard):
    guard.allow(r"Failed to load resource")
    browser = window(annotator)
    page = open_screen(browser.new_page(), queue)
    page.route("**/api/v1/labels", lambda route: route.abort())
    answer(page, "yy")
    expect(page.locator("#saved")).to_have_text("2 unsent")
    close_unsent(page)
    assert answers(queue) == []

    other = browser.new_page()
    with other.expect_response("**/api/v1/labels") as sent:
        other.goto("/account/")
    assert sent.value.ok
    assert answers(queue) == [("item-0", "yes"), ("item-1", "yes")]


def test_the_server_is_killed_in_the_middle(queue, annotator, page_of, guard, server):
    guard.allow(*LOST, r"Failed to load resource")
    page = open_screen(page_of(annotator), queue)
    answer(page, "yy")
    server.stop(signal.SIGKILL)
    try:
        answer(page, "nnn", first=2)
        expect(page.locator("#saved")).not_to_have_text("All saved")
    finally:
        server.start()
    answer(page, "yyyy", first=5)
    expect(page.get_by_role("heading", name="All done here")).to_be_visible()
    wait_saved(page)
    given = answers(queue)
    assert sorted(given) == [(f"item-{n}", "no" if n in (2, 3, 4) else "yes") for n in range(9)]


def test_an_answer_of_503_is_sent_again(queue, annotator, page_of, guard):
    guard.allow(r"503")
    page = open_screen(page_of(annotator), queue)
    busy = []

    def refuse(route) -> None:
        if busy:
            route.continue_()
        else:
            busy.append(1)
            route.fulfill(
                status=503, headers={"Retry-After": "1"}, json={"code": "unavailable", "message": "x"}
            )

    page.route("**/api/v1/labels", refuse)
    answer(page, "y")
    wait_saved(page)
    assert answers(queue) == [("item-0", "yes")]


def test_a_sign_in_page_of_some_hotel_is_not_taken_for_the_server(queue, annotator, page_of):
    page = open_screen(page_of(annotator), queue)
    page.route("**/api/v1/labels", lambda route: route.fulfill(status=200, body="<html>Welcome!</html>"))
    answer(page, "y")
    expect(page.locator("#saved")).to_have_text("1 unsent")
    page.unroute("**/api/v1/labels")
    back_online(page)
    wait_saved(page)
    assert answers(queue) == [("item-0", "yes")]


def test_a_refused_answer_is_kept_shown_and_lets_the_rest_pass(queue, annotator, page_of, guard):
    """Answered in the meantime elsewhere: 409 for one, the others go."""
    guard.allow(r"409")
    page = open_screen(page_of(annotator), queue)
    page.context.set_offline(True)
    guard.allow(*LOST)
    answer(page, "yn")
    lease = page.evaluate("""() => new Promise((resolve) => {
        const open = indexedDB.open("genba");
        open.onsuccess = () => {
            const all = open.result.transaction("answers").objectStore("answers").getAll();
            all.onsuccess = () => { open.result.close(); resolve(all.result[0].body.lease); };
        };
    })""")
    _answer_elsewhere(annotator, lease)
    page.context.set_offline(False)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("You have answered this already")
    expect(page.locator("#saved")).to_have_text("1 unsent")
    assert standing(queue) == {"item-0": "no", "item-1": "no"}

    page.get_by_role("button", name="Discard this answer").click()
    wait_saved(page)
    expect(alert).to_be_hidden()


def _answer_elsewhere(person, lease: str) -> None:
    from annotator.services import labeling

    sent = labeling.Sent(lease=UUID(lease), question="good", answer="no", idempotency_key="elsewhere")
    (result,) = labeling.submit(answers=[sent], by=person)
    assert result.status == 201


def test_answers_wait_while_the_person_is_signed_out(queue, annotator, page_of, guard, server):
    guard.allow(r"401", r"403")
    page = open_screen(page_of(annotator), queue)
    page.context.clear_cookies()
    answer(page, "yn")
    expect(page.get_by_role("alert")).to_contain_text("you are signed out")
    expect(page.locator("#saved")).to_have_text("2 unsent")
    sign_in(page.context, annotator, server)
    back_online(page)
    wait_saved(page)
    assert answers(queue) == [("item-0", "yes"), ("item-1", "no")]


def test_a_new_login_of_the_same_person_goes_on_by_itself(queue, annotator, page_of, guard):
    """Another tab signed out and in again: the page's CSRF token is old, the person is the same."""
    guard.allow(r"403", RENEWED_BY_NOBODY)
    give_password(annotator)
    page = page_of(annotator)
    sign_in_by_form(page, annotator)
    open_screen(page, queue)
    other = page.context.new_page()
    other.goto("/account/")
    sign_out(other)
    sign_in_by_form(other, annotator)
    answer(page, "y")
    wait_saved(page)
    assert answers(queue) == [("item-0", "yes")]


PHRASE = "a long enough phrase"
RENEWED_BY_NOBODY = r"401 .*/renew"  # an open page renews its hold, also while nobody is signed in


def give_password(person) -> None:
    """As the server hashes it: the tests' own hasher is another one."""
    person.password = PBKDF2PasswordHasher().encode(PHRASE, "salt")
    person.save()


def sign_in_by_form(page, person) -> None:
    page.context.clear_cookies()
    page.goto("/signin/?next=/account/")
    page.get_by_label("User name").fill(person.username)
    page.get_by_label("Password").fill(PHRASE)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/account/")


def sign_out(page) -> None:
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/signin/**")


def test_another_person_on_the_same_browser_sends_nothing_of_mine(
    queue, annotator, owner, window, server, guard
):
    guard.allow(r"403", r"Failed to load resource")
    browser = window(annotator)
    mine = open_screen(browser.new_page(), queue)
    mine.route("**/api/v1/labels", lambda route: route.abort())
    answer(mine, "yyyyy")
    expect(mine.locator("#saved")).to_have_text("5 unsent")
    close_unsent(mine)

    sign_in(browser, owner, server)
    theirs = open_screen_at(browser.new_page(), queue)
    expect(theirs.locator("#saved")).to_have_text("All saved")
    press(theirs, "n")
    wait_saved(theirs)
    assert Label.objects.filter(queue=queue, rater__user=annotator).count() == 0
    assert Label.objects.filter(queue=queue, rater__user=owner).count() == 1
    theirs.close()

    sign_in(browser, annotator, server)
    back = browser.new_page()
    with back.expect_response("**/api/v1/labels"):
        back.goto("/account/")
    assert Label.objects.filter(queue=queue, rater__user=annotator, answer="yes").count() == 5
    assert Label.objects.filter(queue=queue, rater__user=owner).count() == 1


def open_screen_at(page, queue):
    page.goto(path(queue))
    expect(page.locator("#stage [data-part=input]")).to_contain_text("Question")
    page.wait_for_timeout(50)
    return page


def test_my_open_page_sends_nothing_under_another_persons_login(queue, annotator, owner, page_of, guard):
    guard.allow(r"403", RENEWED_BY_NOBODY)
    give_password(annotator)
    give_password(owner)
    page = page_of(None)
    sign_in_by_form(page, annotator)
    open_screen(page, queue)
    other = page.context.new_page()
    other.goto("/account/")
    sign_out(other)
    sign_in_by_form(other, owner)
    answer(page, "yy")
    expect(page.get_by_role("alert")).to_contain_text("somebody else is signed in")
    expect(page.locator("#saved")).to_have_text("2 unsent")
    assert answers(queue) == []


def test_a_lost_role_keeps_the_answer_and_says_why(queue, annotator, page_of, guard):
    guard.allow(r"403")
    page = open_screen(page_of(annotator), queue)
    Membership.objects.filter(user=annotator).update(role="viewer")
    answer(page, "y")
    expect(page.get_by_role("alert")).to_contain_text("role")
    expect(page.locator("#saved")).to_have_text("1 unsent")
    assert answers(queue) == []
    Membership.objects.filter(user=annotator).update(role="annotator")
    page.get_by_role("button", name="Try again").click()
    wait_saved(page)
    assert answers(queue) == [("item-0", "yes")]


def test_signing_out_with_unsent_answers_asks_first(queue, annotator, page_of, guard):
    guard.allow(r"Failed to load resource")
    page = open_screen(page_of(annotator), queue)
    page.route("**/api/v1/labels", lambda route: route.abort())
    answer(page, "y")
    expect(page.locator("#saved")).to_have_text("1 unsent")
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    dialog = page.locator("#confirm")
    expect(dialog).to_contain_text("Not stored yet: 1.")
    dialog.get_by_role("button", name="Cancel").click()
    wait_for_item(page, 1)


def test_a_browser_that_stores_nothing_warns_and_still_sends(queue, annotator, page_of, guard):
    guard.allow(r"Failed to load resource")
    page = page_of(annotator)
    page.add_init_script(
        "Object.defineProperty(window, 'indexedDB', {get() { throw new Error('blocked'); }})"
    )
    open_screen(page, queue)
    answer(page, "y")
    wait_saved(page)
    expect(page.get_by_role("alert")).to_contain_text("do not close it")
    page.route("**/api/v1/labels", lambda route: route.abort())
    answer(page, "n", first=1)
    expect(page.locator("#saved")).to_have_text("1 unsent")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/account/")
    assert asked == ["beforeunload"]
    assert answers(queue) == [("item-0", "yes")]


def _close_the_database(page, how: str) -> None:
    """What makes the browser end every page's connection."""
    ends = {
        "a newer version of the page": "indexedDB.open('genba', 2)",
        "another page that deletes it": "indexedDB.deleteDatabase('genba')",
    }
    if how in ends:
        other = page.context.new_page()
        other.goto("/account/")
        other.evaluate(
            f"new Promise((go) => {{ const asked = {ends[how]};"
            " asked.onsuccess = () => { asked.result?.close(); go(); }; })"
        )
        other.close()
    else:
        session = page.context.new_cdp_session(page)
        origin = page.evaluate("location.origin")
        session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "indexeddb"})


@pytest.mark.parametrize(
    "how",
    ["a newer version of the page", "another page that deletes it", "the person clears the site's data"],
)
def test_answers_survive_the_end_of_the_browsers_database(queue, annotator, page_of, guard, how):
    guard.allow(r"Failed to load resource")
    page = open_screen(page_of(annotator), queue)
    press(page, "y", then=1)
    wait_saved(page)
    page.context.route("**/api/v1/labels", lambda route: route.abort())
    answer(page, "n", first=1)
    expect(page.locator("#saved")).to_have_text("1 unsent")
    page.wait_for_timeout(200)  # written

    _close_the_database(page, how)
    answer(page, "yn", first=2)
    expect(page.locator("#saved")).to_have_text("3 unsent")
    expect(page.get_by_role("alert")).to_contain_text("keeps nothing")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.evaluate("location.assign('/account/')")
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]

    page.context.unroute("**/api/v1/labels")
    back_online(page)
    wait_saved(page)
    answer(page, "y", first=4)
    wait_saved(page)
    assert answers(queue) == [
        ("item-0", "yes"),
        ("item-1", "no"),
        ("item-2", "yes"),
        ("item-3", "no"),
        ("item-4", "yes"),
    ]


# A disk that takes answers and gives none back.
NOTHING_IS_REMOVED = """
for (const name of ["delete", "put"]) {
  IDBObjectStore.prototype[name] = function () {
    for (const user of ["one", "other"]) this.add({ user, key: "the same twice is an error" });
  };
}
"""


def test_an_answer_that_cannot_be_removed_is_sent_once(queue, annotator, page_of):
    page = page_of(annotator)
    page.add_init_script(NOTHING_IS_REMOVED)
    sent = []
    page.on("request", lambda one: sent.append(one.url) if one.url.endswith("/api/v1/labels") else None)
    open_screen(page, queue)
    answer(page, "yn")
    wait_saved(page)
    page.wait_for_timeout(1000)
    assert len(sent) <= 2
    assert answers(queue) == [("item-0", "yes"), ("item-1", "no")]


def test_a_question_without_an_answer_does_not_stop_the_sending(queue, annotator, page_of, guard):
    """403, and then nobody says who is signed in: the request is given up, in time for all tabs."""
    guard.allow(r"403", r"Failed to load resource")
    page = page_of(annotator)
    page.add_init_script(
        "AbortSignal.timeout = ((timeout) => () => timeout.call(AbortSignal, 1500))(AbortSignal.timeout)"
    )
    open_screen(page, queue)
    hanging = []

    def hang(route) -> None:
        hanging.append(route)

    page.route("**/session/**", hang)
    page.route(
        "**/api/v1/labels",
        lambda route: (
            route.continue_()
            if hanging
            else route.fulfill(status=403, json={"code": "forbidden", "message": "x"})
        ),
    )
    answer(page, "y")
    expect(page.get_by_role("alert")).to_contain_text("the server does not answer")
    back_online(page)
    wait_saved(page)
    assert len(hanging) == 1
    assert answers(queue) == [("item-0", "yes")]
