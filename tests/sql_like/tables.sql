-- The tables of the statements here, in DuckDB's SQL. Each becomes a folder of Parquet files, a part of the rows in each.

CREATE TABLE people AS SELECT * FROM (VALUES
    (1, 'Ada', 'engine', 5200.50, DATE '2001-03-14', NULL),
    (2, 'Björn', 'engine', 4100.00, DATE '2005-11-30', 1),
    (3, 'Chloé', 'sales', 3900.25, DATE '2010-02-28', 1),
    (4, 'Dmitri', 'sales', NULL, DATE '2012-02-29', 3),
    (5, '恵美', NULL, 3100.00, DATE '1999-12-31', 1),
    (6, 'Farid', 'engine', 4100.00, NULL, 2),
    (7, '', 'law', 2500.75, DATE '2020-01-01', 3),
    (8, NULL, 'law', 2500.75, DATE '2020-01-01', NULL),
    (9, 'Ivy', NULL, NULL, NULL, NULL),
    (10, 'Ada', 'sales', 0.00, DATE '2024-02-29', 3)
) AS t(id, name, dept, salary, hired, boss);

CREATE TABLE departments AS SELECT * FROM (VALUES
    ('engine', 'Turin', 90000::BIGINT),
    ('sales', 'Łódź', 40000),
    ('law', NULL, NULL),
    ('empty', 'Oslo', 0),
    (NULL, 'Nowhere', 1)
) AS t(dept, city, budget);

CREATE TABLE numbers AS SELECT * FROM (VALUES
    (1, 10::BIGINT, 1.5::DOUBLE, 0.5::FLOAT, 1.250::DECIMAL(12, 3), true, 'one', DATE '2024-01-31', TIMESTAMP '2024-01-31 23:59:59.999999'),
    (2, -10, -2.5, -0.25, -1.250, false, 'two', DATE '2024-02-29', TIMESTAMP '2024-02-29 00:00:00'),
    (3, 0, 0.0, 0.0, 0.000, true, '', DATE '1970-01-01', TIMESTAMP '1970-01-01 00:00:00.000001'),
    (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (5, 9223372036854775807, 1e300, 3e38, 999999999.999, false, 'max', DATE '9999-12-31', TIMESTAMP '2200-12-31 12:00:00'),
    (6, -9223372036854775808, -1e300, -3e38, -999999999.999, true, 'min', DATE '0001-01-01', TIMESTAMP '1700-01-01 12:00:00'),
    (7, 7, 'nan', 'nan', 7.007, false, 'nan', DATE '2023-12-31', TIMESTAMP '2023-12-31 06:07:08.5'),
    (8, 8, 'inf', 'inf', 8.800, NULL, 'inf', DATE '2000-02-29', TIMESTAMP '1969-12-31 23:59:59'),
    (9, 9, '-inf', '-inf', 0.001, true, '-inf', DATE '1900-03-01', TIMESTAMP '2024-12-30 00:00:00')
) AS t(i, b, d, f, m, flag, s, day, moment);

CREATE TABLE small_numbers AS SELECT * FROM numbers WHERE i IN (1, 2, 3, 4, 7);

CREATE TABLE words AS SELECT * FROM (VALUES
    (1, 'plain'),
    (2, 'Straße'),
    (3, 'ÉCOLE été'),
    (4, '日本語'),
    (5, ''),
    (6, NULL),
    (7, '  padded  '),
    (8, '100% sure_thing'),
    (9, 'a,b,,c'),
    (10, 'emoji 😀!'),
    (11, 'back\slash "quote" ''tick'''),
    (12, 'line
break'),
    (13, 'aaa-bbb-12-34'),
    (14, 'σίσυφος ΣΊΣΥΦΟΣ')
) AS t(id, text);

CREATE TABLE nothing AS SELECT * FROM people WHERE false;

-- Keys that repeat, that only one side has, and NULL on both sides.
CREATE TABLE lefts AS SELECT * FROM (VALUES
    (1, 'a'), (1, 'b'), (2, 'c'), (3, 'd'), (NULL, 'e'), (NULL, 'f'), (4, NULL), (5, 'g'), (5, 'h'), (6, 'i')
) AS t(k, v);
CREATE TABLE rights AS SELECT * FROM (VALUES
    (1, 'p'), (1, 'q'), (2, NULL), (NULL, 'r'), (5, 's'), (5, 't'), (5, 'u'), (7, 'v'), (3, 'w')
) AS t(k, w);

CREATE TABLE sales AS SELECT
    i AS id,
    ['north', 'south', 'east', NULL][1 + i % 4] AS region,
    1 + (i * 7) % 5 AS shop,
    DATE '2024-01-01' + CAST((i * 11) % 60 AS INTEGER) AS day,
    CASE WHEN i % 9 = 0 THEN NULL ELSE CAST(((i * 37) % 1000) / 4 AS DECIMAL(9, 2)) END AS amount,
    (i * 13) % 7 AS units
FROM range(1, 121) AS r(i);

CREATE TABLE points AS SELECT i AS id, i % 3 AS g, (i * 17 % 23)::DOUBLE AS x, (i * 5 % 19 + i)::DOUBLE AS y
FROM range(0, 40) AS r(i);
