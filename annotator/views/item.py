"""One item of a queue: its texts, what people said, and how it came to that."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from annotator import access
from annotator.forms.items import GoldForm
from annotator.models import Item, Membership, QueueKind, QueueQuestion, Role, User
from annotator.queries import items as query
from annotator.queries.chains import Asked, chain_of
from annotator.queries.trail import Facts, facts_of, item_with_texts
from annotator.services import gold
from annotator.views.queue_page import head
from annotator.web import panels
from annotator.web.item_parts import marks_of, parts_of, told_marks
from annotator.web.item_rows import finding_words
from annotator.web.render import payload_html
from annotator.web.request import PersonRequest
from annotator.web.trail import Eyes, answer_words, events_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: PersonRequest, slug: str, queue_id: UUID, item_id: int) -> HttpResponse:
    """POST, by an owner: what is right for it, or `remove`: nobody knows any more."""
    posted = request.method == "POST"
    me = access.membership(request.user, slug, access.OWNERS if posted else access.ANYBODY)
    queue = access.queue_of(me.project, queue_id)
    found = item_with_texts(queue, item_id)
    if found is None:
        raise Http404
    found.queue = queue
    chain = chain_of(queue)
    form = _gold_form(request, found, chain) if me.role == Role.OWNER else None
    if form is not None and posted and _settle(request, found, form):
        return redirect("queue-item", slug, queue.pk, found.pk)
    page = head(me, queue, "items")
    blind = access.is_blind(me, queue, finished=page["finished"])
    page |= _page(me, found, chain, only_of=request.user if blind else None) | {"gold_form": form}
    return render(request, "annotator/queue_item.html", page, status=422 if posted else 200)


def _page(me: Membership, item: Item, chain: Sequence[Asked], *, only_of: User | None) -> dict[str, Any]:
    queue, annotator = item.queue, me.role == Role.ANNOTATOR
    if annotator:
        item.external_id = item.name_for_raters(queue)
    facts = facts_of(item, only_of=only_of)
    told = not annotator or (facts.is_answered and only_of is None)
    eyes = Eyes(variants=told, prelabels=told)
    marks = marks_of(facts.standing, me.project)
    before, after = query.neighbours(queue, item, copies=not annotator or queue.kind != QueueKind.PAIRWISE)
    return {
        "item": item,
        "parts": parts_of(item, marks, variants=told),
        "marks": told_marks(item, marks),
        "metadata_html": _metadata(item, told=told),
        "events": events_of(facts, eyes, {asked.id: asked.text for asked in chain}, timezone.now()),
        "blind": only_of is not None,
        "findings": [finding_words(one) for one in item.findings or ()] if item.held else [],
        "gold": None if annotator else _gold(item, chain),
        "prelabels": _prelabels(facts, chain) if told else [],
        "mirrors": [] if annotator else facts.mirrors,
        "copies": not annotator,
        "source": panels.item_url(me.project, item),
        "before": before,
        "after": after,
    }


def _metadata(item: Item, *, told: bool) -> str:
    """Of a pair it may tell what made which side."""
    if not item.metadata or (item.queue.kind == QueueKind.PAIRWISE and not told):
        return ""
    return payload_html(item.metadata)


def _gold(item: Item, chain: Sequence[Asked]) -> list[tuple[str, str]]:
    right = item.gold or {}
    return [
        (asked.text, answer_words(right[asked.key], item, variants=True))
        for asked in chain
        if asked.key in right
    ]


def _prelabels(facts: Facts, chain: Sequence[Asked]) -> list[tuple[str, str, str, float | None]]:
    texts = {asked.id: asked.text for asked in chain}
    return [
        (
            texts.get(one.question_id, ""),
            answer_words(one.answer, facts.item, variants=True),
            one.rater.name,
            None if one.confidence is None else 100 * one.confidence,
        )
        for one in facts.prelabels
    ]


def _gold_form(request: PersonRequest, item: Item, chain: Sequence[Asked]) -> GoldForm:
    steps: list[QueueQuestion] = list(item.queue.chain.select_related("question").order_by("position", "pk"))
    texts = {asked.key: asked.text for asked in chain}
    data = request.POST if request.method == "POST" else None
    return GoldForm(data, steps, texts, initial=item.gold or {})


def _settle(request: PersonRequest, item: Item, form: GoldForm) -> bool:
    if "remove" in request.POST:
        gold.no_longer_gold(item)
        messages.success(request, _("It is no longer gold, and asked like all others."))
        return True
    if not form.is_valid():
        return False
    try:
        gold.make_gold(item, form.right())
    except gold.NotGold as why:
        form.refuse(why)
        return False
    messages.success(request, _("It is gold now: people are measured by it."))
    if item.queue.gold_rate == 0:
        messages.info(request, _("Nobody is asked gold items yet: their share is 0 % in the queue’s set-up."))
    return True
