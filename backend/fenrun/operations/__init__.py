"""Whether an installation is well: health, figures, and a doctor."""
