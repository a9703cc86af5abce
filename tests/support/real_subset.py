"""A few of the project's own studies, with the whole ontology and all sources."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

from support.environment import ROOT

STUDIES = ("alcantara", "ino-venetoclax", "tower", "tower-maintenance", "tower-ph-like")
"""Enough for every query, and few enough for slow engines."""


def write_real_subset(root: Path) -> Path:
    evidence = root / "evidence"
    shutil.copytree(ROOT / "ontology", root / "ontology")
    shutil.copytree(ROOT / "evidence" / "sources", evidence / "sources")
    shutil.copy(ROOT / "evidence" / "dataset.yaml", evidence)
    (evidence / "studies").mkdir()
    for name in STUDIES:
        shutil.copy(ROOT / "evidence" / "studies" / f"{name}.yaml", evidence / "studies")
    data = yaml.safe_load((ROOT / "evidence" / "publications.yaml").read_text(encoding="utf-8"))
    for publication in data["publications"].values():
        reported = [study for study in publication.pop("reports", []) if study in STUDIES]
        if reported:
            publication["reports"] = reported
        if "standing" in publication:  # the loader expects dates as text
            publication["standing"]["checked"] = str(publication["standing"]["checked"])
    text = yaml.safe_dump(data, allow_unicode=True)
    (evidence / "publications.yaml").write_text(text, encoding="utf-8")
    return root
