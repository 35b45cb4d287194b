-- CASE, COALESCE and their kin over columns of every type.

-- oracle
SELECT i, CASE WHEN flag THEN m ELSE 0 END, CASE WHEN d > 0 THEN d ELSE i END, CASE WHEN i > 3 THEN day END FROM numbers WHERE i <> 7;

-- oracle
SELECT i, coalesce(b, i), coalesce(m, 0), coalesce(s, 'none'), coalesce(day, DATE '2000-01-01'), coalesce(flag, false) FROM numbers;

-- oracle
SELECT i, nullif(i, 3), nullif(s, ''), nullif(flag, true) FROM numbers;

-- oracle
SELECT i, greatest(i, 4), least(i, 4), greatest(day, DATE '2024-01-01'), least(m, 1) FROM numbers;

-- oracle
SELECT i, CASE i WHEN 1 THEN 'one' WHEN 2 THEN 'two' ELSE s END FROM numbers;

-- oracle
SELECT i, CASE WHEN i < 3 THEN NULL WHEN i < 5 THEN 1 ELSE 2.5 END FROM numbers;

-- oracle: SELECT i, if(i > 4, 'big', 'small') FROM numbers
SELECT i, if(i > 4, 'big', 'small') FROM numbers;

-- oracle
SELECT i, ifnull(s, '?') FROM numbers;

-- oracle
SELECT i, i IN (1, 2, NULL), i NOT IN (1, 2, NULL), s IN ('one', 'two'), m IN (1.25, 7.007) FROM numbers;

-- oracle
SELECT i, i = 4 OR flag, i = 4 AND flag, NOT flag FROM numbers;

-- oracle
SELECT i, b IS DISTINCT FROM NULL, flag IS DISTINCT FROM true, s IS NOT DISTINCT FROM 'one' FROM numbers;

-- Branches that are not taken do not fail.
-- oracle
SELECT i, CASE WHEN i % 2 = 0 THEN 10 // (i % 2 + 2) ELSE 10 // (i % 2) END FROM numbers;
