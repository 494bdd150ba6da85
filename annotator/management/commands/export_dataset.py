"""`manage.py export_dataset DATASET --format trl-kto --out FOLDER`: a version as files, without a worker."""

import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotator.datasets import exporting
from annotator.models import DatasetVersion
from annotator.ways_out.model import Refused


class Command(BaseCommand):
    help = "Write a version of a dataset in one format: data by split, provenance, manifest and README."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dataset", help="the dataset's id; it is in the address of its page")
        parser.add_argument("--number", type=int, help="of the version; left out: the newest")
        parser.add_argument("--format", required=True, help="for example trl-kto")
        parser.add_argument("--split", action="append", help="train, dev or test; may be given several times")
        parser.add_argument("--option", action="append", default=[], help="NAME=VALUE of the format")
        parser.add_argument("--out", required=True, help="a new folder, or one that is empty")

    def handle(self, *args: Any, **options: Any) -> None:
        version = _version(options["dataset"], options["number"])
        given = dict(_option(text) for text in options["option"])
        where = Path(options["out"])
        try:
            asked = exporting.ask(version, options["format"], options["split"] or ["train"], given)
            where.mkdir(parents=True, exist_ok=True)
            if any(where.iterdir()):
                raise CommandError(f"{where} is not empty: name a new folder.")
            told = exporting.write_folder(asked, where, progress=_say)
        except Refused as why:
            raise CommandError(str(why)) from why
        except OSError as error:
            raise CommandError(f"{where}: {error.strerror}") from error
        self.stdout.write(f"{told['counts']['lines']} lines of {told['counts']['items']} rows in {where}")


def _version(text: str, number: int | None) -> DatasetVersion:
    try:
        found = DatasetVersion.objects.select_related("dataset__project").filter(
            dataset=UUID(text), made_at__isnull=False
        )
    except ValueError:
        found = DatasetVersion.objects.none()
    version = found.filter(number=number).first() if number else found.order_by("-number").first()
    if version is None:
        raise CommandError(
            f"There is no such version of {text}. The dataset's id is in the address of its page."
        )
    return version


def _option(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise CommandError(f"--option {text}: write NAME=VALUE.")
    return name, value


def _say(done: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done:,} rows")
