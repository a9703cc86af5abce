-- question: How much is printed about each endpoint?
-- why: several counts in one pass show what there is to compare
SELECT endpoint,
       count(*) AS claims,
       count(DISTINCT study) AS studies,
       count(DISTINCT measure) AS measures,
       count(*) FILTER (WHERE second_hand) AS second_hand
FROM claims
WHERE kind = 'result'
GROUP BY endpoint
ORDER BY claims DESC, endpoint
LIMIT 20
