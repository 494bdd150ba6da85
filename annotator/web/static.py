"""Static files with a hash in their names, including those that ES modules import."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class GenbaStaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    support_js_module_import_aggregation = True
    manifest_strict = False
