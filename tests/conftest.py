"""What holds for every test."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# A busy machine is slow at everything; that says nothing about the code.
settings.register_profile("hptui", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hptui")
