"""The kinds of findings of a scan, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kb.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding."""

    id: str
    title: str
    """What is compared, as a heading: "Percentages against their counts"."""
    explanation: str
    """How it is judged, in a sentence or two."""
    reference: str = ""
    """The DOI of the paper that introduced the method, if it has a name of its own."""


KINDS: Final = {
    kind.id: kind
    for kind in (
        Kind(
            "percentage-of-count",
            "Percentages against their counts",
            "The percentage is computed from its count and from every number of people that the "
            "paper offers: printed with it, in its row, block or column, or implied by its "
            "neighbours. One unit of the last digit is allowed for rounding.",
        ),
        Kind(
            "same-count-two-percentages",
            "One count, two percentages",
            "Equal counts of one column have equal percentages, unless they are of other people.",
        ),
        Kind(
            "exchanged-sizes",
            "Sizes of two columns exchanged",
            "All percentages of a column are of the size that the header of another one prints, "
            "and the reverse.",
        ),
        Kind(
            "percentage-of-no-count",
            "Percentages without their counts",
            "In a group of few people a percentage is that of a whole number of them. One that is "
            "not is reported where all others of its table are.",
        ),
        Kind(
            "text-against-table",
            "Percentages of the text against the tables",
            "Of two percentages that a sentence compares, a row of a table prints one exactly, and "
            "the other with another last digit.",
        ),
        Kind(
            "groups-against-total",
            "Groups against their total",
            "The counts of the groups of a row are added up and compared with the printed total.",
        ),
        Kind(
            "rows-against-total",
            "Rows against their total",
            "The counts of the rows above or below a row called total are added up. One that does "
            "not fit is reported where the other columns fit.",
        ),
        Kind(
            "groups-against-mean",
            "Means of the groups against the mean of all",
            "The mean of all participants lies between the means of the groups, and near their "
            "mean weighted by the numbers of people.",
        ),
        Kind(
            "groups-against-spread",
            "Standard deviations of the groups against that of all",
            "The standard deviation of all participants follows from the means, the standard "
            "deviations and the numbers of people of the groups.",
        ),
        Kind(
            "copied-figures",
            "Rows and columns with the same figures",
            "All measured figures of a row, or of a column, are those of another one, with so many "
            "digits that chance hardly makes them equal.",
        ),
        Kind(
            "grades-above-any",
            "Grades of events against any grade",
            "Events of some grades are not more than those of any grade in the same row and group.",
        ),
        Kind(
            "estimate-outside-interval",
            "Estimates within their bounds",
            "An estimate lies between the limits of its interval, and a median between the "
            "quartiles or the ends of its range.",
        ),
        Kind(
            "limits-reversed",
            "Order of the limits",
            "The lower limit of an interval is not above the upper one.",
        ),
        Kind(
            "interval-not-symmetric",
            "Estimates in the middle of their intervals",
            "A usual interval is symmetric around its estimate, for a ratio on the logarithmic "
            "scale. Exact, profile and bootstrap intervals need not be; where the other intervals "
            "of a column are symmetric within rounding, so is each.",
        ),
        Kind(
            "sign-of-limit",
            "Signs of estimates and limits",
            "A difference that is far from the middle of its interval is exactly in the middle "
            "once one sign is changed, of the estimate or of a limit.",
        ),
        Kind(
            "interval-against-p",
            "Intervals against p-values",
            "An interval that leaves out no effect and a p-value say the same about significance, "
            "and the p-value that follows from the interval is near the printed one.",
        ),
        Kind(
            "range-of-group-outside-all",
            "Ranges of groups against that of all",
            "The range of each group lies within the range that the same row prints for all.",
        ),
        Kind(
            "quartiles-outside-range",
            "Quartiles against their range",
            "The quartiles of a variable lie within its range, in one cell, sentence or block.",
        ),
        Kind(
            "ages-outside-eligibility",
            "Ages against those who may take part",
            "Where one sentence names the eligible ages, the printed range of ages is within them, "
            "one year being allowed at the upper end.",
        ),
        Kind(
            "same-estimate-printed-differently",
            "One estimate in two places",
            "An estimate of the text is compared with the other places that print it, such as the "
            "abstract or a table.",
        ),
        Kind(
            "comparison-against-table",
            "Comparisons of the text against the table",
            "Two groups and their p-value, or their standard deviations, in a sentence are looked "
            "for in the tables. A row that has all figures but one, where none has all, likely "
            "shows a slip.",
        ),
        Kind(
            "two-versions-of-a-breakdown",
            "One breakdown in two places",
            "A list of numbers is printed twice with the same words and the same sum, but with "
            "other numbers.",
        ),
        Kind(
            "arms-against-randomised",
            "Arms against the randomised",
            "The numbers of the arms are added up and compared with all who were randomised, in "
            "sentences about no other group.",
        ),
        Kind(
            "completed-and-lost-against-randomised",
            "Completed and lost against the randomised",
            "In a sentence with just these three numbers, the participants who completed and those "
            "who were lost are added up.",
        ),
        Kind(
            "size-of-another-group",
            "Sizes of groups in the text against the tables",
            "A sentence prints two groups with the sizes that the tables print for each other.",
        ),
        Kind(
            "analysed-above-randomised",
            "Analysed against the randomised",
            "Not more people are analysed than were randomised, where the paper prints one number "
            "of randomised people.",
        ),
        Kind(
            "reasons-against-lost",
            "Reasons against those who were lost",
            "The numbers of a complete list of reasons are added up and compared with the number "
            "of people before it.",
        ),
        Kind(
            "period-ends-before-it-begins",
            "Order of dates",
            "A period from one date to another does not end before it begins.",
        ),
        Kind(
            "follow-up-beyond-the-study",
            "Follow-up against dates",
            "A median, mean or minimum follow-up is not longer than from the first date of the "
            "study to the publication of the paper.",
        ),
        Kind(
            "survival-rises",
            "Survival over time",
            "The survival of one group at several times does not rise.",
        ),
        Kind(
            "p-above-one",
            "P-values by themselves",
            "A p-value is not above 1. In a table it is reported where the others of its column "
            "are not.",
        ),
        Kind(
            "p-of-counts",
            "P-values against counts",
            "The usual tests of proportions (Fisher, chi-square with and without the correction of "
            "Yates, ranks of ordered categories) are run on the printed counts. A p that no test "
            "gives is wrong where most others of its column fit.",
        ),
        Kind(
            "p-of-means",
            "P-values against means",
            "The t tests of Student and Welch, or the analysis of variance, are run on the printed "
            "means, standard deviations and numbers of people.",
        ),
        Kind(
            "p-of-paired-means",
            "P-values against means before and after",
            "The paired t test depends on how much the two times go together, which is not "
            "printed. A p-value that no correlation gives is reported where the others of its "
            "column are possible.",
        ),
        Kind(
            "p-column-of-counts",
            "Columns of p-values against counts",
            "The p-values of a column all become those of the usual tests once they are made ten "
            "or a hundred times smaller, or larger.",
        ),
        Kind(
            "standard-errors-as-deviations",
            "Standard errors against standard deviations",
            "Most p-values of a column are those of a t test only if what is printed as standard "
            "deviations are standard errors, or the reverse.",
        ),
        Kind(
            "effect-of-counts",
            "Ratios and differences against counts",
            "The risk ratio, odds ratio or risk difference is computed from the counts of its row "
            "or sentence, both ways round. Adjusted ones are left out.",
        ),
        Kind(
            "difference-of-means",
            "Differences against means",
            "The difference of two means is computed from the row, both ways round. Adjusted ones "
            "are left out.",
        ),
        Kind(
            "spread-of-scale",
            "Standard deviations of scales",
            "Values of a scale with known ends and a given mean have a largest possible standard "
            "deviation: that of values at both ends.",
        ),
        Kind(
            "mean-outside-scale",
            "Means of scales",
            "The mean of a scale lies between its ends.",
        ),
        Kind(
            "spread-of-whole-numbers",
            "Standard deviations of whole numbers",
            "Whole numbers with a mean between two of them have a smallest possible standard "
            "deviation. Smaller ones are often standard errors.",
            "10.7287/peerj.preprints.2400v1",
        ),
        Kind(
            "mean-of-whole-numbers",
            "Means of whole numbers",
            "The mean of whole numbers is one of them divided by the number of people (GRIM), also "
            "where a few are missing.",
            "10.1177/1948550616673876",
        ),
        Kind(
            "spread-with-mean-of-whole-numbers",
            "Standard deviations beside means of whole numbers",
            "The squares of whole numbers add up to a whole number, which only some pairs of a "
            "mean and a standard deviation give (GRIMMER), also where a few people are missing.",
            "10.7287/peerj.preprints.2400v1",
        ),
        Kind(
            "spread-of-proportion",
            "Standard deviations of proportions",
            "Where each person has 0 or 1, the proportion determines the standard deviation "
            "(DEBIT).",
        ),
        Kind(
            "change-of-means",
            "Mean changes against the means of both times",
            "The mean change of a group is its later mean minus its earlier one. A change that is "
            "not is reported where at least three others of the table are.",
        ),
        Kind(
            "p-of-change",
            "P-values of the change of one group",
            "A t test of a mean change with its standard deviation is computed from the number "
            "of people. A p that it does not give is reported where the others of the table fit.",
        ),
        Kind(
            "difference-at-baseline",
            "Randomised groups at baseline",
            "Groups that chance made do not differ by a p below 0.000001 in one variable, where "
            "they are alike in at least three others.",
        ),
        Kind(
            "interval-of-proportion",
            "Confidence intervals of percentages",
            "A 95% interval that is less than half as wide, or more than twice as wide, as both "
            "Wald's and Wilson's for its counts is of no usual method.",
        ),
        Kind(
            "categories-above-all",
            "Categories against the group",
            "Each person has one stage or one grade: the counts of such categories are not more "
            "than the people of their column.",
        ),
        Kind(
            "number-needed-to-treat",
            "Numbers needed to treat",
            "The number needed to treat is 1 divided by the difference of the two percentages, or "
            "by the absolute risk reduction, of its sentence.",
        ),
        Kind(
            "p-of-test-statistic",
            "P-values against test statistics",
            "The p-value is computed from the printed t, F, z, r or chi-square and its degrees of "
            "freedom. A one-sided p is accepted.",
            "10.3758/s13428-015-0664-2",
        ),
    )
}
"""Every kind that a rule reports, by its id."""


def kind_of(name: str) -> Kind:
    """Return a kind.

    Raises:
        NotFoundError: there is none of this name.

    >>> kind_of("p-of-counts").title
    'P-values against counts'
    >>> kind_of("p-of-count")
    Traceback (most recent call last):
        ...
    kb.errors.NotFoundError: no kind of finding 'p-of-count'; did you mean 'p-of-counts'?
    """
    if name not in KINDS:
        raise NotFoundError.of("kind of finding", name, KINDS)
    return KINDS[name]
