SELECT publications.citation, publications.year, publications.doi, publications.pmid, publications.standing,
  publications.standing_note AS note, publications.standing_checked AS checked, publications.iri AS publication
FROM publications
WHERE array_contains(publications.reports, $study)
  OR EXISTS (SELECT 1 FROM studies WHERE studies.id = $study AND array_contains(studies.publications, publications.id))
ORDER BY publications.year NULLS FIRST, publications.citation
