"""The indicator catalogue: what is measured, what it should be, and what to do when it is not."""
