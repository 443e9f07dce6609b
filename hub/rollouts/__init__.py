"""Updates at the hub: what was offered, what each box is to run, where it stands, and the rings.

`store` keeps offers and their files, `wishes` tells boxes and lets them fetch, `states` is their
word, `plan` says who is in which ring, `alarms` counts false ones, `engine` advances or halts.
"""
