"""The district's hub: inbox, time series, incidents, notifications, console.  Imports contracts only."""
