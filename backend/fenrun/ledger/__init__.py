"""The books: accounts, transactions, postings."""
