"""Invoices of partners (发票): what a company has to send before it is paid."""
