"""What is ahead in the demo's rotation: a holiday, somebody away, a day covered, two days exchanged."""

from datetime import date, datetime

from annotator.models import Membership, User
from feedback import days
from feedback.demo import words
from feedback.models import VibePlan
from feedback.services import rota

# Days from today. Of three people the first has 0, 3, 6, the second 1, 4, 7, the third 2, 5, 8.
COVERED, AWAY, HOLIDAY, GIVEN, RETURNED = 2, (2, 5), 4, 6, 8


def plan_ahead(plan: VibePlan, owner: User, dana: User, minho: User, *, now: datetime) -> None:
    """Minho is away: Dana takes one of his days, for the other the next in order stands in. Later he takes
    one of the owner's for one of his."""
    today = rota.today_of(plan, now)
    of = {row.user_id: row for row in Membership.objects.filter(project=plan.project)}
    him = of[minho.pk]

    def day(n: int) -> date:
        return today + days.DAY * n

    cover = rota.ask_swap(plan, day=day(COVERED), taker=dana, return_day=None, by=him, now=now)
    rota.answer_swap(plan, cover, accept=True, by=of[dana.pk], now=now)
    rota.add_absence(plan, person=minho, first=day(AWAY[0]), last=day(AWAY[1]), by=him, now=now)
    rota.add_holiday(plan, day=day(HOLIDAY), name=words.HOLIDAY, by=owner, now=now)
    swap = rota.ask_swap(
        plan, day=day(GIVEN), taker=minho, return_day=day(RETURNED), by=of[owner.pk], now=now
    )
    rota.answer_swap(plan, swap, accept=True, by=him, now=now)
