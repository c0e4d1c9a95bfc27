"""`python -m fenrun` is `fenrun`."""

from fenrun.cli import app

app(prog_name="fenrun")
