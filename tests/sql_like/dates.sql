-- Dates, timestamps and intervals.

-- oracle
SELECT i, year(day), quarter(day), month(day), week(day), day(day), dayofweek(day), isodow(day), dayofyear(day) FROM numbers;

-- oracle
SELECT i, hour(moment), minute(moment), second(moment), epoch(moment) FROM numbers;

-- oracle: SELECT i, millisecond(moment) , microsecond(moment) FROM numbers
SELECT i, millisecond(moment), microsecond(moment) FROM numbers;

-- oracle
SELECT i, extract(year FROM day), extract(dow FROM day), extract(doy FROM moment), extract(hour FROM moment), date_part('month', moment) FROM numbers;

-- oracle: SELECT i, CAST(date_trunc('year', day) AS DATE), CAST(date_trunc('quarter', day) AS DATE), CAST(date_trunc('month', day) AS DATE), CAST(date_trunc('week', day) AS DATE) FROM numbers
SELECT i, CAST(date_trunc('year', day) AS DATE), CAST(date_trunc('quarter', day) AS DATE), CAST(date_trunc('month', day) AS DATE), CAST(date_trunc('week', day) AS DATE) FROM numbers;

-- oracle
SELECT i, date_trunc('day', moment), date_trunc('hour', moment), date_trunc('minute', moment), date_trunc('second', moment), date_trunc('month', moment) FROM numbers;

-- oracle
SELECT i, day + 1, day - 30, day - DATE '2000-01-01' FROM numbers WHERE i NOT IN (5, 6);

-- oracle: SELECT i, CAST(day + INTERVAL '1' MONTH AS DATE), CAST(day - INTERVAL '1' YEAR AS DATE), CAST(day + INTERVAL '40' DAY AS DATE) FROM numbers WHERE i NOT IN (5, 6)
SELECT i, day + INTERVAL '1' MONTH, day - INTERVAL '1' YEAR, day + INTERVAL '40' DAY FROM numbers WHERE i NOT IN (5, 6);

-- oracle
SELECT i, moment + INTERVAL '1 hour', moment - INTERVAL '90' MINUTE, moment + INTERVAL '1' MONTH, day + INTERVAL '3' HOUR FROM numbers WHERE i NOT IN (5, 6);

-- oracle
SELECT i, date_diff('day', DATE '2024-01-01', day), date_diff('month', day, DATE '2024-06-15'), date_diff('year', day, DATE '2024-06-15') FROM numbers;

-- oracle
SELECT i, date_diff('hour', moment, TIMESTAMP '2024-01-01 00:00:00'), date_diff('second', moment, TIMESTAMP '2024-01-01 00:00:00') FROM numbers;

-- oracle
SELECT i, last_day(day), make_date(year(day), 1, 1) FROM numbers;

-- oracle
SELECT i, strftime(day, '%Y/%m/%d %j %a %b'), strftime(moment, '%H:%M:%S %p %I') FROM numbers WHERE i NOT IN (5, 6);

-- oracle: SELECT CAST(strptime('31.12.2023', '%d.%m.%Y') AS DATE), strptime('2024-02-29 07:08:09', '%Y-%m-%d %H:%M:%S')
SELECT to_date('31.12.2023', '%d.%m.%Y'), to_timestamp('2024-02-29 07:08:09', '%Y-%m-%d %H:%M:%S');

SELECT to_date('2024-02-29'), to_timestamp('2024-02-29 01:02:03.5');
--> 2024-02-29 | 2024-02-29 01:02:03.5

-- oracle
SELECT DATE '2024-01-31' < DATE '2024-02-01', DATE '2024-01-31' = TIMESTAMP '2024-01-31 00:00:00', TIMESTAMP '2024-01-31 00:00:01' > DATE '2024-01-31';

-- oracle
SELECT min(day), max(day), min(moment), max(moment), count(DISTINCT day) FROM numbers;

-- oracle
SELECT id FROM sales WHERE day BETWEEN DATE '2024-01-10' AND DATE '2024-01-10' + INTERVAL '5' DAY;

-- oracle
SELECT month(day), count(*) FROM sales GROUP BY month(day);

-- oracle: SELECT CAST(date_trunc('month', day) AS DATE) AS m, sum(units) FROM sales GROUP BY m
SELECT CAST(date_trunc('month', day) AS DATE) AS m, sum(units) FROM sales GROUP BY m;

-- oracle
SELECT current_date = CAST(now() AS DATE), now() >= TIMESTAMP '2024-01-01 00:00:00';

SELECT DATE '2024-02-30';
--! 2024-02-30

SELECT date_trunc('fortnight', DATE '2024-01-01');
--! fortnight

SELECT extract(nonsense FROM DATE '2024-01-01');
--! nonsense

SELECT DATE '2024-01-01' + DATE '2024-01-02';
--! date

SELECT make_date(2024, 13, 1);
--! 13
