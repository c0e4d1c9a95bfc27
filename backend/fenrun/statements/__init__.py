"""Statements, the closing of months, and what of both can be proven without us."""
