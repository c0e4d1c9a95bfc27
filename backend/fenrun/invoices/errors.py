"""What can go wrong with invoices."""

from fenrun.kit.errors import FenrunError


class InvoiceInvalidError(FenrunError):
    """It is no invoice that can be relied on; the detail names the field."""

    code = "invoice_invalid"
    status = 409
    title = "The invoice cannot be used as it is"


class InvoiceTakenError(FenrunError):
    """Its number is registered already."""

    code = "invoice_taken"
    status = 409
    title = "This invoice is registered already"


class InvoiceStateError(FenrunError):
    """It was red-lettered already."""

    code = "invoice_state"
    status = 409
    title = "The invoice is red-lettered already"
