"""What can go wrong with webhooks."""

from fenrun.kit.errors import FenrunError


class EndpointExistsError(FenrunError):
    """The owner has an endpoint at this address."""

    code = "webhook_endpoint_exists"
    status = 409
    title = "There is an endpoint at this address"


class EndpointDisabledError(FenrunError):
    """Nothing is sent to a disabled endpoint."""

    code = "webhook_endpoint_disabled"
    status = 409
    title = "The endpoint is disabled"


class EventTypeError(FenrunError):
    """An event type that there is not, or that is not for partners."""

    code = "webhook_event_type"
    status = 422
    title = "No such event type for this endpoint"


class EndpointUrlError(FenrunError):
    """An address that is not sent to."""

    code = "webhook_url"
    status = 422
    title = "Not an address to send to"


class TooManyEndpointsError(FenrunError):
    """The owner has as many endpoints as one may have."""

    code = "webhook_endpoints_too_many"
    status = 409
    title = "Too many endpoints"


class TooManySecretsError(FenrunError):
    """A source has two secrets, which is enough to change one."""

    code = "event_source_secrets_too_many"
    status = 409
    title = "Too many secrets"
