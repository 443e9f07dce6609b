"""Where figures, cases and mentions come in: dropped files and what the hub fetches by itself.

    file / REST / SQL  ->  Row  ->  (mapping)  ->  bodies  ->  admit
    feed               ->                          bodies  ->  admit

A file is taken whole or not at all; each wrong cell is named with its row, column and remedy.
"""
