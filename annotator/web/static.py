"""Static files with a hash in their names, including those that ES modules import."""

from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

from annotator.web import bundle

# The labeling screen must be there at once, and other people's pages load one file of ours only.
BUNDLES = {
    "css/label.css": bundle.style_sheet,
    "js/label/main.js": bundle.module,
    "feedback/genba.js": bundle.small_module,
}


class GenbaStaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    support_js_module_import_aggregation = True
    # Our own modules only: others' scripts name files in comments that they do not ship.
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],  # noqa: SLF001
    )
    manifest_strict = False

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Bundle, then hash and compress. `paths`: name → (storage, path) of each source."""

        def read(name: str) -> str:
            storage, path = paths[name]
            with storage.open(path) as source:
                return str(source.read().decode())

        if not dry_run:
            made = {name: make(name, read) for name, make in BUNDLES.items() if name in paths}
            for name, text in made.items():
                self.delete(name)
                self._save(name, ContentFile(text.encode()))
                paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)
