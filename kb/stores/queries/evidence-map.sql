SELECT studies.name, claims.endpoint, count(DISTINCT claims.iri) AS claims, count(DISTINCT claims.source) AS sources
FROM claims JOIN studies ON studies.id = claims.study
WHERE claims.kind IN ('result', 'comparison')
  AND claims.study = $study  -- if $study
GROUP BY studies.name, claims.endpoint
ORDER BY studies.name, claims.endpoint
