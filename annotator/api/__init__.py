"""The JSON API. Routers of upper apps are named by string, so that nothing is imported upward."""
