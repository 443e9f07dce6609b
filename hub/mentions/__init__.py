"""What an online text says: topics, tone, places, keywords, and whether we have read it before.

Pure: no database, no network, no clock.  `hub.mentions.read.read` is the way in.
"""
