"""What the labels of a table name: endpoints with categories, units.

Every name is a label of the vocabulary, and a label names a term only if nothing else is left of
it but statistics, units, times and footnote marks: "Age (years), mean (SD)" is the age, "Age at
menopause" is not.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kb.drafts.times import BASELINE_IN, TIME_IN, is_moment
from kb.papers.from_source import label_text
from kb.papers.statistic import declared
from kb.records.vocabulary import Term, Vocabulary
from kb.sources.names import Names, names_of
from kb.sources.normalise import fold

OTHER: Final = "OTHER"
"""The notation of the endpoint that the vocabulary has for anything else."""
MAX_LABEL: Final = 200

_STATISTICS: Final = (
    r"n|no\.|nos\.?|number|%|percent(?:age)?|means?|medians?|average|s\.?d\.?|s\.?e\.?m?\.?"
    r"|iqr|(?:observed )?range|min(?:imum)?(?: ?(?:to|[-–/]) ?max(?:imum)?)?|max(?:imum)?"
    r"|95 ?% ?ci|ci|years?|confidence intervals?|standard deviations?"
    r"|standard errors?|inter-?quartile range|frequency|count|\+/-|±|q1 ?[-–,/;] ?q3|(?-i:and|or)"
    r"|of patients"
    r"|of participants|of subjects|patients|participants|(?-i:M)(?= ?[±(])"
)
_STATISTIC_ONLY: Final = re.compile(
    rf"(?:\b(?:{_STATISTICS})(?![a-z])|[%±\s,;:/()\[\]–—=-]|n ?= ?[0-9, ]+|[0-9]+ ?%)+",
    re.IGNORECASE,
)
_QUANTILE: Final = re.compile(r"[QT][1-5]")
"""A fourth or a fifth of the people; "Q1, Q3" are quartiles."""
_SIZE: Final = re.compile(
    r"[(\[](?:n|no\.?)\s?=\s?[0-9][^()\[\]]*[)\]]"
    r"|[(\[]?\b(?:total )?(?:n|no\.?)\s?=\s?[0-9][0-9, ]*(?:/[0-9]+)?[)\]]?|\([0-9]{1,6}\)$",
    re.IGNORECASE,
)
_GLUED: Final = re.compile(r"(?<=[a-zA-Z])[nN] ?= ?[0-9][0-9,]*$")
_COUNT: Final = re.compile(r"(?<![+&]) (?:n|N|n ?/ ?N|[nN]o\.?|M)$")
_LAST_WORD: Final = re.compile(
    r"(?<=\w),? (?:(?:mean|median)|(?:mean|(?-i:M)) ?± ?s\.?[de]\.?m?)$", re.IGNORECASE
)
_TAIL: Final = re.compile(r"[ ,:;(]+(?:mean|median|n)\b.*$", re.IGNORECASE)
_PREFIX: Final = re.compile(r"^(?:mean|median|total|average) ", re.IGNORECASE)
_SPREAD: Final = re.compile(r" ?±.*$")
_ABBREVIATION: Final = re.compile(r"[A-Z][A-Z0-9-]{1,7}s?")
_IN: Final = re.compile("^in ")
_REST: Final = re.compile(
    r"(?:others?|unknown|missing|not (?:reported|recorded|known|available)|unclear)", re.IGNORECASE
)
_COUNTED: Final = re.compile(r"\b(?:n|no|number|patients|participants|subjects)\b", re.IGNORECASE)
_DASH: Final = re.compile(r" [—–] ?")
"""A dash before a unit or a statistic: "Age — yr"."""
_GENERIC: Final = re.compile(
    r"\b(?:baseline|characteristics?|(?:socio)?demograph\w*|variables?|general|patients?)\b",
    re.IGNORECASE,
)
"""A heading that names no outcome: a category below it is not one of those who had an outcome."""
_ANSWER: Final = re.compile(
    r"yes|no|missing(?: data)?|unknown|don[’']?t know|un(?:certain|decided|sure)"
    r"|not (?:tested|known|done|applicable|sure)"
    r"|n/?a|present|absent|(?:in)?sensitive|(?:non-?)?resistant|susceptible"
    r"|(?:ab)?normal|(?:strongly |somewhat |completely )?(?:dis)?agree|neutral|never|rarely|seldom"
    r"|sometimes|often|always|(?:in)?correct|true|false"
    r"|mild|moderate|severe|light|heavy",
    re.IGNORECASE,
)
_NOT_ITSELF: Final = re.compile(
    r"\b(?:risks?(?! factors?\b)|probabilit\w+|likelihood|predicted|expected|fears?|knowledge"
    r"|attitudes?|beliefs?|awareness|reasons?)\b",
    re.IGNORECASE,
)
"""A heading below which an endpoint did not happen: "10-year risk" above "Death"."""
_WORD: Final = re.compile(r"[^\W\d_]")
_BRACKET: Final = re.compile(r"[(\[]([^()\[\]]*)[)\]]")


def is_statistic(text: str) -> bool:
    """Whether a label names nothing but a statistic or a size.

    >>> is_statistic("n (%)"), is_statistic("(N = 45)"), is_statistic("Mean age")
    (True, True, False)
    """
    bare = text.strip()
    if _QUANTILE.fullmatch(bare):
        return False
    return not bare or _STATISTIC_ONLY.fullmatch(bare) is not None


def is_answer(text: str) -> bool:
    """Whether a label is an answer, which is a category of what its row asks.

    >>> is_answer("Yes"), is_answer("Not tested"), is_answer("No treatment")
    (True, True, False)
    """
    return _ANSWER.fullmatch(text.strip(" :.")) is not None


def without_size(text: str) -> str:
    """Return the header of a column without the number of people and the statistics.

    >>> without_size("Drug (n = 45), mean (SD)")
    'Drug'
    """
    text = label_text(text)
    size = _SIZE.search(text)
    if (
        size
        and size.start()
        and (behind_size(text) or is_statistic(re.sub("[0-9.]+", "", text[size.end() :])))
    ):
        text = text[: size.start()]  # "Drug N = 96 (18.5) N (%)"
    text = _GLUED.sub(" ", _SIZE.sub(" ", text))
    text = _BRACKET.sub(lambda b: " " if is_statistic(b[1]) else b[0], text)
    text = _COUNT.sub("", text.strip()).rstrip(" ,") or text
    parts = (part.strip(" :;") for part in re.split(r"[,;] ", text))
    name = " ".join(", ".join(part for part in parts if part and not is_statistic(part)).split())
    return _LAST_WORD.sub("", name) or name


def behind_size(text: str) -> str:
    """Return what the header of a group names behind its size: an outcome with its statistic.

    >>> behind_size("Drug (n = 45) response (%)"), behind_size("Drug (n = 45) mean (SD)")
    ('response', '')
    """
    size = _SIZE.search(label_text(text))
    rest = label_text(text)[size.end() :].strip() if size and size.start() else ""
    is_outcome = declared(rest).spread is not None and not is_statistic(re.sub("[0-9.]+", "", rest))
    return without_size(rest) if is_outcome else ""


@dataclass(frozen=True, slots=True)
class NamedEndpoint:
    """The endpoint of a row, and what else its labels say."""

    endpoint: str
    category: str = ""
    named: str = ""
    """The label as printed, where the vocabulary has no term for it."""


class EndpointNames:
    """The endpoints and units of a vocabulary by their names, with plurals."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Collect the names; a name of several endpoints is left out."""
        self.names: Names = names_of(vocabulary)
        self.vocabulary = vocabulary
        found: dict[str, set[str]] = defaultdict(set)
        categories: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for notation, term in vocabulary.schemes.get("endpoint", {}).items():
            if notation == OTHER:  # the label "Other" names the rest of what its heading names
                continue
            for name in _forms(term):
                if not is_moment(name):  # "Baseline" is a time of what its heading names
                    found[_key(name)].add(notation)
            for category in term.properties.get("dividedInto", ()):
                categories[_key(category)].add((notation, category))
        self._endpoints = {name: set_.pop() for name, set_ in found.items() if len(set_) == 1}
        self._categories = {name: set_.pop() for name, set_ in categories.items() if len(set_) == 1}
        self._known: dict[str, tuple[str, ...]] = {}
        sizes = sorted(vocabulary.with_flag("endpoint", "isGroupSize"))
        self.size = sizes[0] if sizes else ""

    def endpoint(self, label: str) -> str:
        """Return the endpoint that a label names, or ""."""
        return next(
            (self._endpoints[key] for key in self._cores(label) if key in self._endpoints), ""
        )

    def is_measured(self, endpoint: str) -> bool:
        """Whether the vocabulary has a unit for an endpoint, so that a count is not one."""
        known = self.vocabulary.schemes.get("endpoint", {})
        return endpoint in known and "plausibleUnit" in known[endpoint].properties

    def is_topic(self, endpoint: str) -> bool:
        """Whether an endpoint only stands above others: "baseline characteristics"."""
        known = self.vocabulary.schemes.get("endpoint", {})
        return endpoint in known and "isTopic" in known[endpoint].properties

    def mentioned(self, sentence: str) -> str:
        """Return the endpoint whose name is the longest one in a sentence, or ""."""
        text = f" {_key(re.sub('[^A-Za-z0-9 -]', ' ', fold(sentence).text))} "
        found = (name for name in self._endpoints if len(name) > 2 and f" {name} " in text)
        name = max(found, key=len, default="")
        return self._endpoints.get(name, "")

    def named(self, path: Sequence[str]) -> NamedEndpoint | None:
        """Return what the labels of a row, from the heading down, name; None if nothing is left.

        The last label decides: it is an endpoint, a category of the one that a heading names, or
        a category that only one endpoint has. Else the endpoint is the one for anything else.
        """
        labels = [label for label in map(label_text, path) if label and not is_statistic(label)]
        labels = [label for label in labels if not is_moment(without_size(label))]
        if not any(map(_WORD.search, labels)):
            return None
        *headings, last = labels
        is_itself = not any(map(_NOT_ITSELF.search, headings[-1:]))
        if is_itself and (endpoint := self.endpoint(last)):
            return NamedEndpoint(endpoint)
        # A heading above another label than the last has a part between: "Age › 30–40 › Response".
        endpoint = self.endpoint(headings[-1]) if headings else ""
        if endpoint and (category := self._category(endpoint, last)):
            return NamedEndpoint(endpoint, category)
        is_free = all(map(_GENERIC.search, headings[-1:]))
        for key in self._cores(last):
            if key in self._categories and is_free:
                return NamedEndpoint(*self._categories[key])
        return self.other(labels)

    def other(self, labels: Sequence[str]) -> NamedEndpoint | None:
        """Return the endpoint for anything else with labels as printed; None if there is none."""
        if not self.vocabulary.knows("endpoint", OTHER):
            return None
        printed = " › ".join(labels)
        printed = printed if len(printed) <= MAX_LABEL else labels[-1]
        return NamedEndpoint(OTHER, printed, printed)

    def _category(self, endpoint: str, label: str) -> str:
        """Return the category of an endpoint that a label names; "" if it has others."""
        divided = self.vocabulary.get("endpoint", endpoint).properties.get("dividedInto", ())
        keys = set(self._cores(label))
        found = next((one for one in divided if _key(one) in keys), "")
        is_rest = _REST.fullmatch(_bare(label)) is not None
        return found or (_bare(label) if not divided or is_rest else "")

    def _cores(self, label: str) -> tuple[str, ...]:
        """Return what a label may name, in keys, once units, times and the like are taken off."""
        if label not in self._known:
            self._known[label] = self._new_cores(label)
        return self._known[label]

    def _new_cores(self, label: str) -> tuple[str, ...]:
        bare = _bare(label_text(label))
        if (tail := _TAIL.search(bare)) and tail.start() and is_statistic(tail[0]):
            bare = bare[: tail.start()]
        bare = _SPREAD.sub("", bare)
        forms = [bare, _PREFIX.sub("", bare)]
        name, _, last = bare.rpartition(" ")
        if name and self._is_physical(last):  # "Haemoglobin g/dL"
            forms.append(name)
        forms += [_BRACKET.sub(lambda b: " " if self._is_aside(b[1]) else b[0], f) for f in forms]
        parts = (re.split(r", ?|; ?", form) for form in tuple(forms))
        kept = ((one[0], *(p for p in one[1:] if not self._is_aside(p))) for one in parts)
        forms += [", ".join(one) for one in kept]
        forms += [TIME_IN.sub(" ", form) for form in tuple(forms)]
        forms += [BASELINE_IN.sub(" ", form) for form in tuple(forms)]
        return tuple(dict.fromkeys(key for form in forms if (key := _key(form).strip(" ,:;()"))))

    def _is_physical(self, text: str) -> bool:
        """Whether a word is the unit of a measurement, and not a noun such as "days"."""
        unit = self.names.units.pattern.fullmatch(fold(text).text)
        kind = self.names.kinds[self.names.units.notation(unit[0])] if unit else ""
        return kind in ("physical", "cell-concentration")

    def _is_aside(self, text: str) -> bool:
        """Whether a part of a label is a unit, a statistic, a time or an abbreviation."""
        text = fold(text).text.strip()
        unit = self.names.units.pattern.fullmatch(_without_statistic(_IN.sub("", text)))
        return bool(unit or is_statistic(text) or is_moment(text) or _ABBREVIATION.fullmatch(text))

    def unit(self, labels: Sequence[str]) -> str:
        """Return the unit that the innermost label which has one prints, or "".

        >>> from kb.records.load import load_vocabulary
        >>> from kb.records.paths import find_root
        >>> EndpointNames(load_vocabulary(find_root())).unit(["Age", "Weight (kg)"])
        'kg'
        """
        for label in reversed(labels):
            text = fold(_DASH.sub(", ", label)).text
            pieces = [*_BRACKET.findall(text), *re.split(r", ?|; ?", text)[1:]]
            bare = (_SPREAD.sub("", _BRACKET.sub("", piece)).strip() for piece in tuple(pieces))
            pieces += map(_without_statistic, bare)
            last = _SPREAD.sub("", text).rpartition(" ")[2]
            pieces += [last] if not pieces and self._is_physical(last) else []
            for piece in reversed(pieces):
                match = self.names.units.pattern.fullmatch(_IN.sub("", piece.strip(" ()[]")))
                if match and (match[0] != "%" or _COUNTED.search(text) is None):
                    return self.names.units.notation(match[0])
        return ""


def _without_statistic(text: str) -> str:
    """Return what stands behind the name of a statistic: the "kg" of "median kg".

    >>> _without_statistic("median kg"), _without_statistic("body weight")
    ('kg', 'body weight')
    """
    statistic, _, rest = text.partition(" ")
    return rest if rest and is_statistic(statistic) else text


def _forms(term: Term) -> Iterator[str]:
    """Yield the names of a term, and their plurals and singulars."""
    for name in (*term.names, term.notation.replace("_", " ")):
        yield name
        if name[-3:].isalpha():
            yield f"{name}s"
            yield name.removesuffix("s")
        if name.endswith("y"):
            yield f"{name[:-1]}ies"


def _key(name: str) -> str:
    return " ".join(re.sub(r"[-_]", " ", fold(name).text.lower()).split())


def _bare(label: str) -> str:
    """Return a label without the statistics behind it: "Male, n (%)" is "Male"."""
    label = _DASH.sub(", ", label)
    return without_size(label) or label
