-- question: How far apart are the proportions with a response, regimen by regimen?
-- why: the column broader of the table terms holds a term and all terms above it, so that complete and composite responses are included; these are groups of different patients, and their range is not a comparison
SELECT unnest(claims.regimens) AS regimen,
       count(DISTINCT claims.study) AS studies,
       min(claims.value) AS lowest,
       median(claims.value) AS median,
       max(claims.value) AS highest
FROM claims
JOIN terms ON terms.scheme = 'endpoint' AND terms.notation = claims.endpoint
WHERE array_contains(terms.broader, 'RESPONSE')
  AND claims.statistic = 'percentage' AND claims.kind = 'result'
GROUP BY regimen
HAVING count(DISTINCT claims.study) > 1
ORDER BY studies DESC, regimen
