"""What every domain stands on: settings, database, money, errors, ids, security."""
