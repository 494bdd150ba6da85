from django.apps import AppConfig


class AnnotatorConfig(AppConfig):
    name = "annotator"
    verbose_name = "Annotator"

    def ready(self) -> None:
        from annotator.consensus import job as consensus  # noqa: PLC0415 - models are loaded by now
        from annotator.datasets import export_job as dataset_export  # noqa: PLC0415
        from annotator.datasets import job as dataset  # noqa: PLC0415
        from annotator.datasets import registry as datasets  # noqa: PLC0415
        from annotator.datasets.sources import answers, preferences  # noqa: PLC0415
        from annotator.exports import job as export  # noqa: PLC0415
        from annotator.jobs import ask_again, import_items, import_labels, tidy  # noqa: PLC0415
        from annotator.jobs.registry import register  # noqa: PLC0415
        from annotator.jobs.schedules import register_schedule  # noqa: PLC0415
        from annotator.metrics import registry as metrics  # noqa: PLC0415
        from annotator.metrics import work  # noqa: PLC0415
        from annotator.ordering import due  # noqa: PLC0415
        from annotator.ordering import job as order  # noqa: PLC0415
        from annotator.pair_results import job as pair_results  # noqa: PLC0415

        for module in (tidy, export, ask_again, import_items, import_labels, pair_results, consensus, order):
            register(module.KIND)
        register(dataset.KIND)
        register(dataset_export.KIND)
        for source in (answers, preferences):
            datasets.register(source.SOURCE)
        for schedule in (tidy.SCHEDULE, pair_results.SCHEDULE, consensus.SCHEDULE, due.SCHEDULE):
            register_schedule(schedule)
        metrics.register(work.work)
