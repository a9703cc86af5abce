SELECT studies.name AS study_, claims.endpoint AS endpoint_, groups.label AS "group", claims.time, claims.numerator,
  claims.denominator, claims.value, claims.printed, claims.iri AS claim
FROM claims
  JOIN studies ON studies.id = claims.study
  JOIN terms AS endpoints ON endpoints.scheme = 'endpoint' AND endpoints.notation = claims.endpoint
  JOIN groups ON groups.study = claims.study AND groups.id = claims.group
WHERE claims.denominator IS NOT NULL AND claims.numerator IS NOT NULL
  AND claims.study = $study  -- if $study
  AND array_contains(endpoints.broader, $endpoint)  -- if $endpoint
ORDER BY study_, endpoint_, claim
