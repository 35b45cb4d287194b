-- Every kind of join, keys that repeat, NULL in keys, conditions beside the keys, and nested joins.

-- oracle
SELECT l.k, v, w FROM lefts l JOIN rights r ON l.k = r.k;

-- oracle
SELECT l.k, v, r.k, w FROM lefts l LEFT JOIN rights r ON l.k = r.k;

-- oracle
SELECT l.k, v, r.k, w FROM lefts l RIGHT JOIN rights r ON l.k = r.k;

-- oracle
SELECT l.k, v, r.k, w FROM lefts l FULL JOIN rights r ON l.k = r.k;

-- oracle
SELECT k, v, w FROM lefts JOIN rights USING (k);

-- oracle
SELECT k, v, w FROM lefts LEFT JOIN rights USING (k);

-- oracle
SELECT k, v, w FROM lefts FULL JOIN rights USING (k);

-- oracle
SELECT * FROM lefts NATURAL JOIN rights;

-- oracle
SELECT count(*), count(v), count(w) FROM lefts CROSS JOIN rights;

-- oracle
SELECT l.v, r.w FROM lefts l, rights r WHERE l.k = r.k AND r.w > 'p';

-- oracle
SELECT l.v, r.w FROM lefts l LEFT JOIN rights r ON l.k = r.k AND r.w > 'q';

-- oracle
SELECT l.v, r.w FROM lefts l LEFT JOIN rights r ON l.k = r.k AND l.v <> 'b';

-- oracle
SELECT l.v, r.w FROM lefts l LEFT JOIN rights r ON l.k = r.k WHERE r.w IS NULL;

-- oracle
SELECT l.v, r.w FROM lefts l LEFT JOIN rights r ON l.k = r.k WHERE r.w > 'p';

-- oracle
SELECT l.v, r.w FROM lefts l RIGHT JOIN rights r ON l.k = r.k AND l.v > 'a';

-- oracle
SELECT l.v, r.w FROM lefts l FULL JOIN rights r ON l.k = r.k AND l.v > 'a' AND r.w < 't';

-- oracle
SELECT l.v, r.w FROM lefts l FULL JOIN rights r ON l.k = r.k WHERE l.k IS NULL;

-- oracle
SELECT l.v, r.w FROM lefts l JOIN rights r ON l.k IS NOT DISTINCT FROM r.k;

-- oracle
SELECT l.v, r.w FROM lefts l LEFT JOIN rights r ON l.k IS NOT DISTINCT FROM r.k;

-- oracle
SELECT a.v, b.v FROM lefts a JOIN lefts b ON a.k = b.k AND a.v < b.v;

-- oracle
SELECT a.id, b.id FROM people a JOIN people b ON a.boss = b.id;

-- oracle
SELECT a.id, b.id, c.id FROM people a LEFT JOIN people b ON a.boss = b.id LEFT JOIN people c ON b.boss = c.id;

-- oracle
SELECT p.id, d.city FROM people p LEFT JOIN departments d ON p.dept = d.dept;

-- oracle
SELECT d.city, count(p.id) FROM departments d LEFT JOIN people p USING (dept) GROUP BY d.city;

-- oracle
SELECT p.id, q.id FROM people p JOIN people q ON p.salary = q.salary AND p.dept = q.dept AND p.id <> q.id;

-- oracle
SELECT p.id, n.i FROM people p JOIN numbers n ON p.id + 1 = n.i;

-- oracle
SELECT p.id, n.i FROM people p JOIN numbers n ON p.id = n.b;

-- oracle
SELECT p.id, n.i FROM people p JOIN small_numbers n ON p.id > n.i AND p.id < n.i + 3;

-- oracle
SELECT p.id, n.id FROM people p LEFT JOIN nothing n ON p.id = n.id;

-- oracle
SELECT p.id, n.id FROM people p JOIN nothing n ON p.id = n.id;

-- oracle
SELECT n.id, p.id FROM nothing n FULL JOIN people p ON p.id = n.id;

-- oracle
SELECT n.id, p.id FROM nothing n CROSS JOIN people p;

-- oracle
SELECT v, w, city FROM lefts JOIN (rights JOIN departments ON w < city) ON lefts.k = rights.k;

-- oracle
SELECT x.k, x.n, y.n FROM (SELECT k, count(*) AS n FROM lefts GROUP BY k) x
JOIN (SELECT k, count(*) AS n FROM rights GROUP BY k) y ON x.k = y.k;

-- oracle
SELECT a.shop, sum(a.units * b.units) FROM sales a JOIN sales b ON a.shop = b.shop AND a.region = b.region GROUP BY a.shop;

-- oracle
SELECT count(*), sum(a.id), sum(b.id) FROM sales a JOIN sales b ON a.day = b.day AND a.id < b.id;

-- oracle
SELECT a.id, b.i FROM words a JOIN numbers b ON a.text = b.s;

-- oracle
SELECT w.id, l.v FROM words w LEFT JOIN lefts l ON w.id = l.k AND l.v IS NOT NULL WHERE w.id < 8;

-- oracle
SELECT a.i, b.i FROM numbers a JOIN numbers b ON a.m = b.m;

-- oracle
SELECT a.i, b.i FROM numbers a JOIN numbers b ON a.day = b.day AND a.moment = b.moment;

-- oracle
SELECT p.id, d.dept FROM people p JOIN departments d ON p.dept = d.dept OR p.dept IS NULL AND d.dept = 'law';

