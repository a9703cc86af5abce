SELECT sources.iri AS source, claims.verification AS state, count(*) AS claims
FROM claims JOIN sources ON sources.id = claims.source
GROUP BY sources.iri, claims.verification
ORDER BY sources.iri, claims.verification
