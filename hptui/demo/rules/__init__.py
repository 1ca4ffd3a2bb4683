"""What the API server makes of an object before it is stored: defaults, validation, admission."""
