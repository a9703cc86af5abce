"""The words beside figures: a meaning for each, in the legend of every page that has them."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

from support.built_site import pages

from kb.site.context import PageContext
from kb.site.tables.figures import displayed_figures
from kb.site.tables.marks import LEGEND, judged, judged_meaning, mark

MARK = re.compile(r'<small class="mark[^"]*"([^>]*)>([^<]*)')
CONTESTED = re.compile(r'<a class="contested[^"]*"([^>]*)>([^<]*)')


def test_every_word_has_a_meaning_and_each_page_with_words_a_legend(site_folder: Path) -> None:
    seen = set()
    for path in pages(site_folder):
        html = (site_folder / path).read_text(encoding="utf-8")
        words = [*MARK.findall(html), *CONTESTED.findall(html)]
        if not words:
            continue
        assert html.count(f'data-meaning="{next(iter(LEGEND))}"') == 1, path
        for attributes, text in words:
            title = re.search(r' title="([^"]+)"', attributes)
            assert title, (path, text)
            for part in unescape(text).split(" · "):
                word = re.sub(r" in \d+ of \d+ places$", "", part)
                assert LEGEND[word].casefold() in unescape(title[1]).casefold(), (path, part)
                seen.add(word)
    assert seen >= {"checked", "noted", "second-hand", "preferred", "set aside", "note"}


def test_the_meaning_of_a_judgement_is_that_of_its_word(site: PageContext) -> None:
    for views in site.by_study.values():
        for view in views:
            (figure,) = displayed_figures([view], site.labels, with_unit=True)
            assert judged_meaning(figure) == LEGEND[judged(figure)]
            assert mark(figure).meaning
