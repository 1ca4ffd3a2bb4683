"""The terminal: bytes from a host to lines of cells, keys to bytes for the host. No Textual, no network."""
