-- question: Which figures are printed most often, and do the values agree?
-- why: claims with the same measure are about the same group, endpoint, statistic and time
SELECT study, "group", endpoint, statistic,
       count(*) AS times,
       count(DISTINCT source) AS sources,
       count(DISTINCT value) AS different_values,
       string_agg(DISTINCT printed, ' | ' ORDER BY printed) AS printed
FROM claims
WHERE kind = 'result' AND value IS NOT NULL
GROUP BY study, "group", endpoint, statistic, measure
HAVING count(*) > 1
ORDER BY times DESC, different_values DESC, measure
LIMIT 20
