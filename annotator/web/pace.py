"""How often somebody may do something: a count per minute, in Redis."""

import time

from annotator.web.redis_client import ERRORS, client

MINUTE = 60


def seconds_to_wait(name: str, *, most: int, cost: int = 1) -> int:
    """0: go on. Else in how many seconds the minute is over in which `name` had its `most`.

    Without Redis everybody goes on: a limit protects the database, which is there.
    """
    now = time.time()
    key = f"genba:pace:{name}:{int(now // MINUTE)}"
    try:
        with client().pipeline(transaction=False) as pipe:
            count = pipe.incrby(key, cost).expire(key, 2 * MINUTE).execute()[0]
    except ERRORS:
        return 0
    return 0 if count <= most else MINUTE - int(now % MINUTE)
