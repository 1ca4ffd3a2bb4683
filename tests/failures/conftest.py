"""The replay server of the cluster's tests, and clusters connected to it, for the failures as well."""

from tests.cluster.conftest import authority, connect_to, server

__all__ = ["authority", "connect_to", "server"]
