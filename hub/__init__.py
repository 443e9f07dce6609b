"""The hub: inbox, time series, incidents, notifications, console.  Imports contracts alone."""
