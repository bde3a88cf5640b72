"""The names of what can be done, each with the sentence that a reader of the trail sees."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise

_sentences: dict[str, str | Promise] = {}
_words: dict[str, Mapping[str, str | Promise]] = {}


class UnknownAction(LookupError):
    """An action was recorded that no room has registered: a slip in the code."""


def register(action: str, sentence: str | Promise, words: Mapping[Any, str | Promise] | None = None) -> None:
    """Register an action, in the ``ready`` of the app that owns it.

    Args:
        action: The name, for example ``initiative.change``.
        sentence: What a reader sees, for example “Initiative changed”; translatable.
        words: What people read for the words that its changes state under names which are no fields of the record.
    """
    if _sentences.get(action, sentence) != sentence:
        raise ValueError(f"The action {action!r} is registered twice, with different sentences.")
    _sentences[action] = sentence
    _words[action] = {str(word): label for word, label in (words or {}).items()}


def sentence_of(action: str) -> str:
    """Return the sentence of an action in the reader's language."""
    if action not in _sentences:
        raise UnknownAction(f"No app has registered the action {action!r}; register it in the app's ready().")
    return str(_sentences[action])


def words_of(action: str) -> Mapping[str, str | Promise]:
    """Return what people read for the words that only the changes of an action state."""
    return _words.get(action, {})


def registered_actions() -> list[str]:
    """Return the names of all registered actions, sorted."""
    return sorted(_sentences)
