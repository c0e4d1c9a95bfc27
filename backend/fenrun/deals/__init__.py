"""Deals: a partner registers a customer that it brings, and is protected while it works on it."""
