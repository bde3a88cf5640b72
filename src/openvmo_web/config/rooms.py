"""The rooms of the server, from the roof down: each may use only those after it."""

ROOMS = (
    "reports",
    "exchange",
    "governance",
    "insight",
    "delivery",
    "realisation",
    "papers",
    "maps",
    "benefits",
    "portfolio",
    "strategy",
    "jobs",
    "access",
    "audit",
    "common",
)
