"""Pure calculations of the subsystems: frozen records in, frozen records out, no database.

Every threshold, weight and deadline stands in `data/*.yaml` with its source, our confidence in it
and its date of effect; every result carries the trace that its page shows.
"""
