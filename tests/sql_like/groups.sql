-- Grouping: keys, NULL groups, aggregates, DISTINCT, FILTER, HAVING, sets of groups.

-- oracle
SELECT dept, count(*), count(salary), sum(salary), avg(salary), min(salary), max(salary) FROM people GROUP BY dept;

-- oracle
SELECT count(*), count(salary), sum(salary), avg(salary), min(name), max(name), min(hired), max(hired) FROM people;

-- oracle
SELECT count(*), count(id), sum(id), avg(id), min(id), max(id) FROM nothing;

-- oracle
SELECT dept, count(*) FROM nothing GROUP BY dept;

-- oracle
SELECT dept FROM people GROUP BY dept HAVING count(*) > 1 AND max(salary) > 3000;

-- oracle
SELECT sum(salary) FROM people HAVING count(*) > 100;

-- oracle
SELECT dept, boss, count(*) FROM people GROUP BY dept, boss;

-- oracle
SELECT year(hired) AS y, count(*) FROM people GROUP BY y;

-- oracle
SELECT upper(dept), count(*) FROM people GROUP BY 1;

-- oracle
SELECT length(dept) + 1 AS l, sum(id) * 2 + 1 FROM people GROUP BY length(dept);

-- oracle
SELECT DISTINCT dept FROM people;

-- oracle
SELECT DISTINCT dept, boss FROM people;

-- oracle
SELECT count(DISTINCT dept), count(DISTINCT boss), count(*) FROM people;

-- oracle
SELECT dept, count(DISTINCT boss), sum(DISTINCT salary), avg(DISTINCT salary), count(*) FROM people GROUP BY dept;

-- oracle
SELECT region, count(DISTINCT shop), count(DISTINCT units), sum(units), min(DISTINCT units) FROM sales GROUP BY region;

-- oracle
SELECT count(*) FILTER (WHERE salary > 3000), sum(salary) FILTER (WHERE dept = 'law') FROM people;

-- oracle
SELECT dept, count(*) FILTER (WHERE boss = 1) AS ones, count(DISTINCT boss) FILTER (WHERE boss > 1) FROM people GROUP BY dept;

-- oracle
SELECT region, shop, sum(units), count(*), count(DISTINCT units), GROUPING(region, shop) FROM sales GROUP BY ROLLUP (region, shop);

-- oracle
SELECT region, shop % 2 AS odd, units > 3, avg(amount), GROUPING(units > 3) + 1 FROM sales GROUP BY CUBE (region, odd, units > 3);

-- oracle
SELECT region, shop, units, max(id) FROM sales GROUP BY GROUPING SETS ((region, shop), (shop, region, units), units, ()) HAVING max(id) > 60 ORDER BY 1, 2, 3, 4;

-- oracle
SELECT region, shop, count(*) FROM sales GROUP BY region, GROUPING SETS ((shop), ());

-- oracle
SELECT dept, sum(salary), count(*) FROM nothing GROUP BY ROLLUP (dept);

-- oracle
SELECT coalesce(region, 'all'), n FROM (SELECT region, count(*) AS n FROM sales GROUP BY ROLLUP (region)) AS t WHERE region = 'north' OR region IS NULL;

SELECT region, GROUPING(shop) FROM sales GROUP BY ROLLUP (region);
--! keys of GROUP BY

-- oracle
SELECT bool_and(flag), bool_or(flag), bool_and(i > 0), bool_or(i > 100) FROM numbers;

-- oracle
SELECT g, stddev(x), stddev_pop(x), variance(x), var_pop(x) FROM points GROUP BY g;

-- oracle
SELECT stddev(x), variance(x), stddev_pop(x), var_pop(x) FROM points WHERE id = 1;

-- oracle
SELECT g, corr(x, y), covar_samp(x, y), covar_pop(x, y), skewness(x), kurtosis(x) FROM points GROUP BY g;

-- oracle
SELECT g, median(x), quantile_cont(x, 0.25) AS q, median(id) FROM points GROUP BY g;

-- oracle
SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY y), percentile_cont(0.1) WITHIN GROUP (ORDER BY x DESC) FROM points;

-- oracle
SELECT median(CAST(salary AS DOUBLE)), median(id) FROM people;

-- oracle: SELECT dept, first(dept), any_value(dept), last(dept) FROM people GROUP BY dept
SELECT dept, first(dept), any_value(dept), last(dept) FROM people GROUP BY dept;

-- oracle
SELECT shop, length(string_agg(CAST(units AS VARCHAR), ', ')), string_agg('x', '') FROM sales WHERE id < 30 GROUP BY shop;

SELECT string_agg(region, ',' ORDER BY id DESC) FROM sales;
--! ORDER BY inside string_agg is not supported

-- oracle
SELECT region, product(units) FROM sales WHERE id < 12 GROUP BY region;

-- oracle: SELECT region, count_if(units > 3), approx_count_distinct(shop) FROM sales GROUP BY region
SELECT region, count_if(units > 3), approx_count_distinct(shop) FROM sales GROUP BY region;

-- oracle
SELECT mode(k) FROM lefts WHERE k IN (1, 2) OR k IS NULL AND v = 'e' OR v = 'b';

SELECT abs(approx_quantile(x, 0.5) - median(x)) < 2 FROM points;
--> true

-- oracle
SELECT max(text), min(text), count(text), max(length(text)) FROM words;

-- oracle
SELECT sum(b), avg(d) FROM numbers WHERE i < 4;

-- oracle
SELECT sum(m), avg(m), min(m), max(m) FROM numbers;

-- oracle
SELECT sum(m * m), sum(m * 2), avg(m / 3) FROM small_numbers;

-- oracle
SELECT sum(f), sum(d) FROM numbers WHERE i < 6;

-- oracle
SELECT d, count(*) FROM numbers GROUP BY d;

-- oracle
SELECT min(d), max(d) FROM numbers;

-- oracle
SELECT m, f, flag, day, moment, s, count(*) FROM numbers GROUP BY m, f, flag, day, moment, s;

-- oracle
SELECT day, sum(amount), count(*) FROM sales GROUP BY day HAVING sum(amount) > 400;

-- oracle
SELECT shop, sum(CASE WHEN region = 'north' THEN amount ELSE 0 END) AS north, sum(amount) AS total FROM sales GROUP BY shop;

-- oracle
SELECT units % 2 = 0 AS even, count(*), sum(amount) / count(*) FROM sales GROUP BY units % 2 = 0;

-- oracle
SELECT max(n), min(n), sum(n) FROM (SELECT region, shop, count(*) AS n FROM sales GROUP BY region, shop) AS g;

-- oracle
SELECT k, count(*) FROM (SELECT k FROM lefts UNION ALL SELECT k FROM rights) AS u GROUP BY k;

-- oracle
SELECT 1 AS one, count(*) FROM people GROUP BY one;

SELECT sum(b) FROM numbers WHERE b > 0;
--! overflow

SELECT dept, name FROM people GROUP BY dept;
--! name
--! GROUP BY

SELECT sum(count(*)) FROM people;
--! inside

SELECT id FROM people WHERE count(*) > 1;
--! aggregate

SELECT sum(name) FROM people;
--! sum
--! string
