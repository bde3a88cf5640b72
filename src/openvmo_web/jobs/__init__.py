"""Work that takes longer than a page: queued in the database, run by worker processes."""
