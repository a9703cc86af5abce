-- question: How much is printed about each endpoint?
-- why: a first look at what there is to compare, by several counts in one pass
SELECT endpoint,
       count(*) AS claims,
       count(DISTINCT study) AS studies,
       count(DISTINCT measure) AS measures,
       round(100.0 * count(*) FILTER (WHERE second_hand) / count(*)) AS second_hand_percent
FROM claims
WHERE kind = 'result'
GROUP BY endpoint
ORDER BY claims DESC, endpoint
LIMIT 20
