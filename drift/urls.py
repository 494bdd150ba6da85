"""Routes of drift. Each needs a row in tests/routes.csv."""

from django.urls import path

from drift.views import alerts, baseline, day, embedding, overview, references, structure, topics, weeks

urlpatterns = [
    path("p/<slug:slug>/drift/", overview.overview, name="drift"),
    path("p/<slug:slug>/drift/settings/", embedding.settings, name="drift-settings"),
    path("p/<slug:slug>/drift/settings/preview/", embedding.preview, name="drift-preview"),
    path("p/<slug:slug>/drift/embed/", embedding.embed, name="drift-embed"),
    path("p/<slug:slug>/drift/inputs/", embedding.inputs, name="drift-inputs"),
    path("p/<slug:slug>/drift/inputs/<day:day>/", embedding.repeats, name="drift-repeats"),
    path("p/<slug:slug>/drift/baseline/", baseline.baseline, name="drift-baseline"),
    path("p/<slug:slug>/drift/<day:day>/", day.day, name="drift-day"),
    path("p/<slug:slug>/drift/<day:day>/again/", day.again, name="drift-day-again"),
    path("p/<slug:slug>/drift/<day:day>/<int:rank>/", day.group, name="drift-group"),
    path("p/<slug:slug>/drift/<day:day>/structure/", structure.structure, name="drift-structure"),
    path("p/<slug:slug>/drift/weeks/<day:day>/", weeks.week, name="drift-week"),
    path("p/<slug:slug>/drift/topics/", topics.topics, name="drift-topics"),
    path("p/<slug:slug>/drift/topics/find/", topics.fit, name="drift-topics-find"),
    path("p/<slug:slug>/drift/topics/dots/", topics.dots, name="drift-dots"),
    path("p/<slug:slug>/drift/topics/dots/<uuid:interaction_id>/", topics.dot, name="drift-dot"),
    path("p/<slug:slug>/drift/topics/<int:topic_id>/", topics.topic, name="drift-topic"),
    path("p/<slug:slug>/drift/topics/<int:topic_id>/name/", topics.rename, name="drift-topic-name"),
    path("p/<slug:slug>/drift/topics/<int:topic_id>/ask/", topics.ask_name, name="drift-topic-ask"),
    path("p/<slug:slug>/drift/topics/<int:topic_id>/queue/", topics.to_queue, name="drift-topic-queue"),
    path("p/<slug:slug>/drift/alerts/", alerts.alert_list, name="drift-alerts"),
    path("p/<slug:slug>/drift/alerts.csv", alerts.alert_file, {"form": "csv"}, name="drift-alerts-csv"),
    path("p/<slug:slug>/drift/alerts.jsonl", alerts.alert_file, {"form": "jsonl"}, name="drift-alerts-jsonl"),
    path("p/<slug:slug>/drift/alerts/<int:alert_id>/", alerts.alert, name="drift-alert"),
    path("p/<slug:slug>/drift/alerts/<int:alert_id>/change/", alerts.change, name="drift-alert-change"),
    path(
        "p/<slug:slug>/drift/alerts/<int:alert_id>/<int:rank>/in-common/",
        alerts.in_common,
        name="drift-alert-in-common",
    ),
    path(
        "p/<slug:slug>/drift/alerts/<int:alert_id>/<int:rank>/queue/",
        alerts.to_queue,
        name="drift-alert-queue",
    ),
    path("p/<slug:slug>/drift/strip/", alerts.strip, name="drift-strip"),
    path("p/<slug:slug>/drift/references/", references.listed, name="drift-references"),
    path("p/<slug:slug>/drift/references/new/", references.new, name="drift-reference-new"),
    path("p/<slug:slug>/drift/references/<uuid:reference_id>/", references.reference, name="drift-reference"),
    path(
        "p/<slug:slug>/drift/references/<uuid:reference_id>/queue/",
        references.to_queue,
        name="drift-reference-queue",
    ),
    path(
        "p/<slug:slug>/drift/references/<uuid:reference_id>/dataset/",
        references.to_dataset,
        name="drift-reference-dataset",
    ),
    path(
        "p/<slug:slug>/drift/references/<uuid:reference_id>/delete/",
        references.delete,
        name="drift-reference-delete",
    ),
]
