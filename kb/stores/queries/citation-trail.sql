SELECT studies.name AS study, claims.endpoint, groups.label AS "group", claims.printed, sources.iri AS source,
  claims.place AS section, claims.iri AS claim
FROM claims
  JOIN studies ON studies.id = claims.study
  JOIN groups ON groups.study = claims.study AND groups.id = claims.group
  JOIN sources ON sources.id = claims.source
WHERE array_contains(claims.publications, $publication)
ORDER BY study, claims.endpoint, claim
