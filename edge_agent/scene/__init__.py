"""A rendered district: hills and a street, smoke and flame, for demos, drills and tests.

`python -m edge_agent.scene --kind tower --at 30 --out picture.png` shows one moment.
"""
