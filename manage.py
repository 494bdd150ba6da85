#!/usr/bin/env python
"""Genba's command line: `python manage.py help`."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.config.settings")
    os.environ.setdefault("GENBA_ROLE", "command")
    from django.core.management import execute_from_command_line  # noqa: PLC0415
    from django.db import OperationalError  # noqa: PLC0415

    from annotator.config.env import SettingError  # noqa: PLC0415

    try:
        execute_from_command_line(sys.argv)
    except SettingError as error:
        sys.exit(f"Genba cannot start: {error}")
    except OperationalError as error:
        sys.exit(f"The database does not answer: {error}\nIs Genba running (`make run`), on this GENBA_VAR?")


if __name__ == "__main__":
    main()
