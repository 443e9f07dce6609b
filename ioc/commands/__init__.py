"""One module a sub-command, each with `run(options) -> Exit`; imported when it is asked for."""
