-- question: What kinds of discrepancies are found, and how many are adjudicated?
-- why: FILTER counts a part of each group beside the whole
SELECT kind, severity,
       count(*) AS findings,
       count(*) FILTER (WHERE status = 'adjudicated') AS adjudicated,
       count(DISTINCT study) AS studies
FROM findings
GROUP BY kind, severity
ORDER BY findings DESC, kind, severity
