"""The tables that tests begin with are those that migrating makes, and are made anew when anything with a say in them changes."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests import schema


def test_nothing_is_left_to_migrate(db):
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    assert connection.settings_dict["TEST"]["TEMPLATE"] == "ready"


def test_another_migration_or_another_model_has_another_name(tmp_path, monkeypatch):
    here = schema.name()
    for app in schema.APPS:
        for folder in schema.SAYS:
            for file in (schema.ROOT / app / folder).rglob("*.py"):
                copy = tmp_path / file.relative_to(schema.ROOT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(file.read_bytes())
    monkeypatch.setattr(schema, "ROOT", tmp_path)
    assert name() == here
    changed = tmp_path / "drift" / "migrations" / "0001_drift.py"
    changed.write_text(changed.read_text() + "\n")
    assert name() != here
    schema.name.cache_clear()


def name() -> str:
    schema.name.cache_clear()
    return schema.name()
