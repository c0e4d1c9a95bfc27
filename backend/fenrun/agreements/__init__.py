"""Agreements between the vendor and its partners: published by version, signed by version."""
