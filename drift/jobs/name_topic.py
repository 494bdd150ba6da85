"""A topic's name by the language model, from its most typical inputs. A name that a person gave stays."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotator.jobs.registry import Kind
from annotator.jobs.work import PermanentError, Work
from annotator.llm import client, prices
from annotator.llm.budget import ProjectPurse
from annotator.llm.failures import Failure, OverBudget
from annotator.models import Job
from drift.models import Topic
from drift.queries.map_dots import nearest_of
from drift.services.topics import NAME
from drift.topics import naming


def run(work: Work) -> None:
    """Arguments: {"topic": id}. Asked again after it was killed it may cost a second call, and names once."""
    topic = Topic.objects.filter(pk=work.arguments["topic"]).first()
    if topic is None:
        raise PermanentError(_("The topic is gone."))
    rows = nearest_of(topic, naming.MOST_TEXTS)
    texts = [one.interaction.input_preview for one in rows if one.interaction]
    if not texts:
        raise PermanentError(_("Its inputs are gone from the log: there is nothing to name it by."))
    with work.keep_alive():
        name = _asked(topic, texts)
    with work.chunk() as chunk:
        work.result = {"named": Topic.objects.filter(pk=topic.pk, named_by=None).update(name=name)}
        chunk.last = True


def _asked(topic: Topic, texts: list[str]) -> str:
    ask = naming.ask_of(texts, topic.keywords, prices.DEFAULT)
    try:
        answer = client.connected().ask(
            ask, deadline=client.unhurried(), purse=ProjectPurse(topic.project_id)
        )
        return naming.read(answer.value)
    except OverBudget as error:
        raise PermanentError(_("The day’s budget for the language model is used up.")) from error
    except (Failure, naming.NoName) as error:
        raise PermanentError(_("The language model gave no name.")) from error


def page(job: Job) -> str:
    return reverse("drift-topic", args=[job.project.slug, job.arguments["topic"]]) if job.project else ""


KIND = Kind(NAME, run, title=gettext_lazy("Name a topic"), result_url=page)
