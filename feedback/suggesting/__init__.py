"""Making suggestions: the question that the web process asks, and the desk that answers it."""
