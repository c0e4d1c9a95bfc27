"""What can be wrong with a simulation."""

from fenrun.kit.errors import FenrunError


class DesignError(FenrunError):
    """A candidate plan that makes no sense; the detail names plan, field and remedy."""

    code = "design_invalid"
    status = 422
    title = "This is no plan"


class NothingToSimulateError(FenrunError):
    """There is no order to reckon with."""

    code = "nothing_to_simulate"
    status = 409
    title = "There are no orders"


class TooMuchVolumeError(FenrunError):
    """The orders' sum does not fit into 63 bits."""

    code = "too_much_volume"
    status = 422
    title = "The orders add up to more than can be reckoned"


class SimulatedOnlyError(FenrunError):
    """A kind of plan that the contract cannot settle."""

    code = "simulated_only"
    status = 409
    title = "The contract cannot settle this plan"


class SimulationStateError(FenrunError):
    """What was asked for does not go with the state of the simulation or of the proposal."""

    code = "simulation_state"
    status = 409
    title = "Not possible in this state"


class FourEyesError(FenrunError):
    """The same person on both sides of a decision for two."""

    code = "same_person"
    status = 403
    title = "This needs somebody else"
