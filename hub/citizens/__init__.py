"""Citizens' reports: what strangers may send, how it is guarded, and what becomes of it."""
