-- Subqueries: scalar, IN, EXISTS, quantified, correlated; common table expressions and views.

-- setup
CREATE VIEW engineers AS SELECT id, name, salary FROM people WHERE dept = 'engine';

-- setup
CREATE VIEW rich(who, pay) AS SELECT name, salary FROM engineers WHERE salary > 4100;

-- oracle
SELECT * FROM engineers;

-- oracle
SELECT who, pay FROM rich;

-- oracle
SELECT e.id, r.pay FROM engineers e LEFT JOIN rich r ON e.name = r.who;

-- oracle
SELECT id FROM people WHERE salary > (SELECT avg(salary) FROM people);

-- oracle
SELECT id, (SELECT max(budget) FROM departments) AS most FROM people WHERE id < 3;

-- oracle
SELECT id, salary - (SELECT min(salary) FROM people) FROM people;

-- oracle
SELECT id, (SELECT id FROM nothing) FROM people WHERE id < 3;

-- oracle
SELECT id FROM people WHERE dept IN (SELECT dept FROM departments WHERE budget > 50000);

-- oracle
SELECT id FROM people WHERE dept NOT IN (SELECT dept FROM departments WHERE budget > 50000);

-- oracle
SELECT id FROM people WHERE dept NOT IN (SELECT dept FROM departments);

-- oracle
SELECT id FROM people WHERE dept NOT IN (SELECT dept FROM nothing);

-- oracle
SELECT id FROM people WHERE dept IN (SELECT dept FROM nothing);

-- oracle
SELECT id FROM people WHERE boss NOT IN (SELECT id FROM people WHERE dept = 'sales');

-- oracle
SELECT id FROM people p WHERE EXISTS (SELECT 1 FROM people q WHERE q.boss = p.id);

-- oracle
SELECT id FROM people p WHERE NOT EXISTS (SELECT * FROM people q WHERE q.boss = p.id);

-- oracle
SELECT id FROM people p WHERE EXISTS (SELECT 1 FROM people q WHERE q.dept = p.dept AND q.salary > p.salary);

-- oracle
SELECT id FROM people p WHERE NOT EXISTS (SELECT 1 FROM people q WHERE q.dept = p.dept AND q.salary > p.salary AND q.id <> p.id);

-- oracle
SELECT id FROM people WHERE EXISTS (SELECT 1 FROM nothing);

-- oracle
SELECT id FROM people WHERE NOT EXISTS (SELECT 1 FROM nothing) AND id < 4;

-- oracle
SELECT id FROM people p WHERE salary = (SELECT max(salary) FROM people q WHERE q.dept = p.dept);

-- oracle
SELECT id, (SELECT count(*) FROM people q WHERE q.boss = p.id) AS reports FROM people p;

-- oracle
SELECT id, (SELECT sum(salary) FROM people q WHERE q.boss = p.id) AS paid FROM people p;

-- oracle
SELECT id, (SELECT city FROM departments d WHERE d.dept = p.dept) AS city FROM people p;

-- oracle
SELECT d.dept, (SELECT avg(p.salary) FROM people p WHERE p.dept = d.dept) AS mean FROM departments d;

-- oracle
SELECT id FROM people WHERE (dept, boss) IN (SELECT dept, boss FROM people WHERE id = 2 OR id = 6);

-- oracle
SELECT id FROM people WHERE id = ANY (SELECT boss FROM people);

-- oracle
SELECT id FROM people WHERE salary >= ALL (SELECT salary FROM people WHERE salary IS NOT NULL);

-- oracle
SELECT id FROM people WHERE id > ANY (SELECT i FROM numbers WHERE i > 7);

-- oracle
SELECT id, CASE WHEN id IN (SELECT boss FROM people WHERE boss IS NOT NULL) THEN 'boss' ELSE '-' END FROM people;

-- oracle
SELECT dept, sum(salary) FROM people GROUP BY dept HAVING sum(salary) > (SELECT avg(salary) * 2 FROM people);

-- oracle
SELECT id FROM people p WHERE id IN (SELECT q.boss FROM people q WHERE q.dept = p.dept);

SELECT id FROM people p WHERE salary > (SELECT avg(salary) FROM people q WHERE q.boss = p.boss AND q.id <> p.id);
--! a subquery that aggregates
--! do: join the tables

-- oracle
WITH a AS (SELECT k, count(*) AS n FROM lefts GROUP BY k) SELECT * FROM a WHERE n > 1;

-- oracle
WITH a AS (SELECT id, boss FROM people), b AS (SELECT a.id, c.id AS chief FROM a JOIN a c ON a.boss = c.id)
SELECT b.id, b.chief, a.boss FROM b JOIN a ON a.id = b.chief;

-- oracle
WITH a AS (SELECT id, boss FROM people)
SELECT x.id, y.id, z.id FROM a x JOIN a y ON x.boss = y.id LEFT JOIN a z ON y.boss = z.id;

-- oracle
WITH t(a, b) AS (VALUES (1, 'x'), (2, NULL)) SELECT b, a FROM t WHERE a > 1;

-- oracle
SELECT * FROM (WITH x AS (SELECT 1 AS a) SELECT a + 1 AS b FROM x) AS y;

-- oracle
WITH people AS (SELECT 7 AS id) SELECT * FROM people;

-- oracle
SELECT count(*) FROM lefts l WHERE EXISTS (SELECT 1 FROM rights r WHERE r.k = l.k AND r.w > l.v);

-- oracle
SELECT region, total FROM (SELECT region, sum(amount) AS total FROM sales GROUP BY region) AS t
WHERE total = (SELECT max(total) FROM (SELECT sum(amount) AS total FROM sales GROUP BY region) AS u);

-- oracle
SELECT id FROM sales s WHERE amount > (SELECT 1.5 * avg(amount) FROM sales t WHERE t.shop = s.shop) AND region IS NOT NULL;

-- oracle
SELECT id FROM sales s WHERE units = (SELECT max(units) FROM sales t WHERE t.region = s.region AND t.shop = s.shop);

SELECT (SELECT id FROM people WHERE id < 3);
--! more than one row

SELECT id, (SELECT id, name FROM people) FROM people;
--! column

WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT * FROM r;
--! RECURSIVE
