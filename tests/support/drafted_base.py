"""An evidence base with one source that has not been transcribed."""

from __future__ import annotations

from pathlib import Path

from kb.records.starter import write_starter

TEXT = """\
## Results ##

Nausea was seen in 12% with tussolan at 12 weeks. Of 90 people, 45 had tussolan.

## Table 1 ##

Baseline characteristics

\tTussolan (n = 45)\tPlacebo (n = 45)\tP value
Age, years, mean (SD)\t54.3 (11.2)\t55.0 (10.8)\t0.75
Sex, n (%)\t\t\t
Female\t30 (67)\t27 (60)\t0.51
Male\t15 (33)\t18 (40)\t
Pack-years, median (IQR)\t20 (12–31)\t22 (14–33)\t<0.001
Unclear\t4 (7)\t5 (9)\t

* Means and standard deviations.
"""
SOURCE = """\
id: low-2020
publication: example-paper
title: A second invented paper
kind: primary-report
text: low-2020.txt
credit: Invented.
sections:
  - {id: Results, label: Results, from: "## Results"}
  - {id: Table 1, label: Characteristics, from: "## Table 1"}
"""
STUDY = """\
id: second-trial  # a comment that stays
name: SECOND
title: tussolan against placebo
design: {kind: randomised-trial}
population: chronic-cough
groups:
  tussolan: {label: tussolan arm, role: experimental, regimen: tussolan}
  placebo: {label:   placebo arm, role: comparator, regimen: placebo}  # spaced by hand
reports:
  # The curator's own words.
  - source: low-2020
    at: Results
    claims:
      - {endpoint: SAMPLE_SIZE, printed: Of 90 people, values: {all: {n: 90}}}
"""


def write_base(folder: Path, study: str = STUDY) -> Path:
    """Write the base, and return its folder."""
    write_starter(folder, "Base", "https://example.org/base/")
    evidence = folder / "evidence"
    (evidence / "sources" / "low-2020.yaml").write_text(SOURCE, encoding="utf-8")
    (evidence / "studies" / "second-trial.yaml").write_text(study, encoding="utf-8")
    (folder / "texts" / "low-2020.txt").write_text(TEXT, encoding="utf-8")
    return folder
