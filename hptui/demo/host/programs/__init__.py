"""The console programs of a simulated Windows node."""
