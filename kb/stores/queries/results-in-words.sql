SELECT studies.name AS study_, claims.endpoint, claims.category, groups.label AS "group", claims.time, claims.word,
  claims.printed, sources.iri AS source, claims.place AS section, claims.iri AS claim
FROM claims
  JOIN studies ON studies.id = claims.study
  JOIN groups ON groups.study = claims.study AND groups.id = claims.group
  JOIN sources ON sources.id = claims.source
WHERE claims.word IS NOT NULL AND claims.kind = 'result'
  AND claims.study = $study  -- if $study
ORDER BY study_, claims.endpoint, claims.category NULLS FIRST, claim
