"""What people may ask of us about their own data: an archive of it, and its erasure."""
