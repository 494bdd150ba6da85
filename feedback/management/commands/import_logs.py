"""`manage.py import_logs FILE --project P`: interactions out of a JSONL or CSV file."""

import sys
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from annotator.models import Project
from annotator.reading import files, plans
from annotator.reading.errors import BadFile
from annotator.reading.files import Shape
from annotator.reading.plans import Plan
from annotator.reading.rejects import Rejects
from annotator.services.uploads import limits
from feedback.ingest.mapping import LOG
from feedback.ingest.schema import FIELDS
from feedback.services import imports
from feedback.services.imports import Outcome


def _pair(text: str) -> tuple[str, str]:
    field, sign, column = text.partition("=")
    if not sign or not column or field not in FIELDS:
        raise ArgumentTypeError(
            f"{text}: write FIELD=COLUMN, where FIELD is one of {', '.join(sorted(FIELDS))}"
        )
    return field, column


class Command(BaseCommand):
    help = (
        "Imports interactions from a JSONL file (also .gz) or a CSV file. Run it again after a break:"
        " what is stored already is skipped. Ends with status 1 when lines were refused; they are"
        " written to FILE.rejects.jsonl."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument(
            "--map", action="append", default=[], type=_pair, metavar="FIELD=COLUMN",
            help="which column or key holds a field; may be repeated. Others are guessed by their names",
        )  # fmt: skip
        parser.add_argument("--format", choices=["jsonl", "csv"], default="", help="default: by the content")
        parser.add_argument("--encoding", default="", help="of a CSV; default: by the content")
        parser.add_argument("--delimiter", default="", help="of a CSV; default: by the header")
        parser.add_argument(
            "--time-zone", metavar="ZONE",
            help="of times written without one; default: the project's",
        )  # fmt: skip
        parser.add_argument("--errors", type=int, default=20, metavar="N", help="refused lines to print")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project “{options['project']}”.")
        try:
            shape = files.look(
                options["file"],
                kind=options["format"],
                encoding=options["encoding"],
                delimiter=options["delimiter"],
            )
            plan = self._plan(project, shape, options)
            outcome = self._import(project, plan, options["errors"])
        except BadFile as bad:
            raise CommandError(str(bad)) from bad
        self._report(outcome, _rejects(plan.path))

    def _plan(self, project: Project, shape: Shape, options: dict[str, Any]) -> Plan:
        given = dict(options["map"])
        if shape.kind == "jsonl" and not set(given.values()) <= set(shape.columns):
            shape = replace(shape, columns=files.keys(options["file"], lines=None))  # it may come later
        for column in given.values():
            if column not in shape.columns:
                raise CommandError(f"The file has no column “{column}”, only: {', '.join(shape.columns)}")
        guessed = LOG.guess(column for column in shape.columns if column not in given.values())
        chosen = {**guessed, **given}
        named = ", ".join(f"{field}={column}" for field, column in chosen.items())
        self.stderr.write(f"{shape.kind.upper()}, {shape.encoding}: {named or 'no field is recognised'}")
        try:
            zone = ZoneInfo(options["time_zone"] or project.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise CommandError(f"There is no time zone “{options['time_zone']}”.") from None
        return Plan(options["file"], shape, chosen, limits(zone))

    def _import(self, project: Project, plan: Plan, shown: int) -> Outcome:
        outcome, rejects = Outcome(), Rejects(_rejects(plan.path))
        size = plan.path.stat().st_size
        with tqdm(total=size, unit="B", unit_scale=True, disable=None, file=sys.stderr) as bar:
            for chunk in plans.chunks(plan):
                stored = imports.store_chunk(project, plan, chunk)
                for bad in stored.rejected[: max(0, shown - outcome.rejected)]:
                    place = f"line {bad.index}: {bad.field + ' ' if bad.field else ''}"
                    bar.write(place + bad.error, file=sys.stderr)
                rejects.add(chunk, stored.rejected)
                outcome = outcome.with_chunk(stored)
                bar.update(chunk.position - bar.n)
        return outcome

    def _report(self, outcome: Outcome, rejects: Path) -> None:
        self.stdout.write(
            f"{outcome.accepted} stored, {outcome.duplicates} there already, {outcome.rejected} refused."
        )
        if not outcome.accepted + outcome.duplicates + outcome.rejected:
            raise CommandError("The file holds no record.")
        if outcome.rejected:
            raise CommandError(f"The refused lines are in {rejects}.")
        rejects.unlink(missing_ok=True)


def _rejects(path: Path) -> Path:
    return path.with_name(path.name + ".rejects.jsonl")
