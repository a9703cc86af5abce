"""Records whose every free text tries to become markup."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kb.api.knowledge_base import KnowledgeBase
from kb.site.build import build_site
from support.built_site import records
from support.environment import ROOT

ATTACK = "</title></script><script>alert(1)</script>"

MARKDOWN = "*x* [y](javascript:alert(2)) `z` {{ 7*7 }} {: #evil } | <b>"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def judge_hostile(root: Path) -> None:
    """Judge the one finding of the hostile records with as hostile a reason."""
    (finding,) = KnowledgeBase(root).discrepancies()
    faulty, stands = (claim.id for claim in finding.claims)
    write(
        root / "evidence" / "adjudications" / "t.yaml",
        f"adjudications:\n  - finding: {finding.id}\n    judged: '{finding.state}'\n"
        f"    judgement: one-stands\n    stands: [{stands}]\n    faulty: [{faulty}]\n"
        f"    reads: '{ATTACK}'\n    reason: 'Because {ATTACK} {MARKDOWN}'\n"
        "    grounds: [judgement]\n    date: 2026-01-01\n",
    )


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """A small evidence base whose every free text tries to become markup."""
    root = tmp_path_factory.mktemp("hostile")
    shutil.copytree(ROOT / "ontology", root / "ontology")
    population = next(iter(records().vocabulary.schemes["population"]))
    evidence = root / "evidence"
    write(
        evidence / "dataset.yaml",
        f"title: '{ATTACK}'\ndescription: '\"{MARKDOWN}'\nbase: https://example.org/e/\n"
        f"license: https://example.org/licence\ncredits: ['{ATTACK} {MARKDOWN}']\n",
    )
    write(
        evidence / "publications.yaml",
        f"publications:\n  p:\n    citation: '{ATTACK} {MARKDOWN}'\n    type: review\n"
        f"    note: '{ATTACK}'\n",
    )
    write(
        evidence / "sources" / "s.yaml",
        f"id: s\npublication: p\ntitle: '{ATTACK} {MARKDOWN}'\nkind: review\n"
        f"credit: '{ATTACK}'\nsections:\n  - {{id: '1', label: '{MARKDOWN}', from: '1.'}}\n"
        "references: {1: p}\n",
    )
    write(
        evidence / "studies" / "t.yaml",
        f"id: t\nname: '{ATTACK} {MARKDOWN}'\ntitle: '{ATTACK}'\n"
        f"design: {{kind: randomised-trial}}\npopulation: {population}\n"
        f"groups:\n  a: {{label: '{ATTACK}', role: experimental}}\n"
        f"  b: {{label: '{MARKDOWN}', role: comparator}}\n"
        "reports:\n  - source: s\n    at: '1'\n    cites: [1]\n    claims:\n"
        f"      - endpoint: OS\n        named: '{ATTACK}'\n        category: '{MARKDOWN}'\n"
        f"        statistic: median\n        unit: months\n        printed: '{ATTACK} 7.7 and 4'\n"
        f"        note: '{ATTACK}'\n        values: {{a: 7.7, b: 4}}\n"
        "        comparison: {finding: longer}\n"
        f"      - {{endpoint: OS, category: '{MARKDOWN}', statistic: median, unit: months,\n"
        "         printed: '9 and 4', values: {a: 9, b: 4}}\n",
    )
    judge_hostile(root)
    return KnowledgeBase(root)


@pytest.fixture(scope="module")
def hostile_site(hostile: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile-site")
    build_site(hostile, folder)
    return folder
