"""The simulator: what other plans would have cost and brought, by the rules that pay. It settles nothing."""
