"""Anything with a deadline: life cycles as data, and a case as its events make it."""
