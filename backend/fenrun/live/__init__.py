"""Pages that stay up to date: who looks at one is told what changed."""
