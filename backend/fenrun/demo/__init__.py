"""The demo: a scenario folder, replayed day by day on a real chain and a real database."""
