"""Who may do what: users, roles, rights, assignments and API tokens."""
