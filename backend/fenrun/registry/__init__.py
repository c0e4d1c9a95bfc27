"""Partners, and the people who may sign in."""
