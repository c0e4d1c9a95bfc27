"""What can go wrong on the settlement road. The codes are also the reasons in lists of refused rows."""

from fenrun.kit.errors import FenrunError

SKIP_REASONS = (
    "none",
    "duplicate",
    "no_referral",
    "partner_suspended",
    "insufficient_balance",
    "partner_unknown",
    "not_yet_paid",
)
"""The contract's `Skip`, in words."""


class AmountNotPositiveError(FenrunError):
    """An order is worth zero or less."""

    code = "amount_not_positive"
    status = 409
    title = "The amount must be above zero"


class CustomerUnknownError(FenrunError):
    """Nobody registered this customer."""

    code = "customer_unknown"
    status = 409
    title = "Nobody registered this customer"


class ReferralNotInForceError(FenrunError):
    """The customer was not yet attributed to anybody when the order was paid."""

    code = "referral_not_in_force"
    status = 409
    title = "No attribution was in force when this was paid"


class OrderUnknownError(FenrunError):
    """No event of this order has come."""

    code = "order_unknown"
    status = 409
    title = "This order is not known"


class RefundConflictError(FenrunError):
    """The refund id came before, with other content."""

    code = "refund_conflict"
    status = 409
    title = "This refund came before, with other content"


class RefundTooLargeError(FenrunError):
    """More than is left of the order."""

    code = "refund_too_large"
    status = 409
    title = "More than was paid cannot be refunded"


class PaidInFutureError(FenrunError):
    """An order that is paid more than a day from now is not paid."""

    code = "paid_in_future"
    status = 409
    title = "This is not paid yet"


class CurrencyUnknownError(FenrunError):
    """No ledger was set up for this currency."""

    code = "currency_unknown"
    status = 409
    title = "No ledger for this currency"


class EventConflictError(FenrunError):
    """The event id came before, with other content."""

    code = "event_conflict"
    status = 409
    title = "This event came before, with other content"


class OrderConflictError(FenrunError):
    """The order id came before, with other content."""

    code = "order_conflict"
    status = 409
    title = "This order came before, with other content"


class OrderDuplicateError(FenrunError):
    """The same order stands twice in one file."""

    code = "order_duplicate"
    status = 409
    title = "This order came before"


class RefundDuplicateError(FenrunError):
    """The same refund stands twice in one file."""

    code = "refund_duplicate"
    status = 409
    title = "This refund came before"
