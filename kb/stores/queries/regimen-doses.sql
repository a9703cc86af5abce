SELECT studies.name AS study, groups.label AS "group", doses.position, drugs.label AS drug, doses.amount, doses.amounts,
  doses.unit, doses.given_for AS "for", doses.on_days AS "on", doses.given_over AS over, doses.every, doses.rest,
  doses.cycles, doses.cycle_length AS length, doses.frequency, doses.route, claims.printed, sources.iri AS source,
  claims.iri AS claim
FROM claims
  JOIN doses ON doses.claim = claims.iri
  JOIN terms AS drugs ON drugs.scheme = 'drug' AND drugs.notation = doses.drug
  JOIN terms AS regimens ON regimens.scheme = 'regimen' AND array_contains(claims.regimens, regimens.notation)
  JOIN studies ON studies.id = claims.study
  JOIN groups ON groups.study = claims.study AND groups.id = claims.group
  JOIN sources ON sources.id = claims.source
WHERE array_contains(regimens.broader_or_part, $regimen)
ORDER BY study, claim, doses.position
