-- unnest, which not every engine has: findings meet claims by equality, and not each with each.
SELECT studies.name AS "studyName", claims.endpoint AS "endpointNotation", groups.label AS "group", claims.time,
  claims.printed, sources.iri AS source, claims.place AS section, claims.standing, found.message, found.reason,
  claims.iri AS claim
FROM (SELECT *, unnest(claims) AS claim FROM findings WHERE kind NOT LIKE 'reference-%') AS found
  JOIN claims ON claims.iri = found.claim
  JOIN studies ON studies.id = claims.study
  JOIN terms AS endpoints ON endpoints.scheme = 'endpoint' AND endpoints.notation = claims.endpoint
  JOIN groups ON groups.study = claims.study AND groups.id = claims.group
  JOIN sources ON sources.id = claims.source
WHERE claims.standing IS NOT NULL
  AND claims.study = $study  -- if $study
  AND array_contains(endpoints.broader, $endpoint)  -- if $endpoint
ORDER BY "studyName", "endpointNotation", "group", claims.time NULLS FIRST, claims.iri, found.message,
  found.iri
