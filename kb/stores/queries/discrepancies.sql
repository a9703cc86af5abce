SELECT findings.severity, findings.status, findings.kind, studies.name AS "studyName",
  findings.endpoint AS "endpointNotation", findings.message, findings.computation, findings.judgement,
  findings.because, findings.reads, findings.reason, findings.iri AS finding
FROM findings JOIN studies ON studies.id = findings.study
WHERE true
  AND findings.severity = $severity  -- if $severity
  AND EXISTS (SELECT 1 FROM claims WHERE claims.study = $study AND array_contains(findings.claims, claims.iri))  -- if $study
ORDER BY findings.severity, finding
