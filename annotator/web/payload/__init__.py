"""How a payload becomes HTML. Everything in one is untrusted; pages call `annotator.web.render`."""
