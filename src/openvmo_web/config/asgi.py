"""The server's entrance for uvicorn and every other ASGI server."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openvmo_web.config.settings")

application = get_asgi_application()
