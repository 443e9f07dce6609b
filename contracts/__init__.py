"""The wire between field devices and the hub: topics, messages, identity, time.

Version 1.  Imports nothing of ours; the edge and the hub meet here alone.
"""
