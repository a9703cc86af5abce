-- unnest: each finding names many claims, and equality joins them fast.
SELECT findings.severity, findings.status, findings.kind, studies.name AS "studyName",
  findings.endpoint AS "endpointNotation", findings.message, findings.computation, findings.judgement,
  findings.because, findings.reads, findings.reason, findings.iri AS finding
FROM findings JOIN studies ON studies.id = findings.study
WHERE true
  AND findings.severity = $severity  -- if $severity
  AND findings.iri IN (  -- if $study
    SELECT parts.iri FROM (SELECT iri, unnest(claims) AS claim FROM findings) AS parts  -- if $study
      JOIN claims ON claims.iri = parts.claim WHERE claims.study = $study  -- if $study
  )  -- if $study
ORDER BY findings.severity, finding
