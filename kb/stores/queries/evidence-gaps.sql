SELECT regimens.label AS regimen, given.studies
FROM (
    SELECT regimen, count(DISTINCT study) AS studies FROM groups WHERE regimen IS NOT NULL GROUP BY regimen
  ) AS given
  JOIN terms AS regimens ON regimens.scheme = 'regimen' AND regimens.notation = given.regimen
  LEFT JOIN (
    SELECT claims.iri, claims.regimens
    FROM claims JOIN terms AS endpoints ON endpoints.scheme = 'endpoint' AND endpoints.notation = claims.endpoint
    WHERE array_contains(endpoints.broader, $endpoint) AND claims.kind = 'result'
  ) AS reported ON array_contains(reported.regimens, given.regimen)
GROUP BY regimens.label, given.studies
HAVING count(reported.iri) = 0
ORDER BY regimens.label, given.studies
