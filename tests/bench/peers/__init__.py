"""Terminal widgets of other projects, each measured by a program of its own in an environment of its own.

They can't be installed beside hptui: they want other versions of what it stands on. Nothing of them is imported by hptui.
"""
