"""Which inputs of a day of 1,000,000 are embedded: CPU here and of PostgreSQL together, and memory.

    python -m bench.bench_drift_draw [--interactions 1000000]

Three days, each with 1,000 questions of 300 users among them: all inputs different and of many users; all others one
text of nobody; all others different and one user's. CPU is that of this process and PostgreSQL together: on a busy
machine the clock says little. The bar: 20 s of CPU for a draw, which runs in a worker, once a day.
"""

import argparse
import resource
import sys
from datetime import UTC, date, datetime
from functools import partial

from bench import ground
from bench.bench_draw import Clock

DAY = date(2026, 11, 23)
BAR, MOST, REAL = 20.0, 5_000, 1_000
FILL = """
    INSERT INTO feedback_interaction (id, project_id, external_id, occurred_at, environment, feature, model,
        prompt_version, variant, end_user, session, output_tokens, error, finish_reason, input_preview, output_preview,
        input, output, content_hash, input_hash, output_hash, repaired)
    SELECT (lpad(to_hex(%(start)s + n * 80), 12, '0') || '7' || substr(md5(n || '-' || %(project)s), 1, 3) || '8'
            || substr(md5(n || '-' || %(project)s), 4, 15))::uuid, %(project)s, 'call-' || n,
        to_timestamp((%(start)s + n * 80) / 1000.0), 'production', 'chat', 'small-1', '7', '',
        CASE WHEN n <= {real} THEN 'user-' || n %% 300 ELSE {user} END, '', 60, '', '',
        'What about ' || n, 'Answer', to_json('What about ' || n), '"Answer"', md5(n::text)::uuid,
        CASE WHEN n <= {real} THEN n ELSE {same} END, n %% 3, 0
    FROM generate_series(1, %(n)s) n"""
DAYS = {
    "all different, of many users": ("'user-' || n % 20000", "n"),
    "one text of nobody": ("''", "-1"),
    "different texts of one user": ("'script'", "n"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interactions", type=int, default=1_000_000)
    n = parser.parse_args().interactions
    engine = ground.postgres()
    assert engine.process is not None
    clock = Clock(engine.process.pid)

    from django.db import connection

    from annotator.models import Project
    from drift.services import inputs

    start = int(datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC).timestamp() * 1000)
    most = 0.0
    for number, (name, (user, same)) in enumerate(DAYS.items()):
        project = Project.objects.create(slug=f"bench-{number}", name="Bench")
        fill = FILL.format(real=REAL, user=user.replace("%", "%%"), same=same)
        with connection.cursor() as cursor:
            cursor.execute(fill, {"project": project.pk, "start": start, "n": n})
        (population, found), cpu = clock.timed(name, partial(inputs.drawn, project, DAY, MOST))
        with connection.cursor() as cursor:
            cursor.execute("SELECT temp_bytes FROM pg_stat_database WHERE datname = current_database()")
            files = cursor.fetchone()[0] // 2**20
        print("   ", len(found.rows), "to embed,", found.drawn, "drawn of", population)
        print("   ", files, "MB of PostgreSQL's temporary files were written so far")
        most = max(most, cpu)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "MB")
    if most > BAR:
        sys.exit("over the bar")


if __name__ == "__main__":
    main()
