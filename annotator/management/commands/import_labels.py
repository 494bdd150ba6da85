"""`manage.py import_labels FILE --project P --queue Q`: labels out of a JSONL or CSV file."""

import sys
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from annotator.items.labels import LabelReader
from annotator.models import Queue
from annotator.reading import files, plans
from annotator.reading.errors import BadFile
from annotator.reading.plans import Plan
from annotator.reading.rejects import Rejects
from annotator.services import sent_labels
from annotator.services.queue_files import label_reader
from annotator.services.sent_labels import LabelOutcome

NEEDED = ("external_id", "answer", "rater")


class Command(BaseCommand):
    help = (
        "Imports labels that were given elsewhere from a JSONL file (also .gz) or a CSV file into a"
        " queue. Run it again after a break: what is stored already is skipped. Ends with status 1"
        " when lines were refused; they are written to FILE.rejects.jsonl."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--queue", required=True, metavar="ID", help="it is in the address of its page")
        parser.add_argument(
            "--map", action="append", default=[], metavar="FIELD=COLUMN",
            help="which column or key holds a field; may be repeated. Others are guessed by their names",
        )  # fmt: skip
        parser.add_argument("--errors", type=int, default=20, metavar="N", help="refused lines to print")

    def handle(self, *args: Any, **options: Any) -> None:
        queue = _queue(options["project"], options["queue"])
        reader = label_reader(queue)
        try:
            plan = self._plan(reader, options["file"], options["map"])
            told = self._import(queue, reader, plan, options["errors"])
        except BadFile as bad:
            raise CommandError(str(bad)) from bad
        self._report(told, _rejects(plan.path))

    def _plan(self, reader: LabelReader, path: Path, pairs: list[str]) -> Plan:
        given = _mapping(reader, pairs)
        shape = files.look(path)
        if shape.kind == "jsonl" and not set(given.values()) <= set(shape.columns):
            shape = replace(shape, columns=files.keys(path, lines=None))  # it may come later
        for column in given.values():
            if column not in shape.columns:
                raise CommandError(f"The file has no column “{column}”, only: {', '.join(shape.columns)}")
        guessed = reader.vocabulary.guess(one for one in shape.columns if one not in given.values())
        chosen = {**guessed, **given}
        self.stderr.write(", ".join(f"{field}={column}" for field, column in chosen.items()))
        needed = NEEDED if reader.asked.only else (*NEEDED, "question")
        if missing := [field for field in needed if field not in chosen]:
            raise CommandError(
                f"No column is recognised as {missing[0]}: say --map {missing[0]}=COLUMN."
                f" Columns are: {', '.join(shape.columns)}"
            )
        return Plan(path, shape, chosen, reader.limits)

    def _import(self, queue: Queue, reader: LabelReader, plan: Plan, shown: int) -> LabelOutcome:
        told, rejects = LabelOutcome(), Rejects(_rejects(plan.path))
        size = plan.path.stat().st_size
        with tqdm(total=size, unit="B", unit_scale=True, disable=None, file=sys.stderr) as bar:
            for chunk in plans.chunks(plan):
                before = told.rejected
                told, rejected = sent_labels.store_chunk(queue, reader, plan, chunk, told)
                for bad in rejected[: max(0, shown - before)]:
                    place = f"line {bad.index}: {bad.field + ' ' if bad.field else ''}"
                    bar.write(place + bad.error, file=sys.stderr)
                rejects.add(chunk, rejected)
                bar.update(chunk.position - bar.n)
        return told

    def _report(self, told: LabelOutcome, rejects: Path) -> None:
        self.stdout.write(
            f"{told.accepted} stored ({told.surplus} of them surplus), {told.duplicates} there already,"
            f" {told.rejected} refused."
        )
        if not told.accepted + told.duplicates + told.rejected:
            raise CommandError("The file holds no record.")
        if told.rejected:
            raise CommandError(f"The refused lines are in {rejects}.")
        rejects.unlink(missing_ok=True)


def _queue(project: str, text: str) -> Queue:
    try:
        found = Queue.objects.select_related("project").filter(project__slug=project, pk=UUID(text)).first()
    except ValueError:
        found = None
    if found is None:
        raise CommandError(
            f"There is no queue {text} in a project “{project}”. Its id is in the address of its page."
        )
    return found


def _mapping(reader: LabelReader, pairs: list[str]) -> dict[str, str]:
    given = {}
    for pair in pairs:
        field, sign, column = pair.partition("=")
        if not sign or not column or field not in reader.vocabulary.fields:
            raise CommandError(
                f"--map {pair}: write FIELD=COLUMN, where FIELD is one of"
                f" {', '.join(reader.vocabulary.fields)}"
            )
        given[field] = column
    return given


def _rejects(path: Path) -> Path:
    return path.with_name(path.name + ".rejects.jsonl")
