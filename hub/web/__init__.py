"""The console of the duty desk: server-rendered pages that stay true by themselves."""
