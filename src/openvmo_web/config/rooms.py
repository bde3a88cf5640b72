"""The rooms of the server, from the roof down: each may use only those after it."""

ROOMS = (
    "reports",
    "exchange",
    "governance",
    "insight",
    "delivery",
    "benefits",
    "portfolio",
    "strategy",
    "jobs",
    "access",
    "audit",
    "common",
)
