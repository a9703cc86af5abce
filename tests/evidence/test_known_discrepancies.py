"""Known errors of the papers are found, and figures known to be right are not reported."""

from __future__ import annotations

import pytest

from kb import Discrepancy, KnowledgeBase

KNOWN = [
    ("ino-vate", "parts-do-not-add-up", "material", "138 + 141 = 279 < 326"),
    ("blina-sc", "parts-do-not-add-up", "material", "14 + 13 = 27 < 29"),
    ("ino-venetoclax", "parts-do-not-add-up", "material", "2 + 3 + 3 = 8 > 7"),
    ("campus-all", "median-outside-parts", "material", "1.5 months means 1.45"),
    ("campus-all", "share-outside-parts", "material", "63% means 62.50"),
    ("campus-all", "share-outside-parts", "minor", "weighted by 57 and 14"),
    ("campus-all", "count-and-share", "material", "3 / 57 = 5.26%, not 0.5"),
    ("campus-all", "count-and-share", "minor", "17 / 57 = 29.82%, not 31"),
    ("campus-all", "count-and-share", "rounding", "16 / 71 = 22.54%, not 22"),
    ("gimema-lal2317", "count-and-share", "material", "131 / 146 = 89.73%, not 90.4"),
    ("ino-venetoclax", "count-and-share", "material", "7 / 9 = 77.78%, not 87"),
    ("blina-topp-2014", "count-and-share", "rounding", "2 / 36 = 5.56%, not 5.5"),
    ("campus-all", "impossible-share", "rounding", "13 / 57 = 22.81%"),
    ("ino-vate", "impossible-share", "minor", "114 / 141 = 80.85%"),
    ("campus-all", "breakdown-total", "minor", "33 + 21 + 2 = 56 ≠ 57"),
    ("campus-all", "outcome-above-broader", "material", "82 > 58"),
    ("ino-ph-positive", "residual-above-response", "material", "81 > 73"),
    ("campus-all", "differs-within-source", "material", "21.9 months"),
    ("campus-all", "differs-within-source", "material", "2 cycles"),
    ("ino-vate", "differs-between-sources", "material", "6.2 months"),
    ("mini-hcvd-ino-blina", "differs-between-sources", "material", "4%"),
    ("ino-vate-disease-burden", "categories-overlap", "material", ">50% and 50–90% overlap"),
    ("campus-all", "categories-hole", "minor", "leave out exactly 50%"),
    ("e1910", "categories-hole", "minor", "leave out exactly 55 years"),
    ("ino-vate-disease-burden", "benefit-not-significant", "minor", "p = 0.1109"),
    ("maic-song", "benefit-not-significant", "minor", "p = 0.4"),
    ("alcantara", "reference-column-shifted", "material", "TOWER: printed [25], listed [28]"),
    (
        "international-reference-analysis",
        "differs-from-cited",
        "material",
        "17060 patients ≠ 1,706",
    ),
    ("mini-hcvd-ino-blina", "differs-from-cited", "material", "4% ≠ 34%"),
    ("blast", "differs-from-cited", "material", "78% of 88 ≠ 88/113 (78%)"),
    ("ino-vate", "differs-from-cited", "material", "80% ≠ 35.8%"),
    ("ino-vate", "figure-of-another-report", "material", "74% ≠ 80.7%"),
    ("campus-all", "figures-of-another-group", "material", "9.4 months ≠ 21.9 months ≠ 19"),
    ("ino-vate", "figure-of-some-only", "material", "69/88 (78.4%)"),
    ("blast", "figure-of-some-only", "minor", "36.5 months"),
]


@pytest.fixture(scope="module")
def discrepancies(real: KnowledgeBase) -> list[Discrepancy]:
    return list(real.discrepancies())


@pytest.mark.parametrize(("study", "kind", "severity", "computation"), KNOWN)
def test_a_known_error_is_found(
    discrepancies: list[Discrepancy], study: str, kind: str, severity: str, computation: str
) -> None:
    assert [
        one
        for one in discrepancies
        if (one.study, one.kind, one.severity) == (study, kind, severity)
        and computation in one.computation
    ]


@pytest.mark.parametrize(
    ("kinds", "studies"),
    [
        (("parts-do-not-add-up", "share-outside-parts"), ("tower", "neuf", "bliven")),
        (("figure-of-some-only",), ("tower", "alcantara", "campus-all")),
        (("differs-within-source",), ("international-reference-analysis",)),
        (("reference-of-another-study",), ("tower-ph-like", "gimema-lal2317")),
    ],
)
def test_sound_figures_are_left_alone(
    discrepancies: list[Discrepancy], kinds: tuple[str, ...], studies: tuple[str, ...]
) -> None:
    assert not [one for one in discrepancies if one.kind in kinds and one.study in studies]


def test_every_message_is_a_sentence_and_shows_its_computation(
    discrepancies: list[Discrepancy],
) -> None:
    for one in discrepancies:
        assert one.message.endswith(".")
        assert "None" not in one.message
        assert one.computation or one.kind == "share-without-time"
