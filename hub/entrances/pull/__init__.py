"""What the hub fetches by itself, on a schedule: web feeds, REST interfaces, SQL queries."""
