"""The web application that the server runs."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.config.settings")
os.environ.setdefault("GENBA_ROLE", "web")

from django.core.wsgi import get_wsgi_application

from annotator.web.chunked import whole_bodies

application = whole_bodies(get_wsgi_application())
