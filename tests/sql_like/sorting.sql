-- ORDER BY, LIMIT and OFFSET.

-- oracle
SELECT id, name FROM people ORDER BY name, id;

-- oracle
SELECT id, salary FROM people ORDER BY salary DESC, id DESC;

-- oracle
SELECT id, salary FROM people ORDER BY salary NULLS FIRST, id;

-- oracle
SELECT id, salary FROM people ORDER BY salary DESC NULLS FIRST, id;

-- oracle
SELECT id, dept, hired FROM people ORDER BY dept DESC NULLS LAST, hired NULLS FIRST, id DESC;

-- oracle
SELECT id FROM people ORDER BY id LIMIT 3;

-- oracle
SELECT id FROM people ORDER BY id DESC LIMIT 3 OFFSET 2;

-- oracle
SELECT id FROM people ORDER BY id OFFSET 7;

-- oracle
SELECT id FROM people ORDER BY id LIMIT 0;

-- oracle
SELECT id FROM people ORDER BY id LIMIT 100 OFFSET 100;

-- oracle
SELECT id FROM people ORDER BY id FETCH FIRST 2 ROWS ONLY;

-- oracle
SELECT i, d FROM numbers ORDER BY d, i;

-- oracle
SELECT i, d FROM numbers ORDER BY d DESC, i;

-- oracle
SELECT i, f FROM numbers ORDER BY f DESC NULLS FIRST, i LIMIT 4;

-- oracle
SELECT i, b FROM numbers ORDER BY b, i;

-- oracle
SELECT i, m FROM numbers ORDER BY m DESC, i;

-- oracle
SELECT i, flag FROM numbers ORDER BY flag, i DESC;

-- oracle
SELECT i, day, moment FROM numbers ORDER BY moment;

-- oracle
SELECT i, day FROM numbers ORDER BY day DESC NULLS LAST;

-- oracle
SELECT id, text FROM words ORDER BY text, id;

-- oracle
SELECT id, text FROM words ORDER BY text DESC, id LIMIT 5;

-- oracle
SELECT id, salary * 2 AS twice FROM people ORDER BY twice, id;

-- oracle
SELECT id FROM people ORDER BY salary / 2 + id, id;

-- oracle
SELECT id, name FROM people ORDER BY 2, 1;

-- oracle
SELECT dept, sum(salary) AS s FROM people GROUP BY dept ORDER BY sum(salary) DESC, dept;

-- oracle
SELECT dept FROM people GROUP BY dept ORDER BY count(*) DESC, dept;

-- oracle
SELECT DISTINCT dept FROM people ORDER BY dept;

-- oracle
SELECT id, day, amount FROM sales ORDER BY region, day DESC, id;

-- oracle
SELECT region, shop, id FROM sales ORDER BY region NULLS FIRST, shop DESC, id LIMIT 25 OFFSET 11;

-- oracle
SELECT * FROM (SELECT id, amount FROM sales ORDER BY amount DESC, id LIMIT 10) AS top ORDER BY id;

-- oracle
SELECT sum(amount) FROM (SELECT amount FROM sales ORDER BY amount, id LIMIT 7) AS few;

-- oracle
SELECT count(*) FROM (SELECT id FROM sales LIMIT 5) AS five;

-- oracle
SELECT id FROM nothing ORDER BY id DESC LIMIT 3;

-- oracle
SELECT k, v FROM lefts UNION ALL SELECT k, w FROM rights ORDER BY k DESC NULLS LAST, v;

-- oracle
SELECT id + 0 AS id FROM sales WHERE id % 3 = 0 ORDER BY -id LIMIT 4;
