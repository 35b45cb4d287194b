-- Functions on text. Characters are Unicode's code points.

-- oracle
SELECT id, upper(text), lower(text), length(text), reverse(text) FROM words WHERE id <> 14;

-- oracle
SELECT id, trim(text), ltrim(text), rtrim(text), trim(text, 'ae '), ltrim(text, 'pa '), rtrim(text, 'n!') FROM words;

-- oracle
SELECT id, trim(BOTH 'p' FROM text), trim(LEADING ' ' FROM text), trim(TRAILING FROM text) FROM words;

-- oracle
SELECT id, substring(text, 2), substring(text, 2, 3), substring(text FROM 3 FOR 2), substring(text, 100) FROM words;

-- oracle
SELECT id, left(text, 3), right(text, 3), left(text, -2), right(text, -2), left(text, 0) FROM words;

-- oracle
SELECT id, lpad(text, 12, '*'), rpad(text, 12, 'ab'), lpad(text, 3, 'x'), rpad(text, 0, 'x') FROM words;

-- oracle
SELECT id, replace(text, 'a', 'AA'), replace(text, ' ', ''), replace(text, 'zz', 'y'), repeat(text, 2), repeat(text, 0) FROM words;

-- oracle
SELECT id, strpos(text, 'a'), position('本' IN text), strpos(text, ''), strpos(text, 'none') FROM words;

-- oracle
SELECT id, starts_with(text, 'a'), ends_with(text, '!'), contains(text, ','), contains(text, '') FROM words;

-- oracle
SELECT id, text || '!', concat(text, '-', id), concat(text, NULL, 'x'), concat_ws('|', text, NULL, 'z'), text || NULL FROM words;

-- oracle
SELECT id, split_part(text, ',', 1), split_part(text, ',', 3), split_part(text, ',', 9), split_part(text, '-', 2), split_part(text, ',', -1) FROM words;

-- oracle
SELECT id, text LIKE 'a%', text LIKE '%a', text LIKE '_____', text LIKE '%', text LIKE '', text LIKE '%\_%' ESCAPE '\', text ILIKE 'A%' FROM words;

-- oracle
SELECT id, regexp_matches(text, '[0-9]+'), regexp_matches(text, '^a'), regexp_extract(text, '([a-z]+)-([a-z]+)', 2), regexp_replace(text, '[aeiou]', '_'), regexp_replace(text, '[aeiou]', '_', 'g') FROM words;

-- oracle
SELECT id, ascii(text) FROM words WHERE text <> '';

-- oracle
SELECT chr(65), chr(228), chr(128512), ascii('a'), ascii('ä');

SELECT initcap('hello wORLD of école'), initcap(''), initcap(NULL);
--> Hello World Of École | '' | NULL

-- oracle
SELECT id, CASE WHEN text = '' THEN 'empty' WHEN text IS NULL THEN 'null' ELSE text END FROM words;

-- oracle
SELECT id, coalesce(text, 'nothing'), nullif(text, 'plain'), greatest(text, 'm'), least(text, 'm') FROM words;

-- oracle
SELECT id FROM words WHERE text > 'b';

-- oracle
SELECT id FROM words WHERE text BETWEEN 'a' AND 'q';

-- oracle
SELECT CAST(id AS VARCHAR) || 'x', length(CAST(id * 100 AS VARCHAR)) FROM words;

-- oracle
SELECT 'it''s', E'tab\there', '😀' || 'ß', length('日本'), upper('straße');

SELECT upper('σίσυφος'), lower('ΣΊΣΥΦΟΣ');
--> ΣΊΣΥΦΟΣ | σίσυφοσ

-- As in the standard: positions before the first are there, and empty.
SELECT substring('hello', 0, 3), substring('hello', -3, 2), substring('hello', -1), substring('hello', 4, 9);
--> he | '' | hello | lo

SELECT substring('abc', 1, -1);
--! substring

SELECT upper(1);
--! upper

SELECT uper('x');
--! there is no function uper
--! upper
