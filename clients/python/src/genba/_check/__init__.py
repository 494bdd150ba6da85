"""`genba check`: a suite of assertions over the outputs of a new prompt or model."""
