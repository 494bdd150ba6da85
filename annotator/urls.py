"""Routes of the floor. Each needs a row in tests/routes.csv."""

from django.urls import path

from annotator.views import (
    account,
    annotate,
    exports,
    health,
    home,
    jobs,
    keys,
    members,
    projects,
    queues,
    signin,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("signin/", signin.signin, name="signin"),
    path("signin/<str:token>/", signin.by_link, name="signin-by-link"),
    path("signout/", signin.signout, name="signout"),
    path("account/", account.account, name="account"),
    path("account/password/", account.password, name="password"),
    path("preferences/", account.preferences, name="preferences"),
    path("projects/new/", projects.new, name="project-new"),
    path("p/<slug:slug>/", projects.overview, name="project"),
    path("p/<slug:slug>/settings/", projects.settings, name="project-settings"),
    path("p/<slug:slug>/members/", members.members, name="members"),
    path("p/<slug:slug>/members/<int:member_id>/", members.member, name="member"),
    path("p/<slug:slug>/members/<int:member_id>/link/", members.link, name="member-link"),
    path("p/<slug:slug>/keys/", keys.keys, name="keys"),
    path("p/<slug:slug>/keys/<int:key_id>/revoke/", keys.revoke, name="key-revoke"),
    path("p/<slug:slug>/queues/", queues.queues, name="queues"),
    path("p/<slug:slug>/queues/<uuid:queue_id>/", queues.queue, name="queue"),
    path("p/<slug:slug>/queues/<uuid:queue_id>/label/", annotate.annotate, name="annotate"),
    path("p/<slug:slug>/queues/<uuid:queue_id>/export.jsonl", exports.download, name="queue-download"),
    path("p/<slug:slug>/queues/<uuid:queue_id>/exports/", exports.make, name="export-make"),
    path("p/<slug:slug>/exports/<uuid:export_id>/", exports.export, name="export"),
    path("p/<slug:slug>/exports/<uuid:export_id>/<str:name>", exports.file, name="export-file"),
    path("p/<slug:slug>/jobs/", jobs.jobs, name="jobs"),
    path("p/<slug:slug>/jobs/<uuid:job_id>/", jobs.job, name="job"),
    path("p/<slug:slug>/jobs/<uuid:job_id>/retry/", jobs.retry, name="job-retry"),
    path("p/<slug:slug>/jobs/<uuid:job_id>/cancel/", jobs.cancel, name="job-cancel"),
    path("healthz", health.healthz, name="healthz"),
    path("health/", health.strip, name="health-strip"),
]
