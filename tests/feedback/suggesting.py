"""A task and its cases, for tests of suggesters."""

from annotator.llm.retries import Deadline
from feedback.suggesters.registry import Case, Choice, Example, Task

KNIVES, BOARDS, GARDEN = "Home > Kitchen > Knives", "Home > Kitchen > Boards", "Garden"
CHOICES = (
    Choice(KNIVES, "All that cuts"),
    Choice(BOARDS),
    Choice(GARDEN),
)


def task(project: int = 0, **more) -> Task:
    more.setdefault("choices", CHOICES)
    more.setdefault("name", "category")
    more.setdefault("instruction", "Where the shop shows it.")
    return Task(id=1, project=project, **more)


def case(of: Task, input: str = "A bread knife", *, seconds: float = 60.0, **more) -> Case:
    return Case(of, input, Deadline.within(seconds), **more)


def free_text(project: int = 0, **more) -> Task:
    return task(project, choices=None, name="title", instruction="A short title.", **more)


def examples(*pairs: tuple[str, str]) -> tuple[Example, ...]:
    return tuple(Example(input, value) for input, value in pairs)
