"""Random numbers belong to what they are for, not to the order in which they are drawn.

Each stream has a key of its own: the digest of the seed, its purpose and the ids that it serves. The number of a trial
is its place in the stream. So neither the order of initiatives, nor chunks, nor workers change a number, and adding an
initiative changes no other's. A longer run begins with the trials of a shorter one. Options of one initiative share the
streams of lines with the same id: they are compared in the same futures.
"""

from __future__ import annotations

import hashlib

# What a stream is for; the first part of its name.
FACTOR = "factor"
QUANTITY = "quantity"
EVENT = "event"
POOL = "pool"


def stream_key(seed: int, *names: str) -> int:
    """The key of a stream, 64 bits; names that read alike when joined give different keys.

    >>> stream_key(1, "a", "bc") == stream_key(1, "ab", "c")
    False
    """
    text = f"{seed}:" + "".join([f"{len(name)}:{name}" for name in names])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
