"""What can be wrong with a dispute."""

from fenrun.kit.errors import FenrunError


class DisputeTransitionError(FenrunError):
    """The dispute is past that, or not there yet."""

    code = "dispute_transition"
    status = 409
    title = "Not possible in this state"


class NothingToDisputeError(FenrunError):
    """There is no such share, or it cannot be disputed any more. Which it is, only its partner may know."""

    code = "nothing_to_dispute"
    status = 409
    title = "There is nothing to dispute"


class NoGroundError(FenrunError):
    """A claim rests on nothing."""

    code = "no_ground"
    status = 409
    title = "The claim needs a ground"


class NotPartyError(FenrunError):
    """This is for somebody else of the dispute to do."""

    code = "not_party"
    status = 403
    title = "This is not yours to do in this dispute"


class ConflictedError(FenrunError):
    """An arbiter has a part in the matter."""

    code = "arbiter_conflicted"
    status = 403
    title = "You have a part in this matter"


class TooLateError(FenrunError):
    """The step is over."""

    code = "too_late"
    status = 409
    title = "The time for this is over"


class WalletNeededError(FenrunError):
    """A partner with a wallet on the chain speaks for itself there."""

    code = "wallet_needed"
    status = 409
    title = "The partner's own wallet has to do this"


class EvidenceError(FenrunError):
    """A file that cannot be taken as evidence."""

    code = "evidence_refused"
    status = 409
    title = "The evidence cannot be taken"
