"""The chain: client, contracts, sender, indexer. The only place that imports web3."""
