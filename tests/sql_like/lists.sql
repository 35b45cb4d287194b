-- Lists: what makes them.
-- format: json

-- oracle: SELECT id, string_split(text, ',') FROM words
SELECT id, split(text, ',') FROM words;

-- oracle: SELECT string_split('a--b', '-'), string_split('', ','), string_split('x', '')
SELECT split('a--b', '-'), split('', ','), split('x', '');

SELECT list(id) FROM people WHERE id = 3;
--> [3]

SELECT dept, list(name) FROM people WHERE id IN (1, 7) GROUP BY dept;
--> engine | [Ada]
--> law | []

SELECT list(id) FROM nothing;
--> NULL

SELECT 1.50 AS decimal, 1e100 AS double, true AS bool, DATE '2024-02-29' AS day, 'a"b' AS text, NULL AS nothing;
--> 1.50 | ~1e100 | true | 2024-02-29 | a"b | NULL

SELECT i, d FROM numbers WHERE i IN (1, 7, 8);
--> 1 | 1.5
--> 7 | NULL
--> 8 | NULL
