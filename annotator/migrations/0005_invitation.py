import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

ROLES = [("owner", "Owner"), ("annotator", "Annotator"), ("viewer", "Viewer")]


class Migration(migrations.Migration):
    dependencies = [("annotator", "0004_who_made_the_account")]

    operations = [
        migrations.AddField(
            "signinlink",
            "made_by",
            models.ForeignKey(
                settings.AUTH_USER_MODEL,
                django.db.models.deletion.CASCADE,
                db_index=False,
                null=True,
                related_name="+",
            ),
        ),
        migrations.CreateModel(
            "Invitation",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("role", models.CharField(choices=ROLES, max_length=10)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL,
                        django.db.models.deletion.SET_NULL,
                        null=True,
                        related_name="+",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        "annotator.project", django.db.models.deletion.CASCADE, related_name="invitations"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL,
                        django.db.models.deletion.CASCADE,
                        related_name="invitations",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["project", "user"], name="asked_once"),
                    models.CheckConstraint(
                        condition=Q(role__in=["owner", "annotator", "viewer"]), name="known_role_offered"
                    ),
                ]
            },
        ),
    ]
