"""Statements: exact to the unit, held against the reckoning of the scenario's files and the balances of the API."""
