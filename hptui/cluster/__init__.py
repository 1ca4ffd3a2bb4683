"""The only room that knows Kubernetes. Its door is `connect`; what stands behind it is said by `port` and `model`."""

import logging

# Without a handler, warnings would be printed over the screen.
logging.getLogger("hptui").addHandler(logging.NullHandler())
