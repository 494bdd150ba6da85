"""Which code a run is of, and who started it: what the build says, or git."""

from __future__ import annotations

import os
import subprocess

REFS = ("GITHUB_SHA", "CI_COMMIT_SHA", "GIT_COMMIT", "BUILDKITE_COMMIT", "CIRCLE_SHA1")
PEOPLE = ("GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILD_USER_ID", "BUILDKITE_BUILD_CREATOR", "CIRCLE_USERNAME")


def git_ref() -> str:
    return _first(REFS) or _of_git()


def person() -> str:
    """Empty outside of a known build: the key says enough."""
    return _first(PEOPLE)


def _first(names: tuple[str, ...]) -> str:
    return next((value for name in names if (value := os.environ.get(name, "").strip())), "")[:120]


def _of_git() -> str:
    try:
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True, timeout=5
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()[:120]
