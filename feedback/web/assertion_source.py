"""The output that an assertion is made from, as its form shows it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from annotator.models import Item, Membership, Role
from annotator.web.render import documents_html, input_html, payload_html
from feedback.assertions.outcome import Output
from feedback.models import Interaction
from feedback.queries.assertions import features_of
from feedback.queries.labelled import texts_of
from feedback.services.checking import output_of

OPENING = 2_000  # characters of a text: the form is below it


@dataclass(frozen=True)
class Source:
    """`sent`: its name and value in addresses and in the form. `name`: an item's own."""

    sent: tuple[str, str]
    url: str
    name: str
    features: list[str]
    output: Output
    error: str = ""

    @property
    def html(self) -> SafeString:
        return payload_html(self.output.payload, error=self.error, opening=OPENING)

    @property
    def given(self) -> list[tuple[str, SafeString]]:
        """(title, what the model was given), without what is empty."""
        parts = [
            (_("Input"), input_html(self.output.input)),
            (_("Documents given to the model"), documents_html(self.output.context)),
        ]
        return [(title, html) for title, html in parts if html]


def of_item(me: Membership, item: Item) -> Source:
    """What others expected of it only where this person may know what they said."""
    texts = texts_of(me, item)
    return Source(
        ("item", str(item.pk)),
        reverse("queue-item", args=[me.project.slug, item.queue_id, item.pk]),
        item.name_for_raters(item.queue) if me.role == Role.ANNOTATOR else item.external_id,
        features_of(item),
        output_of(
            texts.output,
            input=texts.input,
            context=texts.context,
            metadata=texts.metadata,
            expected=texts.expected,
        ),
        item.error,
    )


def of_interaction(me: Membership, found: Interaction) -> Source:
    return Source(
        ("interaction", str(found.pk)),
        reverse("interaction", args=[me.project.slug, found.pk]),
        "",
        [found.feature] if found.feature else [],
        output_of(found.output, input=found.input, context=found.context, metadata=found.metadata),
        found.error,
    )
