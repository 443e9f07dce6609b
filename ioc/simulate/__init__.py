"""A simulated district: believable figures, cases and texts of every subsystem, marked as demo.

Everything of a day depends on the seed, the scale and that day alone: a longer run tells the same
about the days that it shares with a shorter one, and what was told once is told alike again.
"""
