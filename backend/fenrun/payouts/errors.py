"""What can go wrong with payouts."""

from fenrun.kit.errors import FenrunError


class TransitionError(FenrunError):
    """A run or payout is not in a status in which this can happen."""

    code = "transition_impossible"
    status = 409
    title = "Not possible any more, or not yet"


class SamePersonError(FenrunError):
    """Who prepared or changed something cannot approve it."""

    code = "same_person"
    status = 403
    title = "Another person must do this"


class RunEmptyError(FenrunError):
    """A run that pays nobody."""

    code = "run_empty"
    status = 409
    title = "This run pays nobody"


class PaysOnError(FenrunError):
    """A day that payments cannot be made on."""

    code = "pays_on_past"
    status = 409
    title = "This day is over"


class OtherCurrencyError(FenrunError):
    """No ledger is kept in this currency."""

    code = "currency_unknown"
    status = 409
    title = "No ledger for this currency"


class PayerMissingError(FenrunError):
    """Nobody said from which account to pay."""

    code = "payer_missing"
    status = 409
    title = "The paying account is not set up"


class FileChangedError(FenrunError):
    """A file that was made before would have other bytes now."""

    code = "payout_file_changed"
    status = 409
    title = "The file would not be the one that was sent"


class DetailsInvalidError(FenrunError):
    """Payout details that no bank would take."""

    code = "payout_details_invalid"
    status = 422
    title = "These payout details cannot be right"


class DetailsMissingError(FenrunError):
    """A partner without payout details."""

    code = "payout_details_missing"
    status = 409
    title = "There are no payout details"


class ChangeMissingError(FenrunError):
    """No change of payout details waits."""

    code = "payout_change_missing"
    status = 409
    title = "No change of payout details waits"


class RailError(FenrunError):
    """A payee or a run on a rail that cannot pay it; the detail names the rule."""

    code = "rail_refused"
    status = 409
    title = "Not on this rail"


class WithdrawalRefusedError(FenrunError):
    """A withdrawal that the vault would not pay; the detail says why."""

    code = "withdrawal_refused"
    status = 409
    title = "The vault would not pay this"


class BankAnswerError(FenrunError):
    """A bank's answer with rows that cannot be taken in; each is named by its line. Nothing was written."""

    code = "bank_answer_invalid"
    status = 422
    title = "The bank's answer was not taken in"
