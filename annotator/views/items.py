"""The items of a queue: a list by pages, and what becomes of those that are held back."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from annotator import access
from annotator.forms.items import HeldForm, ItemsForm
from annotator.models import Membership, Queue, QueueKind, Role, User
from annotator.queries import items as query
from annotator.services import held
from annotator.views.queue_page import head
from annotator.web.item_rows import finding_kind, shown_row
from annotator.web.request import PersonRequest

STEPS = 100  # a search goes on by itself this many times; then it asks


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def items(request: PersonRequest, slug: str, queue_id: UUID) -> HttpResponse:
    """`?which=…&q=…` narrows, `?after=POSITION.ID` pages on. POST decides about held items."""
    deciding = request.method == "POST"
    me = access.membership(request.user, slug, access.OWNERS if deciding else access.ANYBODY)
    queue = access.queue_of(me.project, queue_id)
    if deciding:
        _decide(request, queue)
        return redirect(request.get_full_path())
    page = head(me, queue, "items")
    blind = access.is_blind(me, queue, finished=page["finished"])
    form = ItemsForm(request.GET, hidden=_hidden(me, blind=blind))
    # Gold items have no places: among others with a count, one without would give itself away.
    counts = me.role != Role.ANNOTATOR or queue.gold_rate == 0
    page |= {"blind": blind, "form": form, "counts": counts}
    if not form.is_valid():
        return render(request, "annotator/queue_items.html", page, status=400)
    page |= _list(me, queue, form, only_of=request.user if blind else None)
    if request.htmx and form.cleaned_data["step"]:
        return render(request, "annotator/queue_items.html#rows", page)
    text, which = form.cleaned_data["q"], form.cleaned_data["which"]
    page["exact"] = query.named(queue, text, copies=_copies(me, queue)) if text else None
    page["filters"] = [(name, form.query(which=key), key == which) for key, name in form.names.items()]
    if which == "held":
        page["waiting"] = [(kind, finding_kind(kind), n) for kind, n in held.waiting(queue).items()]
    return render(request, "annotator/queue_items.html", page)


def _hidden(me: Membership, *, blind: bool) -> set[str]:
    """Gold measures annotators; and who is still asked sees no answers of others."""
    return ({"gold"} if me.role == Role.ANNOTATOR else set()) | ({"disputed"} if blind else set())


def _copies(me: Membership, queue: Queue) -> bool:
    return me.role != Role.ANNOTATOR or queue.kind != QueueKind.PAIRWISE


def _list(me: Membership, queue: Queue, form: ItemsForm, *, only_of: User | None) -> dict[str, object]:
    annotator = me.role == Role.ANNOTATOR
    where = query.Where(
        which=form.cleaned_data["which"],
        text=form.cleaned_data["q"],
        only_of=only_of,
        copies=_copies(me, queue),
        gold_as_others=annotator,
    )
    after = form.place()
    found = query.page_of(queue, where, after=after) if after else query.page_of(queue, where)
    step = (form.cleaned_data["step"] or 0) + 1
    keep_looking = None
    if found.searched_to:
        keep_looking = form.query(after="{}.{}".format(*found.searched_to), step=step)
    return {
        "rows": [shown_row(row, queue, secret=annotator) for row in found.rows],
        "next": form.query(after="{}.{}".format(*found.last)) if found.last else None,
        "keep_looking": keep_looking,
        "by_itself": step < STEPS,
        "beginning": form.query() if after else None,
    }


def _decide(request: HttpRequest, queue: Queue) -> None:
    form = HeldForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was decided: choose an item, or a kind of finding."))
        return
    one, kind = form.cleaned_data["item"], form.cleaned_data["kind"]
    which = [one] if one else held.waiting_for(queue, kind)
    if len(which) == held.MOST:
        messages.info(
            request, _("These are the first %(n)s. Press the button again for the next.") % {"n": held.MOST}
        )
    if form.cleaned_data["do"] == "ask":
        done = held.ask_anyway(queue, which)
        words = ngettext(
            "%(n)s item is asked like all others now.", "%(n)s items are asked like all others now.", done
        )
    else:
        done = held.leave_out(queue, which)
        words = ngettext("%(n)s item is left out.", "%(n)s items are left out.", done)
    messages.success(request, words % {"n": done})
