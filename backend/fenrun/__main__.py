"""`python -m fenrun` is `fenrun`."""

import gc


def main() -> None:
    """Runs a command."""
    # What is imported stays: to look for garbage among it again and again is a sixth of the start.
    gc.disable()
    from fenrun.cli import app

    gc.freeze()
    gc.enable()
    app(prog_name="fenrun")


if __name__ == "__main__":
    main()
