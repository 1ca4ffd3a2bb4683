"""The API server: from an HTTP request to its answer or its stream."""
