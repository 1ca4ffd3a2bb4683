"""A simulation of Windows PowerShell 5.1: a small language, a few dozen commands, and honest errors for everything else."""
