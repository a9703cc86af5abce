-- question: Which printed percentages do not follow from their own counts?
-- why: numbers are exact decimals here, so the arithmetic of a whole column needs no care for rounding errors
SELECT study, endpoint, printed, value, numerator, denominator,
       round(100.0 * numerator / denominator, 2) AS computed
FROM claims
WHERE statistic = 'percentage' AND denominator > 0
  AND abs(value - 100.0 * numerator / denominator) > 0.5
ORDER BY abs(value - 100.0 * numerator / denominator) DESC, iri
