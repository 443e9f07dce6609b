"""Updates on the box: admitted for their signature, tested apart, tried, and kept or undone.

1. `admit`: signature, expiry, floor, ring and agent; nothing is parsed that nobody signed.
2. `store`: the file lies beside the one in use; size and sha256 are those of the manifest.
3. `selftest`, `overlay`: it is tried in a process of its own before anything is changed.
4. `store.adopt`: one file, replaced as a whole, says what runs; the one before is kept.
5. `box`: it runs on probation; a fault or a crash loop brings back what was before.
6. `store.settle`: it has proven itself; only now is what came before the last one deleted.
"""
