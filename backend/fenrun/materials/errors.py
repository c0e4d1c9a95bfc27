"""What can go wrong with materials."""

from fenrun.kit.errors import FenrunError


class MaterialVersionError(FenrunError):
    """Not the version that can be published now; the detail names it."""

    code = "material_version"
    status = 409
    title = "This version cannot be published"
