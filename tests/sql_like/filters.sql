-- Projection, filters and three-valued logic.

SELECT 1 AS one, 'x' AS x, NULL AS n, 1.50 AS m, DATE '2024-02-29' AS d, true AS t;
--> 1 | x | NULL | 1.50 | 2024-02-29 | true

SELECT NULL = NULL, NULL <> 1, NULL AND false, NULL OR true, NOT NULL, NULL IS NULL, NULL IS NOT NULL;
--> NULL | NULL | false | true | NULL | true | false

-- oracle
SELECT * FROM people;

-- oracle
SELECT id, name FROM people WHERE salary > 3000 AND dept = 'engine';

-- oracle
SELECT id FROM people WHERE NOT (salary > 3000);

-- oracle
SELECT id FROM people WHERE salary > 3000 OR dept IS NULL;

-- oracle
SELECT id FROM people WHERE dept <> 'engine';

-- oracle
SELECT id FROM people WHERE dept IN ('engine', 'law');

-- oracle
SELECT id FROM people WHERE dept NOT IN ('engine', 'law');

-- oracle
SELECT id FROM people WHERE dept NOT IN ('engine', NULL);

-- oracle
SELECT id FROM people WHERE salary BETWEEN 2500.75 AND 4100;

-- oracle
SELECT id FROM people WHERE salary NOT BETWEEN 2500.75 AND 4100;

-- oracle
SELECT id FROM people WHERE hired BETWEEN '2005-01-01' AND '2012-02-29';

-- oracle
SELECT id FROM people WHERE boss IS DISTINCT FROM 1;

-- oracle
SELECT id FROM people WHERE boss IS NOT DISTINCT FROM NULL;

-- oracle
SELECT id, flag IS TRUE, flag IS NOT TRUE, flag IS FALSE, flag IS UNKNOWN FROM (SELECT i AS id, flag FROM numbers) AS n;

-- oracle
SELECT id, CASE WHEN salary > 4000 THEN 'high' WHEN salary > 0 THEN 'low' END AS level FROM people;

-- oracle
SELECT id, CASE dept WHEN 'engine' THEN 1 WHEN 'law' THEN 2 ELSE 0 END FROM people;

-- oracle
SELECT id, salary * 2, salary + 1, salary - 0.005, -salary, salary / 3 FROM people;

-- oracle
SELECT id FROM people WHERE false;

-- oracle
SELECT count(*) FROM nothing WHERE salary > 0;

-- oracle
SELECT * FROM nothing;

-- oracle
SELECT p.*, p.id + 1 AS next FROM people p WHERE p.id % 2 = 1;

-- oracle
SELECT id FROM people WHERE name LIKE 'A%' OR name LIKE '_ö%' OR name LIKE '恵_';

-- oracle
SELECT id FROM words WHERE text LIKE '%\%%' ESCAPE '\';

-- oracle
SELECT id FROM words WHERE text ILIKE '%É%';

-- oracle
SELECT id FROM words WHERE text NOT LIKE '%a%';

-- oracle
SELECT "id" AS "Id of Person", name AS "select" FROM people WHERE id <= 2;

-- oracle
SELECT id FROM (SELECT id, salary FROM people WHERE dept = 'sales') AS s WHERE salary IS NOT NULL;

-- oracle
SELECT id * 2 AS twice FROM people WHERE id * 2 > 10 AND 1 = 1;

-- NaN is equal to itself and greatest, also for operators.
-- oracle
SELECT i FROM numbers WHERE d > 1;

-- oracle
SELECT i, d = 'nan', d < 'nan', f >= 'nan', d <> d, f = d, d BETWEEN 1 AND 'nan', d IN ('nan', 0) FROM numbers;

-- oracle
SELECT a.i, b.i FROM numbers a JOIN numbers b ON a.d = b.d WHERE NOT a.f < b.f;

-- Equal values have equal hashes, whatever their types.
SELECT i FROM numbers WHERE hash(i, 'x') = hash(i::SMALLINT, 'x') AND hash(d) = hash(d + 0) AND hash(d) <> hash(b, 0) AND hash(NULL) = hash(s) OR i = 1;
--> 1
--> 4

-- oracle
SELECT i FROM numbers WHERE d < 0 OR m >= 8.8;

-- oracle
SELECT i FROM numbers WHERE day > DATE '2000-01-01' AND moment < TIMESTAMP '2024-01-01 00:00:00';

-- oracle
SELECT i FROM numbers WHERE b > 9223372036854775806 OR b < -9223372036854775807;

-- oracle
SELECT i FROM numbers WHERE m = 1.25 OR m = 8.8;

-- oracle
SELECT i FROM numbers WHERE flag AND NOT (s = 'one');

-- oracle
SELECT i FROM numbers WHERE s = '' OR s IS NULL;

-- oracle
SELECT x.i FROM (VALUES (1, 'a'), (2, NULL), (NULL, 'c')) AS x(i, t) WHERE x.t IS NULL OR x.i IS NULL;
