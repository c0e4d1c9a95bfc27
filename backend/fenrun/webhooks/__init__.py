"""Webhooks: what happened, sent to whoever subscribed."""
