"""The settlement road: event → order → batch → chain → books, and payouts."""
