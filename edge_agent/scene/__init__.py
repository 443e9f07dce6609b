"""A rendered district: hills and a street, smoke and flame, for demos, drills and tests.

`python -m edge_agent.scene --url "synthetic:tower?hour=6" --at 30 --out picture.png` shows one
moment.  `plume.Plume` and `flame.Flame` blend into any picture, for drills and training.
"""
