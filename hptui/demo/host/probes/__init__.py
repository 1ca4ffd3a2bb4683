"""The probes that hptui puts to a host, answered from the simulated machine: by name, in the form that the real scripts print."""
