-- question: Which printed percentages do not follow from their own counts?
-- why: a whole column is computed at once; kb check adds the rules of rounding and explains each case
SELECT study, endpoint, printed, value, numerator, denominator,
       round(100.0 * numerator / denominator, 2) AS computed
FROM claims
WHERE statistic = 'percentage' AND denominator > 0
  AND abs(value - 100.0 * numerator / denominator) > 0.5
ORDER BY abs(value - 100.0 * numerator / denominator) DESC, iri
