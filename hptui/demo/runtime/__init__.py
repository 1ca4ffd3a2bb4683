"""A node's container runtime: images, sandboxes, container instances and their logs."""
