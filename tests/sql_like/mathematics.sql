-- Arithmetic and mathematical functions; overflow and division by zero.

-- oracle
SELECT i, i + 1, i - 5, i * 3, i / 2, i % 3, -i, i // 2 FROM numbers;

-- oracle
SELECT i, d + 1, d - 1, d * 2, d / 3, -d, d * 0, d - d FROM numbers;

-- oracle
SELECT i, f + 1, f * 2 FROM small_numbers;

-- oracle
SELECT i, m + 1, m - 0.5, m * 2, m * 1.5, -m, m + i FROM numbers;

-- oracle
SELECT i, m / 4, m / 0.3, m % 1 FROM small_numbers;

-- oracle
SELECT i, abs(i - 5), abs(d), abs(m), CAST(sign(d) AS INTEGER), sign(m), sign(i - 5) FROM numbers WHERE i <> 7;

-- oracle
SELECT i, round(d), round(d, 1), ceil(d), floor(d), trunc(d) FROM small_numbers;

-- oracle
SELECT i, round(m), round(m, 1), round(m, 2), ceil(m), floor(m) FROM numbers;

-- oracle
SELECT round(2.5), round(-2.5), round(0.5), round(1234.567, -2), round(1.005, 2), round(2.5::DOUBLE), round(-0.5::DOUBLE), round(123, -1);

-- oracle
SELECT i, sqrt(abs(d)), exp(d / 1e300), ln(abs(d) + 1), log10(abs(d) + 1), log2(abs(d) + 1), power(d, 2), power(2, i) FROM numbers;

-- oracle
SELECT i, sin(i), cos(i), tan(i), asin(i / 10.0), acos(i / 10.0), atan(i), atan2(i, 3), degrees(i), radians(i) FROM numbers;

-- oracle
SELECT pi(), power(2, 0.5), power(0, 0), exp(0), ln(1), sqrt(2), 7 % -3, -7 % 3, 7 // 2, -7 // 2;

-- oracle
SELECT i, isnan(d), d + 1 > 0 AND NOT isnan(d) FROM numbers;

SELECT i, is_nan(d), is_finite(d) FROM numbers WHERE i IN (1, 4, 7, 8);
--> 1 | false | true
--> 4 | NULL | NULL
--> 7 | true | false
--> 8 | false | false

-- oracle
SELECT 1.0 / 3, 10 / 4, 1e308 * 10, -1e308 * 10, 5.0::DOUBLE / 0, 0.0::DOUBLE / 0;

-- oracle
SELECT greatest(1, 2.5, NULL), least(3, NULL, 2), coalesce(NULL, NULL, 4), nullif(1, 1), nullif(1, 2);

-- oracle
SELECT 1 + 2 * 3 - 4 / 2, (1 + 2) * 3, -2 * -3, 2 + -3, 1 - 1 - 1;

-- oracle
SELECT 0.1 + 0.2, 0.1 * 0.2, 1.10 - 0.1, 123456789012.34 * 100, 99999999999999999.9 + 0.1;

-- oracle
SELECT 1 = 1.0, 1 < 1.5, 2 > 1e0, 0.1 = 0.10, 1::BIGINT = 1::SMALLINT, 3 BETWEEN 2.5 AND 3e0;

-- oracle
SELECT 1e3, 1.5e-3, .5, 5.;

-- oracle
SELECT sum(x), avg(x), min(x), max(x) FROM (VALUES (0.1), (0.2), (0.30)) AS t(x);

-- oracle
SELECT i, CASE WHEN b <> 0 THEN 100 / b END FROM numbers;

SELECT b + 1 FROM numbers;
--! overflow

SELECT b * 2 FROM numbers;
--! overflow

SELECT -b FROM numbers WHERE i = 6;
--! overflow

SELECT 9223372036854775807 + 1;
--! overflow

SELECT 2147483647::INTEGER + 1::INTEGER;
--! overflow

SELECT i % 0 FROM numbers;
--! division by zero

SELECT i // 0 FROM numbers;
--! division by zero

SELECT m / 0 FROM numbers;
--! division by zero

SELECT 1 / 0;
--! division by zero

SELECT sqrt(-1), ln(0), ln(-1), log10(0), acos(2);
--> nan | -inf | nan | -inf | nan

SELECT 99999999999999999999999999999999999999 + 1;
--! overflow
