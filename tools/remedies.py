"""Why an installer failed, recognised from what it printed, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tools.problems import Problem


@dataclass(frozen=True)
class Remedy:
    """A pattern in an installer's output, the sentence for it, and the way out."""

    pattern: str
    what: str
    remedy: str


NETWORK = (
    "Check the network connection and start again; what was already fetched is kept.\n"
    "Behind a proxy:      set HTTPS_PROXY to its address.\n"
    "With a mirror:       set PIP_INDEX_URL (Python packages) and NPM_CONFIG_REGISTRY (front-end packages).\n"
    "With own certificates: set PIP_CERT, SSL_CERT_FILE and NODE_EXTRA_CA_CERTS to the certificate file."
)

# The first match counts: a full disk also looks like a broken download, a missing network like a missing package.
REMEDIES = (
    Remedy(
        r"No space left on device|ENOSPC|Disk quota exceeded|Errno 28",
        "The disk is full.",
        "Free at least 1 GB where this folder lies (and in the folder for temporary files), and start again.",
    ),
    Remedy(
        r"DO NOT MATCH THE HASHES|EINTEGRITY",
        "A downloaded package is not the one that OpenVMO was tested with, so nothing of it was installed.",
        "Start again; if it happens twice, a proxy or mirror changes packages on their way: ask who runs it.",
    ),
    Remedy(
        r"CERTIFICATE_VERIFY_FAILED|SSLError|self.signed certificate|UNABLE_TO_GET_ISSUER_CERT",
        "The package index answered with a certificate that this computer does not trust.",
        NETWORK,
    ),
    Remedy(
        r"NewConnectionError|ConnectTimeout|ReadTimeout|name resolution|Network is unreachable|Connection refused"
        r"|ProxyError|RemoteDisconnected|ConnectionResetError|Retrying \(Retry"
        r"|ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ECONNRESET",
        "The package index cannot be reached.",
        NETWORK,
    ),
    Remedy(
        r"No matching distribution found|Could not find a version",
        "The package index does not offer a package that OpenVMO needs, or not for this Python on this computer.",
        "Use a common Python (CPython 3.11 to 3.13). PIP_NO_INDEX, PIP_INDEX_URL or a configuration file of pip\n"
        "may also point to an incomplete mirror: `python3 -m pip config list` shows them.",
    ),
    Remedy(
        r"Permission denied|EACCES|EPERM|Operation not permitted",
        "A file cannot be written.",
        "Make this folder, your home folder's cache and the folder for temporary files writable for you,\n"
        "and start again.",
    ),
)


NOISE = re.compile(
    r"^\s*(note:|hint:|full command:|cwd:|File \"|[╰│\u00d7^~]|exit code:)"
    r"|^\s*error: (metadata|subprocess)|finished with status"
)
"""What an installer says around a failure and what leads nowhere."""


def explain(doing: str, output: Sequence[str], more: str) -> Problem:
    """The problem behind a failed installer, or its last lines where the cause is not a known one.

    ``more`` says where to read on.

    >>> explain("Installing", ["OSError: [Errno 28] No space left on device"], "See setup.log.").what
    'Installing failed. The disk is full.'
    """
    text = "\n".join(output)
    for known in REMEDIES:
        if re.search(known.pattern, text):
            return Problem(f"{doing} failed. {known.what}", f"{known.remedy}\n{more}")
    telling = [line for line in output if line.strip() and not NOISE.match(line)]
    tail = "\n".join(f"  {line}" for line in telling[-15:])
    return Problem(f"{doing} failed. Its last words:\n{tail}", more)
