"""The Python client of Genba: log interactions, ask for suggestions, send signals.

    import genba

    client = genba.Client()  # GENBA_URL and GENBA_API_KEY
    client.log("How do I return an order?", "Within 30 days.", feature="support")

Nothing but making a client raises, and nothing waits longer than it says.
"""

from genba._call import Call
from genba._client import AsyncClient, Client
from genba._outbox import Counts
from genba._records import Fields, Kind
from genba._suggestion import Alternative, Suggestion
from genba._version import __version__

__all__ = [
    "Alternative",
    "AsyncClient",
    "Call",
    "Client",
    "Counts",
    "Fields",
    "Kind",
    "Suggestion",
    "__version__",
]
