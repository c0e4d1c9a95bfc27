"""The chain: client, contracts, sender, indexer. The only place that imports the chain's libraries."""
