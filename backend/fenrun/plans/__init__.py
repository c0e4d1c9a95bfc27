"""Plans: the published rules, and the maths of a split."""
