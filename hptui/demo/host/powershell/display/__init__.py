"""How what comes out of a pipeline is laid out, and where it goes."""
