"""`manage.py export_encoder [NAME]`: a local model for ONNX Runtime, which needs no PyTorch to run it."""

from argparse import ArgumentParser
from importlib.util import find_spec
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.encoding import permitted
from annotator.jobs.work import PermanentError

NEEDED = ("torch", "sentence_transformers", "onnx", "onnxscript", "onnxruntime")


class Command(BaseCommand):
    help = "Export a local model for ONNX Runtime. Workers use it from their next start on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "name",
            nargs="?",
            default=permitted.BUILT_IN,
            help="as EMBEDDING_MODELS names it; none: the built-in one",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        missing = [name for name in NEEDED if find_spec(name) is None]
        if missing:
            raise CommandError(f"Not installed here: {', '.join(missing)}. Run “make install-onnx”.")
        from annotator.encoding import export  # noqa: PLC0415 - torch

        try:
            made, least = export.export(options["name"])
        except (PermanentError, export.CannotExport) as error:
            raise CommandError(f"{permitted.title(options['name'])} cannot be exported: {error}") from error
        self.stdout.write(f"{made.file}\nThe least cosine to PyTorch's vectors: {least:.7f}")
