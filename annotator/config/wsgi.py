"""The web application that the server runs."""

import multiprocessing
import os
import signal
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.config.settings")
os.environ.setdefault("GENBA_ROLE", "web")

from django.core import signals
from django.core.wsgi import get_wsgi_application

from annotator.config.embedded.process import die_with_parent
from annotator.web.chunked import whole_bodies

# A worker of the web server must not outlive it: it would keep the port. Only where there is
# a parent of this kind: a test that imports this module is nobody's worker.
if multiprocessing.parent_process() and (ask_the_kernel := die_with_parent(signal.SIGKILL)):
    ask_the_kernel()

# Ninja takes one signal from Django's tools for tests, which are imported with it, and unittest and
# Jinja with them: 4 MB in each worker. The signal itself is one of Django's core.
NINJA_ASKS = "django.test.signals"
sys.modules.setdefault(NINJA_ASKS, signals)
try:
    application = whole_bodies(get_wsgi_application())
finally:
    if sys.modules[NINJA_ASKS] is signals:
        del sys.modules[NINJA_ASKS]
