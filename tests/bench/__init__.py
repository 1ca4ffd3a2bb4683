"""Speeds, as ratios against named references measured in the same run: `python -m tests.bench`.

Every module in here with a function `bench() -> Iterable[str]` is run; each string is a line of its result. Nothing is
asserted: the machine and its neighbours decide the times, and ratios in one run are what can be compared.
"""
