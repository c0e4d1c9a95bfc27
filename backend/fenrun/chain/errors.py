"""What can go wrong with the chain."""

from fenrun.kit.errors import FenrunError


class ChainUnavailableError(FenrunError):
    """The node does not answer."""

    code = "chain_unavailable"
    status = 503
    title = "The chain node does not answer"


class RpcError(FenrunError):
    """The node answered with an error."""

    code = "chain_refused"
    status = 502
    title = "The chain node refused"


class RevertedError(FenrunError):
    """A contract would refuse this call; the detail is its error in words."""

    code = "chain_reverted"
    status = 409
    title = "The contract refuses this"


class IndexerStoppedError(FenrunError):
    """What the node says does not fit together, or contradicts what is final. Nothing was written."""

    code = "indexer_stopped"
    status = 503
    title = "The indexer stopped"


class WrongChainError(FenrunError):
    """The node is another chain's than the contracts'."""

    code = "wrong_chain"
    status = 503
    title = "The node is of another chain"


class KeyUsedElsewhereError(FenrunError):
    """Somebody else sends with a key of ours: a nonce that we gave away is taken."""

    code = "key_used_elsewhere"
    status = 503
    title = "A key of ours is used by somebody else"
