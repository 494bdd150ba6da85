"""What is said about single dates of the rotation, what its past days were, and secret links to them."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from annotator.models import Project, User
from feedback.models.checks import VibePlan


class Holiday(models.Model):
    """A date on which nobody looks."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="holidays")
    day = models.DateField()
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["project", "day"], name="one_holiday_a_day")]


class Absence(models.Model):
    """Somebody does not look from `first` to `last`, both included."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="absences")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences")
    first = models.DateField()
    last = models.DateField()

    class Meta:
        ordering = ["first", "pk"]
        indexes = [models.Index(fields=["project", "last"], name="absences_still_to_come")]
        constraints = [
            models.CheckConstraint(condition=Q(first__lte=F("last")), name="away_from_first_to_last"),
        ]


class SwapState(models.TextChoices):
    ASKED = "asked", _("asked")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Swap(models.Model):
    """“Take my Thursday”: a cover, or a swap when a date comes in return.

    `giver` is whose date it was: None where nobody was on shift. Only an accepted one counts; of two
    about one date the one decided later.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="swaps")
    day = models.DateField()
    giver = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    taker = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    return_day = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=SwapState.choices, default=SwapState.ASKED)
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["day", "pk"]
        indexes = [models.Index(fields=["project", "day"], name="swaps_by_day")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SwapState.values), name="known_swap_state"),
            models.CheckConstraint(
                condition=~Q(giver=F("taker")) & ~Q(day=F("return_day")), name="swap_changes_something"
            ),
            models.CheckConstraint(
                condition=Q(return_day=None) | ~Q(giver=None), name="a_return_goes_to_somebody"
            ),
            models.UniqueConstraint(
                fields=["project", "day"], condition=Q(state="asked"), name="one_question_a_day"
            ),
        ]


class EndedShift(models.Model):
    """What a day of the rotation was when it ended: whatever is set later changes days to come alone.

    `why` is one of rotation.Why; `name` is of the holiday; `begins_at` is when the check came.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="ended_shifts")
    day = models.DateField()
    person = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    instead_of = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    why = models.CharField(max_length=10)
    name = models.CharField(max_length=80, blank=True)
    begins_at = models.DateTimeField()

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["project", "day"], name="a_day_ends_once")]


class MovingDays(models.Model):
    """What a rotation's next days were before `by` began to change it: there until it is told what moved."""

    plan = models.OneToOneField(VibePlan, on_delete=models.CASCADE, primary_key=True, related_name="moving")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    first = models.DateField()  # of the days
    before = models.JSONField()  # by the id of a person: their days
    due_at = models.DateTimeField()


class CalendarLink(models.Model):
    """One person's secret link to their shifts in one project. Renewed by another `nonce`."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="calendar_links")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="calendar_links")
    nonce = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "person"], name="one_calendar_link")]
