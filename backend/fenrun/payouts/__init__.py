"""Paying: runs, withholding, four eyes, bank files and answers, and their record on chain."""
