-- UNION, INTERSECT and EXCEPT, with duplicates and NULL.

-- oracle
SELECT k FROM lefts UNION SELECT k FROM rights;

-- oracle
SELECT k FROM lefts UNION ALL SELECT k FROM rights;

-- oracle
SELECT k FROM lefts INTERSECT SELECT k FROM rights;

-- oracle
SELECT k FROM lefts INTERSECT ALL SELECT k FROM rights;

-- oracle
SELECT k FROM lefts EXCEPT SELECT k FROM rights;

-- oracle
SELECT k FROM lefts EXCEPT ALL SELECT k FROM rights;

-- oracle
SELECT k, v FROM lefts UNION SELECT k, w FROM rights;

-- oracle
SELECT k FROM lefts UNION SELECT k FROM rights EXCEPT SELECT 1;

-- oracle
(SELECT k FROM lefts EXCEPT SELECT k FROM rights) UNION ALL (SELECT k FROM rights EXCEPT SELECT k FROM lefts);

-- oracle
SELECT k FROM lefts UNION ALL SELECT k FROM rights INTERSECT SELECT 5;

-- oracle
SELECT id FROM people UNION ALL SELECT id FROM nothing;

-- oracle
SELECT id FROM nothing INTERSECT SELECT id FROM people;

-- oracle
SELECT id FROM people EXCEPT SELECT id FROM nothing;

-- oracle
SELECT id FROM nothing UNION SELECT id FROM nothing;

-- oracle
SELECT id AS x FROM people UNION ALL SELECT b FROM numbers ORDER BY x LIMIT 8;

-- oracle
SELECT id, salary FROM people UNION ALL SELECT i, m FROM numbers;

-- oracle
SELECT 1 AS a, 'x' AS b UNION ALL SELECT 2, NULL UNION ALL SELECT NULL, 'z';

-- oracle
SELECT 1 AS a UNION SELECT 1.0 UNION SELECT 2.5;

-- oracle
SELECT d FROM numbers INTERSECT SELECT d FROM small_numbers;

-- oracle
SELECT dept, count(*) FROM (SELECT dept FROM people UNION ALL SELECT dept FROM departments) AS u GROUP BY dept;

-- oracle
(SELECT id FROM people ORDER BY id LIMIT 2) UNION ALL (SELECT id FROM people ORDER BY id DESC LIMIT 2);

-- oracle
SELECT * FROM (SELECT k FROM lefts EXCEPT SELECT k FROM rights) AS e WHERE k > 4;

SELECT id FROM people UNION SELECT id, name FROM people;
--! columns

SELECT id FROM people UNION SELECT name FROM people;
--! string
