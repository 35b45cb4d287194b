-- Window functions: ranking, neighbours, frames by rows, by values and by groups.

-- oracle
SELECT id, row_number() OVER (ORDER BY id) FROM people;

-- oracle
SELECT id, dept, row_number() OVER (PARTITION BY dept ORDER BY id DESC) FROM people;

-- oracle
SELECT id, rank() OVER w, dense_rank() OVER w, percent_rank() OVER w
FROM people WINDOW w AS (ORDER BY salary);

-- oracle
SELECT id, rank() OVER (PARTITION BY dept ORDER BY salary DESC NULLS LAST) FROM people;

-- oracle
SELECT id, ntile(3) OVER (ORDER BY id), ntile(4) OVER (PARTITION BY shop ORDER BY id) FROM sales;

-- oracle
SELECT id, lag(salary) OVER (ORDER BY id), lead(salary) OVER (ORDER BY id), lag(id, 2) OVER (ORDER BY id), lead(id, 3, -1) OVER (ORDER BY id) FROM people;

-- oracle
SELECT id, first_value(name) OVER w, last_value(name) OVER w
FROM people WINDOW w AS (PARTITION BY dept ORDER BY id);

-- oracle
SELECT id, sum(salary) OVER (PARTITION BY dept), count(*) OVER (PARTITION BY dept), avg(salary) OVER () FROM people;

-- oracle
SELECT id, sum(units) OVER (ORDER BY id), sum(units) OVER (PARTITION BY shop ORDER BY id) FROM sales;

-- oracle
SELECT id, sum(units) OVER (PARTITION BY region ORDER BY day) FROM sales;

-- oracle
SELECT id, sum(units) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW), min(units) OVER (ORDER BY id ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING),
    max(units) OVER (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 3 FOLLOWING), count(amount) OVER (ORDER BY id ROWS BETWEEN 4 PRECEDING AND 4 FOLLOWING) FROM sales;

-- oracle
SELECT id, avg(amount) OVER (PARTITION BY shop ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING) FROM sales;

-- oracle
SELECT id, sum(units) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) FROM sales;

-- oracle
SELECT id, count(*) OVER (ORDER BY shop RANGE BETWEEN 1 PRECEDING AND CURRENT ROW), sum(id) OVER (PARTITION BY region ORDER BY units DESC RANGE BETWEEN 2 PRECEDING AND 1 FOLLOWING),
    min(id) OVER (ORDER BY amount RANGE BETWEEN 10 FOLLOWING AND 100 FOLLOWING), count(*) OVER (ORDER BY amount DESC NULLS LAST RANGE BETWEEN UNBOUNDED PRECEDING AND 50 PRECEDING) FROM sales;

-- oracle
SELECT id, sum(units) OVER (PARTITION BY region ORDER BY day RANGE BETWEEN INTERVAL '6 days' PRECEDING AND CURRENT ROW), count(*) OVER w, avg(units) OVER w
FROM sales WINDOW w AS (ORDER BY day DESC RANGE BETWEEN INTERVAL '1 day' PRECEDING AND INTERVAL '2' DAY FOLLOWING);

-- oracle
SELECT i, count(*) OVER (ORDER BY moment RANGE BETWEEN INTERVAL '36 hours' PRECEDING AND INTERVAL '700 days' FOLLOWING) FROM numbers WHERE i NOT IN (5, 6);

-- oracle
SELECT i, count(*) OVER (ORDER BY day RANGE BETWEEN INTERVAL '12 hours' PRECEDING AND INTERVAL '30 days' FOLLOWING), count(*) OVER (ORDER BY day RANGE BETWEEN CURRENT ROW AND INTERVAL '10000 days' FOLLOWING) FROM numbers WHERE i NOT IN (5, 6);

SELECT id, count(*) OVER (ORDER BY region RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM sales;
--! needs a number or a date to order by, not string

SELECT id, count(*) OVER (ORDER BY id RANGE BETWEEN INTERVAL '1 day' PRECEDING AND CURRENT ROW) FROM sales;
--! needs a date, timestamp or duration to order by, not int64

SELECT id, count(*) OVER (ORDER BY shop, id RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM sales;
--! needs one key to order by

SELECT id, count(*) OVER (ORDER BY day RANGE BETWEEN INTERVAL '1 month' PRECEDING AND CURRENT ROW) FROM sales;
--! months and years differ in length
--! do: take an INTERVAL of days

SELECT id, count(*) OVER (ORDER BY day RANGE BETWEEN INTERVAL '1 day' PRECEDING AND 3 FOLLOWING) FROM sales;
--! one end of the frame is a number

SELECT id, count(*) OVER (ORDER BY id RANGE BETWEEN 0.5 PRECEDING AND CURRENT ROW) FROM sales;
--! a whole number from 0

SELECT id, count(*) OVER (ORDER BY id ROWS BETWEEN 1.5 PRECEDING AND CURRENT ROW) FROM sales;
--! a whole number of rows from 0

SELECT id, count(*) OVER (ORDER BY shop GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM sales;
--! GROUPS and EXCLUDE are not supported
--! do: take ROWS or RANGE

-- oracle
SELECT id, cume_dist() OVER (ORDER BY shop), nth_value(id, 2) OVER (PARTITION BY region ORDER BY id) FROM sales;

SELECT id, nonsense() OVER (ORDER BY shop) FROM sales;
--! nonsense

-- oracle
SELECT id, count(*) OVER (ORDER BY shop RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), sum(units) OVER (ORDER BY shop RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) FROM sales;

-- oracle
SELECT id, first_value(id) OVER (PARTITION BY shop ORDER BY day DESC, id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM sales;

-- oracle
SELECT dept, sum(salary), rank() OVER (ORDER BY sum(salary) DESC), sum(sum(salary)) OVER () FROM people GROUP BY dept;

-- oracle
SELECT * FROM (SELECT id, shop, row_number() OVER (PARTITION BY shop ORDER BY amount DESC, id) AS r FROM sales) AS t WHERE r <= 2;

-- oracle
SELECT id, amount, amount - lag(amount, 1, 0) OVER (PARTITION BY region ORDER BY id) FROM sales WHERE amount IS NOT NULL;

-- oracle
SELECT id, row_number() OVER (ORDER BY amount DESC NULLS FIRST, id) AS r FROM sales ORDER BY r LIMIT 9;

-- oracle
SELECT id, min(text) OVER (ORDER BY id), count(text) OVER (ORDER BY id ROWS 1 PRECEDING) FROM words;

-- oracle
SELECT i, rank() OVER (ORDER BY d), sum(i) OVER (ORDER BY d), rank() OVER (ORDER BY moment DESC) FROM numbers;

-- oracle
SELECT id, row_number() OVER (ORDER BY id) FROM nothing;

-- oracle
SELECT k, v, count(*) OVER (PARTITION BY k), row_number() OVER (PARTITION BY k ORDER BY v) FROM lefts;

-- oracle
SELECT id, sum(units) FILTER (WHERE units > 2) OVER (PARTITION BY shop ORDER BY id), count(*) FILTER (WHERE amount > 100) OVER (ORDER BY id ROWS 9 PRECEDING) FROM sales;

SELECT id, first(units) FILTER (WHERE units > 2) OVER (ORDER BY id) FROM sales;
--! FILTER with first

-- oracle
SELECT id, stddev(units) OVER (ORDER BY id ROWS 5 PRECEDING), bool_or(units = 6) OVER (ORDER BY id ROWS 2 PRECEDING) FROM sales;

SELECT id FROM people WHERE row_number() OVER (ORDER BY id) > 1;
--! window

SELECT row_number() FROM people;
--! OVER

SELECT id, rank() OVER nowhere FROM people;
--! nowhere
