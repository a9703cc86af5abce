"""Make an evidence base of any size whose studies have the shape of real ones.

Studies are drawn from the project's own records by a fixed seed, in rounds as large as these.
Each round has sources and publications of its own, as the records have, and each study new ids
and other decimals: the same number becomes the same other number throughout a study.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import ryaml

SEED: Final = 20_261_121
_LISTS: Final = re.compile(r"^(publications|analysis_of|registry): \[(.*)\]$", re.MULTILINE)
_SOURCE: Final = re.compile(r"^(  - source: )(\S+)$", re.MULTILINE)
_DECIMAL: Final = re.compile(r'(?<!at: ")(?<![\w.])(?<!\w-)\d+\.\d+(?![\w.])')


def write_corpus(root: Path, target: Path, studies: int) -> Path:
    """Write an evidence base with so many studies, shaped like the one in ``root``.

    Raises:
        ValueError: a record whose references are written in a way that is not known here.
    """
    real = _Records(root / "evidence")
    evidence = target / "evidence"
    for kind in ("studies", "sources"):
        (evidence / kind).mkdir(parents=True)
    shutil.copytree(root / "ontology", target / "ontology")
    shutil.copy(root / "evidence" / "dataset.yaml", evidence)
    drawn = _drawn(real, studies, random.Random(SEED))  # noqa: S311 - a draw to be repeated
    publications: dict[str, Any] = {}
    for number in range(-(-studies // len(real.studies))):
        names = dict(islice(drawn, len(real.studies)))
        publications |= _Round(real, number, names).write(evidence)
    text: str = ryaml.dumps({"publications": publications})
    (evidence / "publications.yaml").write_text(text, encoding="utf-8")
    return target


def write_sample(root: Path, target: Path) -> Path:
    """Write those of the project's own studies that the tested questions name, and their kin.

    It is an evidence base for engines that need minutes for all of the records.
    """
    evidence = target / "evidence"
    real = _Records(root / "evidence")
    shutil.copytree(root / "evidence" / "sources", evidence / "sources")
    shutil.copytree(root / "evidence" / "answers", evidence / "answers")
    shutil.copytree(root / "ontology", target / "ontology")
    shutil.copy(root / "evidence" / "dataset.yaml", evidence)
    (evidence / "studies").mkdir()
    asked = [ryaml.loads(path.read_text("utf-8")) for path in (evidence / "answers").glob("*")]
    named = {answer.get("parameters", {}).get("study") for answer in asked}
    waiting = [name for name in real.names if name in named]
    kept: set[str] = set()
    while waiting:
        kept.add(name := waiting.pop())
        (evidence / "studies" / f"{name}.yaml").write_text(real.studies[name], encoding="utf-8")
        kin = ryaml.loads(real.studies[name]).get("analysis_of", ())
        waiting += [other for other in kin if other not in kept]
    for publication in real.publications.values():
        publication["reports"] = [n for n in publication.get("reports", ()) if n in kept]
    text: str = ryaml.dumps({"publications": real.publications})
    (evidence / "publications.yaml").write_text(text, encoding="utf-8")
    return target


def _drawn(real: _Records, studies: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    """Yield the id of each new study and the one that it has its shape from."""
    for number in range(studies):
        like = chance.choice(real.names)
        yield f"{like[:40].rstrip('-')}-s{number}", like


class _Records:
    """The real records: studies as text, which keeps a curator's style, the rest as data."""

    def __init__(self, evidence: Path) -> None:
        self.studies = {
            path.stem: path.read_text(encoding="utf-8")
            for path in sorted((evidence / "studies").glob("*.yaml"))
        }
        self.sources = {
            path.stem: ryaml.loads(path.read_text(encoding="utf-8"))
            for path in sorted((evidence / "sources").glob("*.yaml"))
        }
        text = (evidence / "publications.yaml").read_text(encoding="utf-8")
        self.publications: dict[str, dict[str, Any]] = ryaml.loads(text)["publications"]
        self.names = list(self.studies)


@dataclass(frozen=True)
class _Round:
    """One round of studies, with sources and publications that no other round has."""

    real: _Records
    number: int
    names: Mapping[str, str]
    """The new id of each study and the one that it is like."""

    def write(self, evidence: Path) -> dict[str, Any]:
        """Write studies and sources; return the publications, which stand in one file."""
        for name, like in self.names.items():
            text = self._study(name, self.real.studies[like])
            (evidence / "studies" / f"{name}.yaml").write_text(text, encoding="utf-8")
        for name, source in self.real.sources.items():
            made = self._source(name, source)
            path = evidence / "sources" / f"{made['id']}.yaml"
            path.write_text(ryaml.dumps(made), encoding="utf-8")
        return {self._own(n): self._publication(p) for n, p in self.real.publications.items()}

    def _own(self, name: str) -> str:
        return f"{name[:50].rstrip('-')}-r{self.number}"

    def _alike(self, names: Iterable[str]) -> list[str]:
        """The studies of this round that are like one of these."""
        wanted = set(names)
        return [name for name, like in self.names.items() if like in wanted]

    def _study(self, name: str, text: str) -> str:
        moved = _moved(random.Random(name))  # noqa: S311 - a draw to be repeated
        head, reports, body = text.partition("\nreports:")
        head = re.sub(r"^id: .*$", f"id: {name}", head, count=1, flags=re.MULTILINE)
        head = _LISTS.sub(lambda found: self._list(found, name, moved), head)
        body = _SOURCE.sub(lambda found: found[1] + self._own(found[2]), body)
        if body.count("source: ") < text.count("\n  - source:"):
            raise ValueError(f"{name}: a report whose source is not on its first line")
        return head + reports + _DECIMAL.sub(lambda found: moved(found[0]), body)

    def _list(self, found: re.Match[str], study: str, moved: Callable[[str], str]) -> str:
        field, names = found[1], [name.strip() for name in found[2].split(",")]
        if field == "publications":
            names = [self._own(name) for name in names]
        elif field == "analysis_of":
            names = [name for name in self._alike(names) if name != study]
        else:
            names = [re.sub(r"\d+$", lambda digits: moved(digits[0]), name) for name in names]
        return f"{field}: [{', '.join(names)}]"

    def _source(self, name: str, source: dict[str, Any]) -> dict[str, Any]:
        references = {n: self._own(p) for n, p in source.get("references", {}).items()}
        made = {**source, "id": self._own(name), "publication": self._own(source["publication"])}
        return {**made, "references": references} if references else made

    def _publication(self, publication: dict[str, Any]) -> dict[str, Any]:
        made = {**publication, "reports": self._alike(publication.get("reports", ()))}
        if "doi" in made:
            made["doi"] = f"{made['doi']}.r{self.number}"
        return made


def _moved(chance: random.Random) -> Callable[[str], str]:
    """Return what puts another digit for the last one of a number; naught stays naught."""
    digits = [str(digit) for digit in range(1, 10)]
    others = dict(zip(digits, chance.sample(digits, len(digits)), strict=True))
    return lambda number: number[:-1] + others.get(number[-1], number[-1])
