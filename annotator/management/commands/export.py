"""`manage.py export QUEUE --out FILE`: a queue's labels as JSON lines, with the manifest beside them."""

import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotator.exports import file, filters, rows
from annotator.models import Queue
from annotator.queries.chains import chain_of


class Command(BaseCommand):
    help = "Write a queue's labels to a file, without a worker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("queue", help="the queue's id")
        parser.add_argument(
            "--out", required=True, help="FILE for the lines; FILE.manifest.json goes beside it"
        )
        parser.add_argument("--include", default="", help="skipped, surplus, or both with a comma")
        parser.add_argument("--question", default="", help="a question's key")
        parser.add_argument("--rater-kind", default="", help="human, llm, model, rule or end_user")
        parser.add_argument("--rater", default="", help="a rater's name")
        parser.add_argument("--since", default="", help="a date or time: labels stored from then on")

    def handle(self, *args: Any, **options: Any) -> None:
        queue = _queue(options["queue"])
        try:
            wanted = filters.read(
                {name: options[name] for name in filters.NAMES},
                questions=[asked.key for asked in chain_of(queue)],
            )
        except filters.BadFilter as error:
            raise CommandError(str(error)) from error
        target = Path(options["out"])
        part = target.with_name(f"{target.name}.part")
        try:
            with rows.separate() as using:
                described = file.write(part, queue, wanted, using=using, progress=_say)
            file.publish(part, target)
        except OSError as error:
            raise CommandError(f"{target}: {error.strerror}") from error
        finally:
            part.unlink(missing_ok=True)
        file.write_manifest(target.with_name(f"{target.name}.manifest.json"), described)
        self.stderr.write("")
        self.stdout.write(f"{described['rows']} labels in {target}, SHA-256 {described['sha256']}")


def _queue(text: str) -> Queue:
    try:
        found = Queue.objects.select_related("project").filter(pk=UUID(text)).first()
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"There is no queue {text}. Its id is in the address of its page.")
    return found


def _say(done: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done:,} labels")
