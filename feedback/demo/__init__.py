"""A project worth looking at: real texts with human labels, laid over the last two weeks."""
