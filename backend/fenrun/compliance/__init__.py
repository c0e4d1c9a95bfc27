"""Rules of compliance: which are in force, what they say about a thing, and what people decide about that."""
