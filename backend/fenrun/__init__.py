"""Fenrun (分润): partner settlement that anyone can check."""

__version__ = "0.1.0"
