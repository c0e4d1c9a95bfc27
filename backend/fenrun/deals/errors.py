"""What can be wrong with a registration."""

from fenrun.kit.errors import FenrunError


class DealTransitionError(FenrunError):
    """The registration is past that, or not there yet."""

    code = "deal_transition"
    status = 409
    title = "Not possible in this state"


class DealInvalidError(FenrunError):
    """A field that names a company does not; the detail says which, and what would."""

    code = "deal_invalid"
    status = 409
    title = "The registration cannot be used as it is"


class DealDuplicateError(FenrunError):
    """The partner registered this company already."""

    code = "deal_duplicate"
    status = 409
    title = "You registered this company already"


class DealConflictError(FenrunError):
    """Somebody else was first, or the vendor sells to this company itself."""

    code = "deal_conflict"
    status = 409
    title = "Another claim stands in the way"


class CustomerTakenError(FenrunError):
    """The customer is attributed already."""

    code = "customer_taken"
    status = 409
    title = "The customer is attributed already"


class ClaimRefusedError(FenrunError):
    """The chain would not take the claim as it was signed."""

    code = "claim_refused"
    status = 409
    title = "The claim cannot go on chain as it is"
