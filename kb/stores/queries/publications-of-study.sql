SELECT report.citation, report.year, report.doi, report.pmid, report.standing, report.standing_note AS note,
  report.standing_checked AS checked, report.iri AS publication
FROM publications AS report
WHERE array_contains(report.reports, $study)
  OR EXISTS (SELECT 1 FROM studies WHERE studies.id = $study AND array_contains(studies.publications, report.id))
ORDER BY report.year NULLS FIRST, report.citation, report.iri
