SELECT studies.name AS study, claims.category AS defined, claims.operator, claims.value, claims.unit, claims.word,
  claims.printed, sources.iri AS source, claims.place AS section, claims.iri AS claim
FROM claims
  JOIN studies ON studies.id = claims.study
  JOIN sources ON sources.id = claims.source
WHERE claims.kind = 'definition'
ORDER BY study, defined NULLS FIRST, claim
