"""One file for each kind of assertion; `feedback.assertions.registry` lists them."""
