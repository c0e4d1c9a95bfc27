"""Materials for partners: files by version, for those whom they are for, and who fetched them."""
