"""What can go wrong, in words: the one place where a failure's title, reason and remedy are written.

The errors and those who recognise a failure take their words from here; docs/failures.md is made from it.
"""
