"""Every door through which text or bytes of others come in, tried with what is nastiest for it.

One file for each door. `make test` runs a share that is the same each time; `make fuzz` runs a million, or as many as asked.
"""
