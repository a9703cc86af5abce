SELECT DISTINCT concepts.iri AS concept, claims.iri AS claim
FROM claims
  JOIN terms AS endpoints ON endpoints.scheme = 'endpoint' AND endpoints.notation = claims.endpoint
  JOIN terms AS concepts ON concepts.scheme = 'endpoint' AND array_contains(endpoints.broader, concepts.notation)
ORDER BY concept, claim
