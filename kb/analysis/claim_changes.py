"""What changed in the claims of two states: figures, subjects, places, words and judgements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from kb.analysis.change import Change, ChangeKind, arrow, differing, field_label, value_words
from kb.analysis.states import Key, Pairs, State
from kb.checks.wording import figure_text, p_text, place
from kb.model import Claim, DoseStep, Output, claim_outputs, outputs
from kb.util.wording import counted

_FIGURES: Final = ("figure", "result", "statistic", "measure.statistic")
_SUBJECTS: Final = ("measure", "named", "analysis_set", "data_cut", "imputation", "cites")
_PLACES: Final = ("source", "section", "row", "column")
_IGNORED: Final = ("id", "block", "kind", "measure.study")
_PEOPLE: Final = ("measure.group", "measure.comparator", "result.favours")
_OBVIOUS: Final = ("percentage", "count", "value", "frequency")
_BOUNDS: Final = {"iqr": "IQR", "ci": "CI, level not stated", "cri": "CrI, level not stated"}


class ClaimChanges:
    """The changes of the claims that two states share, and of those of one state only."""

    def __init__(self, old: State, new: State, pairs: Pairs) -> None:
        """Take claims that are paired already."""
        self.old, self.new, self.pairs = old, new, pairs

    def changes(self) -> Iterator[Change]:
        """Yield all changes of claims."""
        shown: set[Key] = set()
        for old, new in sorted(self.pairs.same, key=lambda pair: not self._is_other(*pair)):
            block = (new.study, new.block)
            yield from self._pair(old, new, block in shown)
            if self._is_other(old, new) or old.wording != new.wording:
                shown.add(block)  # a print is of a whole block
        for claim in self.pairs.withdrawn:
            yield self._whole(ChangeKind.WITHDRAWN, claim, self.old)
        for claim in self.pairs.added:
            yield self._whole(ChangeKind.ADDED, claim, self.new)
        yield from self._company()
        yield from self._verification()

    def _whole(self, kind: ChangeKind, claim: Claim, state: State) -> Change:
        figure = whole_figure(claim, state)
        name = self._study(claim)
        text = f"{name}: {subject(claim, state)}: {figure} ({where(claim)})"
        old, new = (figure, "") if kind is ChangeKind.WITHDRAWN else ("", figure)
        return Change(kind, name, text, _item(claim), old, new)

    def _study(self, claim: Claim) -> str:
        names = self.new.describe.studies
        return names.get(claim.study) or self.old.describe.studies.get(claim.study, claim.study)

    @staticmethod
    def _is_other(old: Claim, new: Claim) -> bool:
        """Tell whether the figure is another."""
        return old.steps != new.steps or any(
            output.attr.startswith(_FIGURES)
            for output in differing(claim_outputs(), old, new, _IGNORED)
        )

    def _pair(self, old: Claim, new: Claim, is_print_shown: bool) -> Iterator[Change]:
        changed = [*differing(claim_outputs(), old, new, _IGNORED)]
        figures = [o for o in changed if o.attr.startswith(_FIGURES)]
        if self._is_other(old, new):
            yield self._figure(old, new, figures)
        others = [o for o in changed if o not in figures]
        subjects = [o for o in others if o.attr.startswith(_SUBJECTS)]
        for output in subjects:
            yield self._field(ChangeKind.SUBJECT, output, old, new)
        if any(o.attr in _PLACES for o in others):
            yield self._moved(old, new)
        for output in others:
            is_shown = (is_print_shown or figures) and output.attr in ("printed", "noted")
            if output not in subjects and output.attr not in _PLACES and not is_shown:
                weight = ChangeKind.SUBJECT if output.attr == "read_in" else ChangeKind.WORDING
                yield self._field(weight, output, old, new)
        yield from self._standing(new)

    def _figure(self, old: Claim, new: Claim, changed: list[Output]) -> Change:
        before, after = whole_figure(old, self.new), whole_figure(new, self.new)
        if before == after:  # what is not part of the words
            before, after = (
                ", ".join(f"{field_label(o)} {self._words(o, claim)}" for o in changed)
                for claim in (old, new)
            )
        return self._change(ChangeKind.FIGURE, new, arrow(before, after), before, after)

    def _field(self, kind: ChangeKind, output: Output, old: Claim, new: Claim) -> Change:
        before, after = (self._words(output, claim) for claim in (old, new))
        is_figure_shown = output.attr not in ("printed", "noted")
        figure = f" {whole_figure(new, self.new)};" if is_figure_shown else ""
        text = f"{figure} {field_label(output)}: {arrow(before, after)}".strip()
        return self._change(kind, new, text, before, after)

    def _moved(self, old: Claim, new: Claim) -> Change:
        before, after = where(old), where(new)
        return self._change(ChangeKind.MOVED, new, f"place: {arrow(before, after)}", before, after)

    def _change(self, kind: ChangeKind, claim: Claim, text: str, old: str, new: str) -> Change:
        name = self._study(claim)
        line = f"{name}: {subject(claim, self.new)}: {text} ({where(claim)})"
        return Change(kind, name, line, _item(claim), old, new)

    def _words(self, output: Output, claim: Claim) -> str:
        if output.attr in _PEOPLE:
            name = str(output.value(claim))
            return group_words(claim.study, name, self.new, self.old) if name else ""
        return value_words(output, claim, self.new.vocabulary)

    def _standing(self, new: Claim) -> Iterator[Change]:
        key = (new.study, new.id)
        before = self.old.curated.standing(*self.pairs.former[key])
        after = self.new.curated.standing(*key)
        if before != after:
            words = [str(one).replace("-", " ") or "uncontested" for one in (before, after)]
            text = f"{whole_figure(new, self.new)}: {arrow(*words)}"
            yield self._change(ChangeKind.JUDGED, new, text, *words)

    def _company(self) -> Iterator[Change]:
        """Yield the figures that are printed with others of the kept ones than before."""
        back = self.pairs.former
        before, after = _blocks(self.old.evidence.claims), _blocks(self.new.evidence.claims)
        forth = {old: new for new, old in back.items()}
        for _, new in self.pairs.same:
            key = (new.study, new.id)
            old = {forth[k] for k in before[back[key]] if k in forth}
            now = {k for k in after[key] if k in back}
            if old != now:
                yield self._change(
                    ChangeKind.MOVED,
                    new,
                    f"recorded with {len(now) - 1} other figures, before with {len(old) - 1}",
                    str(len(old) - 1),
                    str(len(now) - 1),
                )

    def _verification(self) -> Iterator[Change]:
        """Yield changes of verification: one line for the figures of a study in a source."""
        numbers: Counter[tuple[str, str, str, str]] = Counter()
        for _, new in self.pairs.same:
            key = (new.study, new.id)
            before = self.old.verification.get(self.pairs.former[key], "not_checked")
            after = self.new.verification.get(key, "not_checked")
            if before != after:
                numbers[self._study(new), new.source, before, after] += 1
        for (study, source, before, after), number in sorted(numbers.items()):
            old, new_ = (word.replace("_", " ") for word in (before, after))
            figures = counted(number, "figure")
            text = f"{study}: {figures} in {source}: {arrow(old, new_)}"
            yield Change(ChangeKind.VERIFICATION, study, text, f"source {source}", old, new_)


def subject(claim: Claim, state: State) -> str:
    """Return what a claim is about, as a reader says it: endpoint, statistic, time, patients."""
    m, known = claim.measure, state.vocabulary.schemes.get("statistic", {})
    statistic = known[claim.statistic].label if claim.statistic in known else claim.statistic
    groups = group_words(m.study, m.group, state)
    versus = f" against {group_words(m.study, m.comparator, state)}" if m.comparator else ""
    parts = (
        f"{_endpoint(claim, state)}{f' ({m.category})' if m.category else ''}",
        "" if claim.statistic in _OBVIOUS else statistic,
        str(m.time),
        f"{groups}{versus}",
        m.adjustment,
    )
    return ", ".join(filter(None, parts))


def _endpoint(claim: Claim, state: State) -> str:
    name = claim.measure.endpoint
    known = state.vocabulary.schemes.get("endpoint", {})
    return known[name].label if name in known else name


def group_words(study: str, name: str, *states: State) -> str:
    """Return the label of a group with its wider groups, from the first state that has it."""
    found = next((s for s in states if (study, name) in s.groups), None)
    return found.describe.group(study, name) if found else name


def where(claim: Claim) -> str:
    """Return the place of a claim: the row and column of a table, its section and source."""
    cell = " › ".join(filter(None, (*claim.row, claim.column)))
    return f"{cell}, {place(claim)}" if cell else place(claim)


def whole_figure(claim: Claim, state: State) -> str:
    """Return all that is printed as the figure: value, bounds, spread, dates, p-value, words."""
    figure, result = claim.figure, claim.result
    dates = " to ".join(filter(None, (figure.date, figure.date_from, figure.date_to)))
    known = state.vocabulary.schemes.get("word", {})
    direction = known[result.direction].label if result.direction in known else result.direction
    p = p_text(claim)
    parts = (
        figure_text(claim),
        _bounds(claim),
        f"{figure.dispersion_kind or 'spread'} {figure.dispersion}" if figure.dispersion else "",
        dates,
        "; ".join(map(_step, claim.steps)),
        direction,
        p,
    )
    return ", ".join(dict.fromkeys(filter(None, parts))) or claim.wording


def _bounds(claim: Claim) -> str:
    figure = claim.figure
    if not figure.bounds or figure.bounds == "interval":
        return ""
    name = _BOUNDS.get(figure.bounds, figure.bounds)
    if figure.level is not None:
        name = f"{figure.level}% {'CrI' if figure.bounds.startswith('cri') else 'CI'}"
    ends = ("not reached" if end is None else str(end) for end in (figure.low, figure.high))
    return f"{name} {'–'.join(ends)}"


def _step(step: DoseStep) -> str:
    values = {o.attr: o.text(step) for o in outputs(DoseStep) if o.attr != "position"}
    return " ".join(filter(None, values.values()))


def _item(claim: Claim) -> str:
    return f"{claim.study}#{claim.id}"


def _blocks(claims: tuple[Claim, ...]) -> Mapping[Key, set[Key]]:
    """Return for each claim those of its block."""
    blocks: dict[Key, set[Key]] = {}
    for claim in claims:
        blocks.setdefault((claim.study, claim.block), set()).add((claim.study, claim.id))
    return {(c.study, c.id): blocks[c.study, c.block] for c in claims}
