"""Attribution: which partners earned a customer."""
