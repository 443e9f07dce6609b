"""Figures that the hub reckons from what was told: engines in, observations out.

Each module says `reckon(desk) -> bodies`; what has not changed is recognised and not kept twice.
"""
