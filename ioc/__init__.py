"""The `ioc` command: starts the rooms and lets them meet."""
