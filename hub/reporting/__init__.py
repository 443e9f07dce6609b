"""Daily, weekly and monthly reports: content, renderers, schedule, delivery."""
