"""What was done, by whom, when and why: an append-only log."""
