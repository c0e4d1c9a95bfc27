"""Disputes: whose a share is, decided by provenance where that can say, and otherwise by people, each with a clock."""
