"""Routes of the log and the vibe check. Each needs a row in tests/routes.csv."""

from datetime import date

from django.urls import path, register_converter

from feedback.views import (
    assertions,
    better,
    calendar,
    calendar_feed,
    check_panels,
    check_plan,
    checks,
    digests,
    from_log,
    imports,
    log,
    modes,
    notices,
    repeats,
    suggestion_tasks,
    suites,
    widgets,
)


class DayConverter:
    """A calendar day, `2026-11-23`."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)  # ValueError: no such route, 404

    def to_url(self, value: date | str) -> str:
        return value if isinstance(value, str) else value.isoformat()


register_converter(DayConverter, "day")

urlpatterns = [
    path("p/<slug:slug>/log/", log.log, name="log"),
    path("p/<slug:slug>/log/panel/", log.panel, name="log-panel"),
    path("p/<slug:slug>/log/item/<int:item_id>/", log.source, name="item-source"),
    path("p/<slug:slug>/log/to-queue/", from_log.to_queue, name="log-to-queue"),
    path("p/<slug:slug>/queues/<uuid:queue_id>/from-log/", from_log.from_log, name="queue-from-log"),
    path("p/<slug:slug>/log/repeats/", repeats.repeats, name="log-repeats"),
    path("p/<slug:slug>/log/repeats/<uuid:interaction_id>/", repeats.runs, name="log-runs"),
    path("p/<slug:slug>/log/import/", imports.new, name="log-import"),
    path("p/<slug:slug>/log/import/<uuid:upload_id>/", imports.upload, name="log-import-file"),
    path("p/<slug:slug>/log/import/<uuid:upload_id>/discard/", imports.discard, name="log-import-discard"),
    path(
        "p/<slug:slug>/log/import/<uuid:upload_id>/rejects.jsonl", imports.rejects, name="log-import-rejects"
    ),
    path("p/<slug:slug>/log/<uuid:interaction_id>/", log.interaction, name="interaction"),
    path("p/<slug:slug>/better/", better.better, name="better"),
    path("p/<slug:slug>/checks/", checks.checks, name="checks"),
    path("p/<slug:slug>/checks/plan/", check_plan.plan, name="check-plan"),
    path("p/<slug:slug>/checks/plan/rotation/", check_plan.rotation, name="check-rotation"),
    path("p/<slug:slug>/checks/plan/days/", check_plan.looked_at, name="check-days"),
    path("p/<slug:slug>/checks/calendar/", calendar.calendar, name="check-calendar"),
    path("p/<slug:slug>/checks/calendar/away/", calendar.away, name="calendar-away"),
    path(
        "p/<slug:slug>/checks/calendar/away/<int:absence_id>/remove/",
        calendar.away_remove,
        name="calendar-away-remove",
    ),
    path("p/<slug:slug>/checks/calendar/holidays/", calendar.holidays, name="calendar-holidays"),
    path(
        "p/<slug:slug>/checks/calendar/holidays/<int:holiday_id>/remove/",
        calendar.holiday_remove,
        name="calendar-holiday-remove",
    ),
    path("p/<slug:slug>/checks/calendar/swaps/", calendar.swaps, name="calendar-swaps"),
    path("p/<slug:slug>/checks/calendar/swaps/<int:swap_id>/", calendar.swap, name="calendar-swap"),
    path("p/<slug:slug>/checks/calendar/link/", calendar.link, name="calendar-link"),
    path("calendar/<str:feed>.ics", calendar_feed.calendar_feed, name="calendar-feed"),
    path("p/<slug:slug>/notices/", notices.notices, name="notices"),
    path("p/<slug:slug>/notices/channels/<int:channel_id>/", notices.channel, name="notice-channel"),
    path("p/<slug:slug>/notices/deliveries/<uuid:delivery_id>/resend/", notices.resend, name="notice-resend"),
    path("p/<slug:slug>/checks/panel/", check_panels.panel, name="checks-panel"),
    path("p/<slug:slug>/checks/queue/<uuid:queue_id>/end/", check_panels.end, name="check-end"),
    path("p/<slug:slug>/checks/<day:day>/", checks.check, name="check"),
    path("p/<slug:slug>/checks/<day:day>/note/", checks.note, name="check-note"),
    path("p/<slug:slug>/checks/<day:day>/draw/", checks.draw, name="check-draw"),
    path("checks/mine/", check_panels.mine, name="my-checks"),
    path("p/<slug:slug>/suggestions/", suggestion_tasks.tasks, name="suggestions"),
    path("p/<slug:slug>/suggestions/new/", suggestion_tasks.new, name="suggestion-task-new"),
    path("p/<slug:slug>/suggestions/task/<slug:task_key>/", suggestion_tasks.task, name="suggestion-task"),
    path(
        "p/<slug:slug>/suggestions/task/<slug:task_key>/setup/",
        suggestion_tasks.setup,
        name="suggestion-task-setup",
    ),
    path(
        "p/<slug:slug>/suggestions/task/<slug:task_key>/try/",
        suggestion_tasks.attempt,
        name="suggestion-task-try",
    ),
    path(
        "p/<slug:slug>/suggestions/task/<slug:task_key>/close/",
        suggestion_tasks.close,
        name="suggestion-task-close",
    ),
    path("p/<slug:slug>/checks/<day:day>/digest/", digests.digest, name="check-digest"),
    path("p/<slug:slug>/modes/", modes.mode_list, name="failure-modes"),
    path("p/<slug:slug>/modes/new/", modes.mode_new, name="failure-mode-new"),
    path("p/<slug:slug>/modes/<int:mode_id>/", modes.mode, name="failure-mode"),
    path("p/<slug:slug>/modes/<int:mode_id>/edit/", modes.mode_edit, name="failure-mode-edit"),
    path("p/<slug:slug>/modes/<int:mode_id>/change/", modes.mode_change, name="failure-mode-change"),
    path("p/<slug:slug>/modes/<int:mode_id>/split/", modes.mode_split, name="failure-mode-split"),
    path(
        "p/<slug:slug>/modes/<int:mode_id>/look-again/", modes.mode_look_again, name="failure-mode-look-again"
    ),
    path("p/<slug:slug>/queues/<uuid:queue_id>/alike/", check_panels.alike, name="item-alike"),
    path("p/<slug:slug>/log/item/<int:item_id>/said/", check_panels.said, name="item-said"),
    path("p/<slug:slug>/assertions/", assertions.assertions, name="assertions"),
    path("p/<slug:slug>/assertions/new/", assertions.new, name="assertion-new"),
    path("p/<slug:slug>/assertions/a/<slug:assertion_key>/", assertions.assertion, name="assertion"),
    path("p/<slug:slug>/assertions/a/<slug:assertion_key>/edit/", assertions.edit, name="assertion-edit"),
    path(
        "p/<slug:slug>/assertions/a/<slug:assertion_key>/switch/", assertions.switch, name="assertion-switch"
    ),
    path(
        "p/<slug:slug>/assertions/a/<slug:assertion_key>/retire/", assertions.retire, name="assertion-retire"
    ),
    path(
        "p/<slug:slug>/assertions/a/<slug:assertion_key>/measure/",
        assertions.measure,
        name="assertion-measure",
    ),
    path("p/<slug:slug>/suites/", suites.suites, name="suites"),
    path("p/<slug:slug>/suites/new/", suites.new, name="suite-new"),
    path("p/<slug:slug>/suites/setup/<slug:suite_key>/", suites.setup, name="suite-setup"),
    path("p/<slug:slug>/suites/remove/<slug:suite_key>/", suites.remove, name="suite-remove"),
    path("p/<slug:slug>/suites/of/<path:suite_key>/", suites.suite, name="suite"),  # features have slashes
    path("p/<slug:slug>/widgets/", widgets.widgets, name="widgets"),
    path(
        "p/<slug:slug>/widgets/origins/<int:origin_id>/remove/",
        widgets.remove_origin,
        name="widget-origin-remove",
    ),
    path("p/<slug:slug>/widgets/meanings/", widgets.meanings, name="signal-meanings"),
    path("p/<slug:slug>/widgets/review/", widgets.review, name="signal-review"),
]
