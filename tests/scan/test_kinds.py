"""Every kind of finding that a rule reports has plain words, and no other has."""

from __future__ import annotations

import re
from importlib import import_module

from kb.scan import RULES
from kb.scan.kinds import KINDS

KIND = re.compile(r"[a-z]+(?:-[a-z]+)+")


def kinds_of_rules() -> set[str]:
    """The constants of the rules that are names of kinds: words joined by hyphens."""
    modules = [import_module(f"kb.scan.{name}") for name in RULES]
    own = (
        value
        for module in modules
        for name, value in vars(module).items()
        if name.isupper() and not name.startswith("_")
    )
    return {value for value in own if isinstance(value, str) and KIND.fullmatch(value)}


def test_each_kind_of_the_rules_is_explained() -> None:
    assert kinds_of_rules() == set(KINDS), "kb/scan/kinds.py lists what the rules report"


def test_explanations_are_sentences_and_titles_differ() -> None:
    assert len({kind.title for kind in KINDS.values()}) == len(KINDS)
    for name, kind in KINDS.items():
        assert kind.id == name
        assert kind.explanation.endswith(".")
        assert not kind.reference or kind.reference.startswith("10.")
