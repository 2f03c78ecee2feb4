# Statements with the class they must get, one a line: `class: statement`. A line that begins with four blanks goes on
# with the statement above it. read: provably reads only; select: a query that is more than that, or cannot be proved;
# script: several statements, not all reads; unknown: no kind; unreadable: not understood. The others are kinds.
# On PostgreSQL, over schema.sql.
read: SELECT * FROM customers WHERE id = 10
read: select id, name from customers where id > $1 order by id limit $2
read: SELECT id FROM public.customers WHERE id BETWEEN 1 AND 100
read: SELECT count(*) FROM customers WHERE id IS NOT NULL
read: SELECT id, count(*) AS n FROM customers GROUP BY id HAVING count(*) > 1 ORDER BY n DESC, 1
read: SELECT min(id), max(id), avg(id), sum(id), stddev(id) FROM customers
read: SELECT x.id FROM customers AS x WHERE x.id IN (1, 2, 3)
read: SELECT x.id FROM customers x WHERE x.id = ANY ($1)
read: SELECT id FROM customers WHERE id NOT IN (SELECT id FROM customers WHERE id < 0)
read: SELECT DISTINCT id FROM customers ORDER BY id NULLS LAST
read: SELECT DISTINCT ON (id) id, id FROM customers ORDER BY id, id DESC
read: SELECT id, rank() OVER (ORDER BY id DESC) FROM customers
read: SELECT id, sum(id) OVER w FROM customers WINDOW w AS (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
read: SELECT id, lag(id, 1) OVER (ORDER BY id) AS before, lead(id) OVER (ORDER BY id) AS after FROM customers
read: SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY id) FROM customers
read: SELECT id::text, id::numeric(10, 2), CAST(id AS double precision) FROM customers
read: SELECT coalesce(id, 0), nullif(id, 0), greatest(id, 1), least(id, 2) FROM customers
read: SELECT CASE WHEN id < 10 THEN 'few' WHEN id < 100 THEN 'some' ELSE 'many' END AS size, count(*) FROM customers GROUP BY 1
read: SELECT id FROM customers ORDER BY id DESC OFFSET 10 ROWS FETCH NEXT 5 ROWS ONLY
read: SELECT id FROM customers ORDER BY id FETCH FIRST ROW WITH TIES
read: SELECT round(id::numeric, 2), abs(id), ceil(id), floor(id), sign(id), trunc(id::numeric) FROM customers
read: WITH big AS (SELECT * FROM customers WHERE id > 100) SELECT count(*) FROM big
read: WITH a (id) AS MATERIALIZED (SELECT id FROM customers) SELECT * FROM a LIMIT 1
read: SELECT * FROM customers WHERE id = (SELECT max(id) FROM customers)
read: SELECT EXISTS (SELECT 1 FROM customers WHERE id > 5)
read: SELECT array_agg(id ORDER BY id), string_agg(id::text, ', ') FROM customers
read: SELECT json_agg(x) FROM (SELECT id, id FROM customers LIMIT 3) x
read: SELECT row_to_json(x) FROM customers AS x
read: SELECT to_jsonb(x.*) FROM customers x WHERE x.id > 1
read: SELECT count(*) FILTER (WHERE id > 5) AS high, count(*) FROM customers
read: SELECT id + 1, id - 1, id * 2, -id, id / 3 FROM customers
read: SELECT * FROM customers TABLESAMPLE BERNOULLI (10)
read: SELECT ntile(4) OVER (ORDER BY id) FROM customers
read: SELECT id FROM customers GROUP BY ROLLUP (id)
read: SELECT id, name, count(*) FROM customers GROUP BY GROUPING SETS ((id), (name), ())
read: SELECT id, name FROM customers GROUP BY CUBE (id, name)
read: (SELECT id FROM customers ORDER BY 1 LIMIT 1) UNION ALL (SELECT id FROM customers ORDER BY 1 DESC LIMIT 1)
read: SELECT id FROM customers EXCEPT SELECT 1
read: SELECT id FROM customers INTERSECT ALL SELECT id FROM customers
read: TABLE customers
read: TABLE customers ORDER BY id LIMIT 3
read: EXPLAIN SELECT * FROM customers WHERE id = 1
read: EXPLAIN (FORMAT JSON, COSTS false) SELECT id FROM customers
read: explain verbose select * from customers
read: SELECT x.* FROM customers x, LATERAL (SELECT x.id * 2 AS twice) y
read: SELECT x.id FROM ONLY customers x
read: SELECT * FROM customers AS x (c0, c1, c2) WHERE x.c0 IS NOT NULL
read: SELECT width_bucket(id::numeric, 0, 100, 10), count(*) FROM customers GROUP BY 1
read: SELECT first_value(id) OVER (PARTITION BY name ORDER BY id RANGE UNBOUNDED PRECEDING) FROM customers
read: SELECT pg_typeof(id), id IS DISTINCT FROM id FROM customers
read: SELECT bool_and(id > 0), bool_or(id < 0), every(id > 1) FROM customers
read: SELECT var_pop(id), corr(id::float8, id::float8) FROM customers
read: SELECT mode() WITHIN GROUP (ORDER BY id) FROM customers
read: SELECT * FROM orders WHERE total = 10
read: select id, customer_id from orders where total > $1 order by id limit $2
read: SELECT id FROM public.orders WHERE total BETWEEN 1 AND 100
read: SELECT count(*) FROM orders WHERE total IS NOT NULL
read: SELECT total, count(*) AS n FROM orders GROUP BY total HAVING count(*) > 1 ORDER BY n DESC, 1
read: SELECT min(total), max(total), avg(total), sum(total), stddev(total) FROM orders
read: SELECT x.id FROM orders AS x WHERE x.total IN (1, 2, 3)
read: SELECT x.id FROM orders x WHERE x.total = ANY ($1)
read: SELECT id FROM orders WHERE total NOT IN (SELECT total FROM orders WHERE total < 0)
read: SELECT DISTINCT total FROM orders ORDER BY total NULLS LAST
read: SELECT DISTINCT ON (total) total, id FROM orders ORDER BY total, id DESC
read: SELECT id, rank() OVER (ORDER BY total DESC) FROM orders
read: SELECT id, sum(total) OVER w FROM orders WINDOW w AS (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
read: SELECT id, lag(total, 1) OVER (ORDER BY id) AS before, lead(total) OVER (ORDER BY id) AS after FROM orders
read: SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY total) FROM orders
read: SELECT total::text, total::numeric(10, 2), CAST(total AS double precision) FROM orders
read: SELECT coalesce(total, 0), nullif(total, 0), greatest(total, 1), least(total, 2) FROM orders
read: SELECT CASE WHEN total < 10 THEN 'few' WHEN total < 100 THEN 'some' ELSE 'many' END AS size, count(*) FROM orders GROUP BY 1
read: SELECT id FROM orders ORDER BY total DESC OFFSET 10 ROWS FETCH NEXT 5 ROWS ONLY
read: SELECT id FROM orders ORDER BY total FETCH FIRST ROW WITH TIES
read: SELECT round(total::numeric, 2), abs(total), ceil(total), floor(total), sign(total), trunc(total::numeric) FROM orders
read: WITH big AS (SELECT * FROM orders WHERE total > 100) SELECT count(*) FROM big
read: WITH a (id) AS MATERIALIZED (SELECT id FROM orders) SELECT * FROM a LIMIT 1
read: SELECT * FROM orders WHERE total = (SELECT max(total) FROM orders)
read: SELECT EXISTS (SELECT 1 FROM orders WHERE total > 5)
read: SELECT array_agg(id ORDER BY total), string_agg(id::text, ', ') FROM orders
read: SELECT json_agg(x) FROM (SELECT id, total FROM orders LIMIT 3) x
read: SELECT row_to_json(x) FROM orders AS x
read: SELECT to_jsonb(x.*) FROM orders x WHERE x.total > 1
read: SELECT count(*) FILTER (WHERE total > 5) AS high, count(*) FROM orders
read: SELECT total + 1, total - 1, total * 2, -total, total / 3 FROM orders
read: SELECT * FROM orders TABLESAMPLE BERNOULLI (10)
read: SELECT ntile(4) OVER (ORDER BY total) FROM orders
read: SELECT id FROM orders GROUP BY ROLLUP (id)
read: SELECT id, customer_id, count(*) FROM orders GROUP BY GROUPING SETS ((id), (customer_id), ())
read: SELECT id, customer_id FROM orders GROUP BY CUBE (id, customer_id)
read: (SELECT total FROM orders ORDER BY 1 LIMIT 1) UNION ALL (SELECT total FROM orders ORDER BY 1 DESC LIMIT 1)
read: SELECT total FROM orders EXCEPT SELECT 1
read: SELECT total FROM orders INTERSECT ALL SELECT total FROM orders
read: TABLE orders
read: TABLE orders ORDER BY total LIMIT 3
read: EXPLAIN SELECT * FROM orders WHERE total = 1
read: EXPLAIN (FORMAT JSON, COSTS false) SELECT id FROM orders
read: explain verbose select * from orders
read: SELECT x.* FROM orders x, LATERAL (SELECT x.total * 2 AS twice) y
read: SELECT x.id FROM ONLY orders x
read: SELECT * FROM orders AS x (c0, c1, c2) WHERE x.c0 IS NOT NULL
read: SELECT width_bucket(total::numeric, 0, 100, 10), count(*) FROM orders GROUP BY 1
read: SELECT first_value(id) OVER (PARTITION BY customer_id ORDER BY total RANGE UNBOUNDED PRECEDING) FROM orders
read: SELECT pg_typeof(total), total IS DISTINCT FROM total FROM orders
read: SELECT bool_and(total > 0), bool_or(total < 0), every(total > 1) FROM orders
read: SELECT var_pop(total), corr(total::float8, total::float8) FROM orders
read: SELECT mode() WITHIN GROUP (ORDER BY total) FROM orders
read: SELECT * FROM items WHERE quantity = 10
read: select order_id, line from items where quantity > $1 order by order_id limit $2
read: SELECT order_id FROM public.items WHERE quantity BETWEEN 1 AND 100
read: SELECT count(*) FROM items WHERE quantity IS NOT NULL
read: SELECT quantity, count(*) AS n FROM items GROUP BY quantity HAVING count(*) > 1 ORDER BY n DESC, 1
read: SELECT min(quantity), max(quantity), avg(quantity), sum(quantity), stddev(quantity) FROM items
read: SELECT x.order_id FROM items AS x WHERE x.quantity IN (1, 2, 3)
read: SELECT x.order_id FROM items x WHERE x.quantity = ANY ($1)
read: SELECT order_id FROM items WHERE quantity NOT IN (SELECT quantity FROM items WHERE quantity < 0)
read: SELECT DISTINCT quantity FROM items ORDER BY quantity NULLS LAST
read: SELECT DISTINCT ON (quantity) quantity, order_id FROM items ORDER BY quantity, order_id DESC
read: SELECT order_id, rank() OVER (ORDER BY quantity DESC) FROM items
read: SELECT order_id, sum(quantity) OVER w FROM items WINDOW w AS (ORDER BY order_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
read: SELECT order_id, lag(quantity, 1) OVER (ORDER BY order_id) AS before, lead(quantity) OVER (ORDER BY order_id) AS after FROM items
read: SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY quantity) FROM items
read: SELECT quantity::text, quantity::numeric(10, 2), CAST(quantity AS double precision) FROM items
read: SELECT coalesce(quantity, 0), nullif(quantity, 0), greatest(quantity, 1), least(quantity, 2) FROM items
read: SELECT CASE WHEN quantity < 10 THEN 'few' WHEN quantity < 100 THEN 'some' ELSE 'many' END AS size, count(*) FROM items GROUP BY 1
read: SELECT order_id FROM items ORDER BY quantity DESC OFFSET 10 ROWS FETCH NEXT 5 ROWS ONLY
read: SELECT order_id FROM items ORDER BY quantity FETCH FIRST ROW WITH TIES
read: SELECT round(quantity::numeric, 2), abs(quantity), ceil(quantity), floor(quantity), sign(quantity), trunc(quantity::numeric) FROM items
read: WITH big AS (SELECT * FROM items WHERE quantity > 100) SELECT count(*) FROM big
read: WITH a (order_id) AS MATERIALIZED (SELECT order_id FROM items) SELECT * FROM a LIMIT 1
read: SELECT * FROM items WHERE quantity = (SELECT max(quantity) FROM items)
read: SELECT EXISTS (SELECT 1 FROM items WHERE quantity > 5)
read: SELECT array_agg(order_id ORDER BY quantity), string_agg(order_id::text, ', ') FROM items
read: SELECT json_agg(x) FROM (SELECT order_id, quantity FROM items LIMIT 3) x
read: SELECT row_to_json(x) FROM items AS x
read: SELECT to_jsonb(x.*) FROM items x WHERE x.quantity > 1
read: SELECT count(*) FILTER (WHERE quantity > 5) AS high, count(*) FROM items
read: SELECT quantity + 1, quantity - 1, quantity * 2, -quantity, quantity / 3 FROM items
read: SELECT * FROM items TABLESAMPLE BERNOULLI (10)
read: SELECT ntile(4) OVER (ORDER BY quantity) FROM items
read: SELECT order_id FROM items GROUP BY ROLLUP (order_id)
read: SELECT order_id, line, count(*) FROM items GROUP BY GROUPING SETS ((order_id), (line), ())
read: SELECT order_id, line FROM items GROUP BY CUBE (order_id, line)
read: (SELECT quantity FROM items ORDER BY 1 LIMIT 1) UNION ALL (SELECT quantity FROM items ORDER BY 1 DESC LIMIT 1)
read: SELECT quantity FROM items EXCEPT SELECT 1
read: SELECT quantity FROM items INTERSECT ALL SELECT quantity FROM items
read: TABLE items
read: TABLE items ORDER BY quantity LIMIT 3
read: EXPLAIN SELECT * FROM items WHERE quantity = 1
read: EXPLAIN (FORMAT JSON, COSTS false) SELECT order_id FROM items
read: explain verbose select * from items
read: SELECT x.* FROM items x, LATERAL (SELECT x.quantity * 2 AS twice) y
read: SELECT x.order_id FROM ONLY items x
read: SELECT * FROM items AS x (c0, c1, c2) WHERE x.c0 IS NOT NULL
read: SELECT width_bucket(quantity::numeric, 0, 100, 10), count(*) FROM items GROUP BY 1
read: SELECT first_value(order_id) OVER (PARTITION BY line ORDER BY quantity RANGE UNBOUNDED PRECEDING) FROM items
read: SELECT pg_typeof(quantity), quantity IS DISTINCT FROM quantity FROM items
read: SELECT bool_and(quantity > 0), bool_or(quantity < 0), every(quantity > 1) FROM items
read: SELECT var_pop(quantity), corr(quantity::float8, quantity::float8) FROM items
read: SELECT mode() WITHIN GROUP (ORDER BY quantity) FROM items
read: SELECT * FROM products WHERE price = 10
read: select id, name from products where price > $1 order by id limit $2
read: SELECT id FROM public.products WHERE price BETWEEN 1 AND 100
read: SELECT count(*) FROM products WHERE price IS NOT NULL
read: SELECT price, count(*) AS n FROM products GROUP BY price HAVING count(*) > 1 ORDER BY n DESC, 1
read: SELECT min(price), max(price), avg(price), sum(price), stddev(price) FROM products
read: SELECT x.id FROM products AS x WHERE x.price IN (1, 2, 3)
read: SELECT x.id FROM products x WHERE x.price = ANY ($1)
read: SELECT id FROM products WHERE price NOT IN (SELECT price FROM products WHERE price < 0)
read: SELECT DISTINCT price FROM products ORDER BY price NULLS LAST
read: SELECT DISTINCT ON (price) price, id FROM products ORDER BY price, id DESC
read: SELECT id, rank() OVER (ORDER BY price DESC) FROM products
read: SELECT id, sum(price) OVER w FROM products WINDOW w AS (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
read: SELECT id, lag(price, 1) OVER (ORDER BY id) AS before, lead(price) OVER (ORDER BY id) AS after FROM products
read: SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY price) FROM products
read: SELECT price::text, price::numeric(10, 2), CAST(price AS double precision) FROM products
read: SELECT coalesce(price, 0), nullif(price, 0), greatest(price, 1), least(price, 2) FROM products
read: SELECT CASE WHEN price < 10 THEN 'few' WHEN price < 100 THEN 'some' ELSE 'many' END AS size, count(*) FROM products GROUP BY 1
read: SELECT id FROM products ORDER BY price DESC OFFSET 10 ROWS FETCH NEXT 5 ROWS ONLY
read: SELECT id FROM products ORDER BY price FETCH FIRST ROW WITH TIES
read: SELECT round(price::numeric, 2), abs(price), ceil(price), floor(price), sign(price), trunc(price::numeric) FROM products
read: WITH big AS (SELECT * FROM products WHERE price > 100) SELECT count(*) FROM big
read: WITH a (id) AS MATERIALIZED (SELECT id FROM products) SELECT * FROM a LIMIT 1
read: SELECT * FROM products WHERE price = (SELECT max(price) FROM products)
read: SELECT EXISTS (SELECT 1 FROM products WHERE price > 5)
read: SELECT array_agg(id ORDER BY price), string_agg(id::text, ', ') FROM products
read: SELECT json_agg(x) FROM (SELECT id, price FROM products LIMIT 3) x
read: SELECT row_to_json(x) FROM products AS x
read: SELECT to_jsonb(x.*) FROM products x WHERE x.price > 1
read: SELECT count(*) FILTER (WHERE price > 5) AS high, count(*) FROM products
read: SELECT price + 1, price - 1, price * 2, -price, price / 3 FROM products
read: SELECT * FROM products TABLESAMPLE BERNOULLI (10)
read: SELECT ntile(4) OVER (ORDER BY price) FROM products
read: SELECT id FROM products GROUP BY ROLLUP (id)
read: SELECT id, name, count(*) FROM products GROUP BY GROUPING SETS ((id), (name), ())
read: SELECT id, name FROM products GROUP BY CUBE (id, name)
read: (SELECT price FROM products ORDER BY 1 LIMIT 1) UNION ALL (SELECT price FROM products ORDER BY 1 DESC LIMIT 1)
read: SELECT price FROM products EXCEPT SELECT 1
read: SELECT price FROM products INTERSECT ALL SELECT price FROM products
read: TABLE products
read: TABLE products ORDER BY price LIMIT 3
read: EXPLAIN SELECT * FROM products WHERE price = 1
read: EXPLAIN (FORMAT JSON, COSTS false) SELECT id FROM products
read: explain verbose select * from products
read: SELECT x.* FROM products x, LATERAL (SELECT x.price * 2 AS twice) y
read: SELECT x.id FROM ONLY products x
read: SELECT * FROM products AS x (c0, c1, c2) WHERE x.c0 IS NOT NULL
read: SELECT width_bucket(price::numeric, 0, 100, 10), count(*) FROM products GROUP BY 1
read: SELECT first_value(id) OVER (PARTITION BY name ORDER BY price RANGE UNBOUNDED PRECEDING) FROM products
read: SELECT pg_typeof(price), price IS DISTINCT FROM price FROM products
read: SELECT bool_and(price > 0), bool_or(price < 0), every(price > 1) FROM products
read: SELECT var_pop(price), corr(price::float8, price::float8) FROM products
read: SELECT mode() WITHIN GROUP (ORDER BY price) FROM products
read: SELECT * FROM employees WHERE salary = 10
read: select id, manager_id from employees where salary > $1 order by id limit $2
read: SELECT id FROM public.employees WHERE salary BETWEEN 1 AND 100
read: SELECT count(*) FROM employees WHERE salary IS NOT NULL
read: SELECT salary, count(*) AS n FROM employees GROUP BY salary HAVING count(*) > 1 ORDER BY n DESC, 1
read: SELECT min(salary), max(salary), avg(salary), sum(salary), stddev(salary) FROM employees
read: SELECT x.id FROM employees AS x WHERE x.salary IN (1, 2, 3)
read: SELECT x.id FROM employees x WHERE x.salary = ANY ($1)
read: SELECT id FROM employees WHERE salary NOT IN (SELECT salary FROM employees WHERE salary < 0)
read: SELECT DISTINCT salary FROM employees ORDER BY salary NULLS LAST
read: SELECT DISTINCT ON (salary) salary, id FROM employees ORDER BY salary, id DESC
read: SELECT id, rank() OVER (ORDER BY salary DESC) FROM employees
read: SELECT id, sum(salary) OVER w FROM employees WINDOW w AS (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
read: SELECT id, lag(salary, 1) OVER (ORDER BY id) AS before, lead(salary) OVER (ORDER BY id) AS after FROM employees
read: SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY salary) FROM employees
read: SELECT salary::text, salary::numeric(10, 2), CAST(salary AS double precision) FROM employees
read: SELECT coalesce(salary, 0), nullif(salary, 0), greatest(salary, 1), least(salary, 2) FROM employees
read: SELECT CASE WHEN salary < 10 THEN 'few' WHEN salary < 100 THEN 'some' ELSE 'many' END AS size, count(*) FROM employees GROUP BY 1
read: SELECT id FROM employees ORDER BY salary DESC OFFSET 10 ROWS FETCH NEXT 5 ROWS ONLY
read: SELECT id FROM employees ORDER BY salary FETCH FIRST ROW WITH TIES
read: SELECT round(salary::numeric, 2), abs(salary), ceil(salary), floor(salary), sign(salary), trunc(salary::numeric) FROM employees
read: WITH big AS (SELECT * FROM employees WHERE salary > 100) SELECT count(*) FROM big
read: WITH a (id) AS MATERIALIZED (SELECT id FROM employees) SELECT * FROM a LIMIT 1
read: SELECT * FROM employees WHERE salary = (SELECT max(salary) FROM employees)
read: SELECT EXISTS (SELECT 1 FROM employees WHERE salary > 5)
read: SELECT array_agg(id ORDER BY salary), string_agg(id::text, ', ') FROM employees
read: SELECT json_agg(x) FROM (SELECT id, salary FROM employees LIMIT 3) x
read: SELECT row_to_json(x) FROM employees AS x
read: SELECT to_jsonb(x.*) FROM employees x WHERE x.salary > 1
read: SELECT count(*) FILTER (WHERE salary > 5) AS high, count(*) FROM employees
read: SELECT salary + 1, salary - 1, salary * 2, -salary, salary / 3 FROM employees
read: SELECT * FROM employees TABLESAMPLE BERNOULLI (10)
read: SELECT ntile(4) OVER (ORDER BY salary) FROM employees
read: SELECT id FROM employees GROUP BY ROLLUP (id)
read: SELECT id, manager_id, count(*) FROM employees GROUP BY GROUPING SETS ((id), (manager_id), ())
read: SELECT id, manager_id FROM employees GROUP BY CUBE (id, manager_id)
read: (SELECT salary FROM employees ORDER BY 1 LIMIT 1) UNION ALL (SELECT salary FROM employees ORDER BY 1 DESC LIMIT 1)
read: SELECT salary FROM employees EXCEPT SELECT 1
read: SELECT salary FROM employees INTERSECT ALL SELECT salary FROM employees
read: TABLE employees
read: TABLE employees ORDER BY salary LIMIT 3
read: EXPLAIN SELECT * FROM employees WHERE salary = 1
read: EXPLAIN (FORMAT JSON, COSTS false) SELECT id FROM employees
read: explain verbose select * from employees
read: SELECT x.* FROM employees x, LATERAL (SELECT x.salary * 2 AS twice) y
read: SELECT x.id FROM ONLY employees x
read: SELECT * FROM employees AS x (c0, c1, c2) WHERE x.c0 IS NOT NULL
read: SELECT width_bucket(salary::numeric, 0, 100, 10), count(*) FROM employees GROUP BY 1
read: SELECT first_value(id) OVER (PARTITION BY manager_id ORDER BY salary RANGE UNBOUNDED PRECEDING) FROM employees
read: SELECT pg_typeof(salary), salary IS DISTINCT FROM salary FROM employees
read: SELECT bool_and(salary > 0), bool_or(salary < 0), every(salary > 1) FROM employees
read: SELECT var_pop(salary), corr(salary::float8, salary::float8) FROM employees
read: SELECT mode() WITHIN GROUP (ORDER BY salary) FROM employees
read: SELECT * FROM ledger WHERE amount = 10
read: select account, amount from ledger where amount > $1 order by account limit $2
read: SELECT account FROM public.ledger WHERE amount BETWEEN 1 AND 100
read: SELECT count(*) FROM ledger WHERE amount IS NOT NULL
read: SELECT amount, count(*) AS n FROM ledger GROUP BY amount HAVING count(*) > 1 ORDER BY n DESC, 1
read: SELECT min(amount), max(amount), avg(amount), sum(amount), stddev(amount) FROM ledger
read: SELECT x.account FROM ledger AS x WHERE x.amount IN (1, 2, 3)
read: SELECT x.account FROM ledger x WHERE x.amount = ANY ($1)
read: SELECT account FROM ledger WHERE amount NOT IN (SELECT amount FROM ledger WHERE amount < 0)
read: SELECT DISTINCT amount FROM ledger ORDER BY amount NULLS LAST
read: SELECT DISTINCT ON (amount) amount, account FROM ledger ORDER BY amount, account DESC
read: SELECT account, rank() OVER (ORDER BY amount DESC) FROM ledger
read: SELECT account, sum(amount) OVER w FROM ledger WINDOW w AS (ORDER BY account ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
read: SELECT account, lag(amount, 1) OVER (ORDER BY account) AS before, lead(amount) OVER (ORDER BY account) AS after FROM ledger
read: SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) FROM ledger
read: SELECT amount::text, amount::numeric(10, 2), CAST(amount AS double precision) FROM ledger
read: SELECT coalesce(amount, 0), nullif(amount, 0), greatest(amount, 1), least(amount, 2) FROM ledger
read: SELECT CASE WHEN amount < 10 THEN 'few' WHEN amount < 100 THEN 'some' ELSE 'many' END AS size, count(*) FROM ledger GROUP BY 1
read: SELECT account FROM ledger ORDER BY amount DESC OFFSET 10 ROWS FETCH NEXT 5 ROWS ONLY
read: SELECT account FROM ledger ORDER BY amount FETCH FIRST ROW WITH TIES
read: SELECT round(amount::numeric, 2), abs(amount), ceil(amount), floor(amount), sign(amount), trunc(amount::numeric) FROM ledger
read: WITH big AS (SELECT * FROM ledger WHERE amount > 100) SELECT count(*) FROM big
read: WITH a (account) AS MATERIALIZED (SELECT account FROM ledger) SELECT * FROM a LIMIT 1
read: SELECT * FROM ledger WHERE amount = (SELECT max(amount) FROM ledger)
read: SELECT EXISTS (SELECT 1 FROM ledger WHERE amount > 5)
read: SELECT array_agg(account ORDER BY amount), string_agg(account::text, ', ') FROM ledger
read: SELECT json_agg(x) FROM (SELECT account, amount FROM ledger LIMIT 3) x
read: SELECT row_to_json(x) FROM ledger AS x
read: SELECT to_jsonb(x.*) FROM ledger x WHERE x.amount > 1
read: SELECT count(*) FILTER (WHERE amount > 5) AS high, count(*) FROM ledger
read: SELECT amount + 1, amount - 1, amount * 2, -amount, amount / 3 FROM ledger
read: SELECT * FROM ledger TABLESAMPLE BERNOULLI (10)
read: SELECT ntile(4) OVER (ORDER BY amount) FROM ledger
read: SELECT account FROM ledger GROUP BY ROLLUP (account)
read: SELECT account, amount, count(*) FROM ledger GROUP BY GROUPING SETS ((account), (amount), ())
read: SELECT account, amount FROM ledger GROUP BY CUBE (account, amount)
read: (SELECT amount FROM ledger ORDER BY 1 LIMIT 1) UNION ALL (SELECT amount FROM ledger ORDER BY 1 DESC LIMIT 1)
read: SELECT amount FROM ledger EXCEPT SELECT 1
read: SELECT amount FROM ledger INTERSECT ALL SELECT amount FROM ledger
read: TABLE ledger
read: TABLE ledger ORDER BY amount LIMIT 3
read: EXPLAIN SELECT * FROM ledger WHERE amount = 1
read: EXPLAIN (FORMAT JSON, COSTS false) SELECT account FROM ledger
read: explain verbose select * from ledger
read: SELECT x.* FROM ledger x, LATERAL (SELECT x.amount * 2 AS twice) y
read: SELECT x.account FROM ONLY ledger x
read: SELECT * FROM ledger AS x (c0, c1, c2) WHERE x.c0 IS NOT NULL
read: SELECT width_bucket(amount::numeric, 0, 100, 10), count(*) FROM ledger GROUP BY 1
read: SELECT first_value(account) OVER (PARTITION BY amount ORDER BY amount RANGE UNBOUNDED PRECEDING) FROM ledger
read: SELECT pg_typeof(amount), amount IS DISTINCT FROM amount FROM ledger
read: SELECT bool_and(amount > 0), bool_or(amount < 0), every(amount > 1) FROM ledger
read: SELECT var_pop(amount), corr(amount::float8, amount::float8) FROM ledger
read: SELECT mode() WITHIN GROUP (ORDER BY amount) FROM ledger
read: SELECT * FROM measurements WHERE value = 10
read: select sensor, at from measurements where value > $1 order by sensor limit $2
read: SELECT sensor FROM public.measurements WHERE value BETWEEN 1 AND 100
read: SELECT count(*) FROM measurements WHERE value IS NOT NULL
read: SELECT value, count(*) AS n FROM measurements GROUP BY value HAVING count(*) > 1 ORDER BY n DESC, 1
read: SELECT min(value), max(value), avg(value), sum(value), stddev(value) FROM measurements
read: SELECT x.sensor FROM measurements AS x WHERE x.value IN (1, 2, 3)
read: SELECT x.sensor FROM measurements x WHERE x.value = ANY ($1)
read: SELECT sensor FROM measurements WHERE value NOT IN (SELECT value FROM measurements WHERE value < 0)
read: SELECT DISTINCT value FROM measurements ORDER BY value NULLS LAST
read: SELECT DISTINCT ON (value) value, sensor FROM measurements ORDER BY value, sensor DESC
read: SELECT sensor, rank() OVER (ORDER BY value DESC) FROM measurements
read: SELECT sensor, sum(value) OVER w FROM measurements WINDOW w AS (ORDER BY sensor ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
read: SELECT sensor, lag(value, 1) OVER (ORDER BY sensor) AS before, lead(value) OVER (ORDER BY sensor) AS after FROM measurements
read: SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY value) FROM measurements
read: SELECT value::text, value::numeric(10, 2), CAST(value AS double precision) FROM measurements
read: SELECT coalesce(value, 0), nullif(value, 0), greatest(value, 1), least(value, 2) FROM measurements
read: SELECT CASE WHEN value < 10 THEN 'few' WHEN value < 100 THEN 'some' ELSE 'many' END AS size, count(*) FROM measurements GROUP BY 1
read: SELECT sensor FROM measurements ORDER BY value DESC OFFSET 10 ROWS FETCH NEXT 5 ROWS ONLY
read: SELECT sensor FROM measurements ORDER BY value FETCH FIRST ROW WITH TIES
read: SELECT round(value::numeric, 2), abs(value), ceil(value), floor(value), sign(value), trunc(value::numeric) FROM measurements
read: WITH big AS (SELECT * FROM measurements WHERE value > 100) SELECT count(*) FROM big
read: WITH a (sensor) AS MATERIALIZED (SELECT sensor FROM measurements) SELECT * FROM a LIMIT 1
read: SELECT * FROM measurements WHERE value = (SELECT max(value) FROM measurements)
read: SELECT EXISTS (SELECT 1 FROM measurements WHERE value > 5)
read: SELECT array_agg(sensor ORDER BY value), string_agg(sensor::text, ', ') FROM measurements
read: SELECT json_agg(x) FROM (SELECT sensor, value FROM measurements LIMIT 3) x
read: SELECT row_to_json(x) FROM measurements AS x
read: SELECT to_jsonb(x.*) FROM measurements x WHERE x.value > 1
read: SELECT count(*) FILTER (WHERE value > 5) AS high, count(*) FROM measurements
read: SELECT value + 1, value - 1, value * 2, -value, value / 3 FROM measurements
read: SELECT * FROM measurements TABLESAMPLE BERNOULLI (10)
read: SELECT ntile(4) OVER (ORDER BY value) FROM measurements
read: SELECT sensor FROM measurements GROUP BY ROLLUP (sensor)
read: SELECT sensor, at, count(*) FROM measurements GROUP BY GROUPING SETS ((sensor), (at), ())
read: SELECT sensor, at FROM measurements GROUP BY CUBE (sensor, at)
read: (SELECT value FROM measurements ORDER BY 1 LIMIT 1) UNION ALL (SELECT value FROM measurements ORDER BY 1 DESC LIMIT 1)
read: SELECT value FROM measurements EXCEPT SELECT 1
read: SELECT value FROM measurements INTERSECT ALL SELECT value FROM measurements
read: TABLE measurements
read: TABLE measurements ORDER BY value LIMIT 3
read: EXPLAIN SELECT * FROM measurements WHERE value = 1
read: EXPLAIN (FORMAT JSON, COSTS false) SELECT sensor FROM measurements
read: explain verbose select * from measurements
read: SELECT x.* FROM measurements x, LATERAL (SELECT x.value * 2 AS twice) y
read: SELECT x.sensor FROM ONLY measurements x
read: SELECT * FROM measurements AS x (c0, c1, c2) WHERE x.c0 IS NOT NULL
read: SELECT width_bucket(value::numeric, 0, 100, 10), count(*) FROM measurements GROUP BY 1
read: SELECT first_value(sensor) OVER (PARTITION BY at ORDER BY value RANGE UNBOUNDED PRECEDING) FROM measurements
read: SELECT pg_typeof(value), value IS DISTINCT FROM value FROM measurements
read: SELECT bool_and(value > 0), bool_or(value < 0), every(value > 1) FROM measurements
read: SELECT var_pop(value), corr(value::float8, value::float8) FROM measurements
read: SELECT mode() WITHIN GROUP (ORDER BY value) FROM measurements
read: SELECT * FROM customers WHERE name = 'it''s'
read: SELECT id FROM customers WHERE name LIKE 'a%'
read: SELECT id FROM customers WHERE name ILIKE $1
read: SELECT id FROM customers WHERE name NOT LIKE '%!%%' ESCAPE '!'
read: SELECT id FROM customers WHERE name ~ '^[a-z]+$'
read: SELECT id FROM customers WHERE name !~* 'x|y'
read: SELECT id FROM customers WHERE name SIMILAR TO '(a|b)%'
read: SELECT lower(name), upper(name), initcap(name), length(name), reverse(name) FROM customers
read: SELECT substring(name FROM 1 FOR 3), substring(name, 2), left(name, 2), right(name, 2) FROM customers
read: SELECT trim(name), ltrim(name, 'x'), btrim(name), trim(both 'x' from name), trim(leading from name) FROM customers
read: SELECT position('a' in name), strpos(name, 'a'), overlay(name placing 'x' from 1 for 2) FROM customers
read: SELECT name || '-' || id FROM customers
read: SELECT concat(name, 'x', id), concat_ws(',', name, id), format('%s-%I', name, 'A b') FROM customers
read: SELECT replace(name, 'a', 'b'), translate(name, 'abc', 'xyz'), lpad(name, 10, '*'), rpad(name, 10) FROM customers
read: SELECT split_part(name, ' ', 1), regexp_replace(name, '\s+', ' ', 'g'), regexp_split_to_array(name, ',') FROM customers
read: SELECT regexp_matches(name, '(.)(.)') FROM customers
read: SELECT md5(name), encode(sha256(name::bytea), 'hex') FROM customers
read: SELECT name COLLATE "C" FROM customers ORDER BY name COLLATE "C"
read: SELECT max(name), min(name), count(DISTINCT name) FROM customers
read: SELECT name IS NULL, name IS NOT NULL, name <> '' FROM customers
read: SELECT quote_ident(name), quote_literal(name), quote_nullable(name) FROM customers
read: SELECT ascii(name), chr(65), repeat(name, 2), starts_with(name, 'a') FROM customers
read: SELECT to_tsvector('simple', name) @@ to_tsquery('simple', 'a & b') FROM customers
read: SELECT id FROM customers WHERE (name, id) > ('m', id) ORDER BY name, id LIMIT 20
read: SELECT string_to_array(name, ' '), array_to_string(string_to_array(name, ' '), '-') FROM customers
read: SELECT E'\t' || name || e'\n' FROM customers
read: SELECT name FROM customers WHERE name = $$DELETE FROM customers$$
read: SELECT * FROM orders WHERE note = 'it''s'
read: SELECT id FROM orders WHERE note LIKE 'a%'
read: SELECT id FROM orders WHERE note ILIKE $1
read: SELECT id FROM orders WHERE note NOT LIKE '%!%%' ESCAPE '!'
read: SELECT id FROM orders WHERE note ~ '^[a-z]+$'
read: SELECT id FROM orders WHERE note !~* 'x|y'
read: SELECT id FROM orders WHERE note SIMILAR TO '(a|b)%'
read: SELECT lower(note), upper(note), initcap(note), length(note), reverse(note) FROM orders
read: SELECT substring(note FROM 1 FOR 3), substring(note, 2), left(note, 2), right(note, 2) FROM orders
read: SELECT trim(note), ltrim(note, 'x'), btrim(note), trim(both 'x' from note), trim(leading from note) FROM orders
read: SELECT position('a' in note), strpos(note, 'a'), overlay(note placing 'x' from 1 for 2) FROM orders
read: SELECT note || '-' || id FROM orders
read: SELECT concat(note, 'x', id), concat_ws(',', note, id), format('%s-%I', note, 'A b') FROM orders
read: SELECT replace(note, 'a', 'b'), translate(note, 'abc', 'xyz'), lpad(note, 10, '*'), rpad(note, 10) FROM orders
read: SELECT split_part(note, ' ', 1), regexp_replace(note, '\s+', ' ', 'g'), regexp_split_to_array(note, ',') FROM orders
read: SELECT regexp_matches(note, '(.)(.)') FROM orders
read: SELECT md5(note), encode(sha256(note::bytea), 'hex') FROM orders
read: SELECT note COLLATE "C" FROM orders ORDER BY note COLLATE "C"
read: SELECT max(note), min(note), count(DISTINCT note) FROM orders
read: SELECT note IS NULL, note IS NOT NULL, note <> '' FROM orders
read: SELECT quote_ident(note), quote_literal(note), quote_nullable(note) FROM orders
read: SELECT ascii(note), chr(65), repeat(note, 2), starts_with(note, 'a') FROM orders
read: SELECT to_tsvector('simple', note) @@ to_tsquery('simple', 'a & b') FROM orders
read: SELECT id FROM orders WHERE (note, id) > ('m', id) ORDER BY note, id LIMIT 20
read: SELECT string_to_array(note, ' '), array_to_string(string_to_array(note, ' '), '-') FROM orders
read: SELECT E'\t' || note || e'\n' FROM orders
read: SELECT note FROM orders WHERE note = $$DELETE FROM orders$$
read: SELECT * FROM products WHERE name = 'it''s'
read: SELECT id FROM products WHERE name LIKE 'a%'
read: SELECT id FROM products WHERE name ILIKE $1
read: SELECT id FROM products WHERE name NOT LIKE '%!%%' ESCAPE '!'
read: SELECT id FROM products WHERE name ~ '^[a-z]+$'
read: SELECT id FROM products WHERE name !~* 'x|y'
read: SELECT id FROM products WHERE name SIMILAR TO '(a|b)%'
read: SELECT lower(name), upper(name), initcap(name), length(name), reverse(name) FROM products
read: SELECT substring(name FROM 1 FOR 3), substring(name, 2), left(name, 2), right(name, 2) FROM products
read: SELECT trim(name), ltrim(name, 'x'), btrim(name), trim(both 'x' from name), trim(leading from name) FROM products
read: SELECT position('a' in name), strpos(name, 'a'), overlay(name placing 'x' from 1 for 2) FROM products
read: SELECT name || '-' || id FROM products
read: SELECT concat(name, 'x', id), concat_ws(',', name, id), format('%s-%I', name, 'A b') FROM products
read: SELECT replace(name, 'a', 'b'), translate(name, 'abc', 'xyz'), lpad(name, 10, '*'), rpad(name, 10) FROM products
read: SELECT split_part(name, ' ', 1), regexp_replace(name, '\s+', ' ', 'g'), regexp_split_to_array(name, ',') FROM products
read: SELECT regexp_matches(name, '(.)(.)') FROM products
read: SELECT md5(name), encode(sha256(name::bytea), 'hex') FROM products
read: SELECT name COLLATE "C" FROM products ORDER BY name COLLATE "C"
read: SELECT max(name), min(name), count(DISTINCT name) FROM products
read: SELECT name IS NULL, name IS NOT NULL, name <> '' FROM products
read: SELECT quote_ident(name), quote_literal(name), quote_nullable(name) FROM products
read: SELECT ascii(name), chr(65), repeat(name, 2), starts_with(name, 'a') FROM products
read: SELECT to_tsvector('simple', name) @@ to_tsquery('simple', 'a & b') FROM products
read: SELECT id FROM products WHERE (name, id) > ('m', id) ORDER BY name, id LIMIT 20
read: SELECT string_to_array(name, ' '), array_to_string(string_to_array(name, ' '), '-') FROM products
read: SELECT E'\t' || name || e'\n' FROM products
read: SELECT name FROM products WHERE name = $$DELETE FROM products$$
read: SELECT * FROM employees WHERE department = 'it''s'
read: SELECT id FROM employees WHERE department LIKE 'a%'
read: SELECT id FROM employees WHERE department ILIKE $1
read: SELECT id FROM employees WHERE department NOT LIKE '%!%%' ESCAPE '!'
read: SELECT id FROM employees WHERE department ~ '^[a-z]+$'
read: SELECT id FROM employees WHERE department !~* 'x|y'
read: SELECT id FROM employees WHERE department SIMILAR TO '(a|b)%'
read: SELECT lower(department), upper(department), initcap(department), length(department), reverse(department) FROM employees
read: SELECT substring(department FROM 1 FOR 3), substring(department, 2), left(department, 2), right(department, 2) FROM employees
read: SELECT trim(department), ltrim(department, 'x'), btrim(department), trim(both 'x' from department), trim(leading from department) FROM employees
read: SELECT position('a' in department), strpos(department, 'a'), overlay(department placing 'x' from 1 for 2) FROM employees
read: SELECT department || '-' || id FROM employees
read: SELECT concat(department, 'x', id), concat_ws(',', department, id), format('%s-%I', department, 'A b') FROM employees
read: SELECT replace(department, 'a', 'b'), translate(department, 'abc', 'xyz'), lpad(department, 10, '*'), rpad(department, 10) FROM employees
read: SELECT split_part(department, ' ', 1), regexp_replace(department, '\s+', ' ', 'g'), regexp_split_to_array(department, ',') FROM employees
read: SELECT regexp_matches(department, '(.)(.)') FROM employees
read: SELECT md5(department), encode(sha256(department::bytea), 'hex') FROM employees
read: SELECT department COLLATE "C" FROM employees ORDER BY department COLLATE "C"
read: SELECT max(department), min(department), count(DISTINCT department) FROM employees
read: SELECT department IS NULL, department IS NOT NULL, department <> '' FROM employees
read: SELECT quote_ident(department), quote_literal(department), quote_nullable(department) FROM employees
read: SELECT ascii(department), chr(65), repeat(department, 2), starts_with(department, 'a') FROM employees
read: SELECT to_tsvector('simple', department) @@ to_tsquery('simple', 'a & b') FROM employees
read: SELECT id FROM employees WHERE (department, id) > ('m', id) ORDER BY department, id LIMIT 20
read: SELECT string_to_array(department, ' '), array_to_string(string_to_array(department, ' '), '-') FROM employees
read: SELECT E'\t' || department || e'\n' FROM employees
read: SELECT department FROM employees WHERE department = $$DELETE FROM employees$$
read: SELECT * FROM events WHERE kind = 'it''s'
read: SELECT id FROM events WHERE kind LIKE 'a%'
read: SELECT id FROM events WHERE kind ILIKE $1
read: SELECT id FROM events WHERE kind NOT LIKE '%!%%' ESCAPE '!'
read: SELECT id FROM events WHERE kind ~ '^[a-z]+$'
read: SELECT id FROM events WHERE kind !~* 'x|y'
read: SELECT id FROM events WHERE kind SIMILAR TO '(a|b)%'
read: SELECT lower(kind), upper(kind), initcap(kind), length(kind), reverse(kind) FROM events
read: SELECT substring(kind FROM 1 FOR 3), substring(kind, 2), left(kind, 2), right(kind, 2) FROM events
read: SELECT trim(kind), ltrim(kind, 'x'), btrim(kind), trim(both 'x' from kind), trim(leading from kind) FROM events
read: SELECT position('a' in kind), strpos(kind, 'a'), overlay(kind placing 'x' from 1 for 2) FROM events
read: SELECT kind || '-' || id FROM events
read: SELECT concat(kind, 'x', id), concat_ws(',', kind, id), format('%s-%I', kind, 'A b') FROM events
read: SELECT replace(kind, 'a', 'b'), translate(kind, 'abc', 'xyz'), lpad(kind, 10, '*'), rpad(kind, 10) FROM events
read: SELECT split_part(kind, ' ', 1), regexp_replace(kind, '\s+', ' ', 'g'), regexp_split_to_array(kind, ',') FROM events
read: SELECT regexp_matches(kind, '(.)(.)') FROM events
read: SELECT md5(kind), encode(sha256(kind::bytea), 'hex') FROM events
read: SELECT kind COLLATE "C" FROM events ORDER BY kind COLLATE "C"
read: SELECT max(kind), min(kind), count(DISTINCT kind) FROM events
read: SELECT kind IS NULL, kind IS NOT NULL, kind <> '' FROM events
read: SELECT quote_ident(kind), quote_literal(kind), quote_nullable(kind) FROM events
read: SELECT ascii(kind), chr(65), repeat(kind, 2), starts_with(kind, 'a') FROM events
read: SELECT to_tsvector('simple', kind) @@ to_tsquery('simple', 'a & b') FROM events
read: SELECT id FROM events WHERE (kind, id) > ('m', id) ORDER BY kind, id LIMIT 20
read: SELECT string_to_array(kind, ' '), array_to_string(string_to_array(kind, ' '), '-') FROM events
read: SELECT E'\t' || kind || e'\n' FROM events
read: SELECT kind FROM events WHERE kind = $$DELETE FROM events$$
read: SELECT * FROM customers WHERE created > now() - interval '1 day'
read: SELECT * FROM customers WHERE created >= '2020-01-01' AND created < '2021-01-01'::timestamptz
read: SELECT date_trunc('month', created) AS month, count(*) FROM customers GROUP BY month ORDER BY month
read: SELECT extract(year FROM created), extract(epoch from created), date_part('dow', created) FROM customers
read: SELECT created AT TIME ZONE 'UTC' FROM customers
read: SELECT to_char(created, 'YYYY-MM-DD HH24:MI:SS') FROM customers
read: SELECT age(created), created::date, created::time, CAST(created AS date) FROM customers
read: SELECT created + interval '1' day, created - interval '2 hours' FROM customers
read: SELECT * FROM customers WHERE created BETWEEN current_date - 7 AND current_timestamp
read: SELECT max(created) - min(created) FROM customers
read: SELECT (created, interval '1 hour') OVERLAPS (now(), now()) FROM customers
read: SELECT d::date, count(x.id) FROM generate_series('2020-01-01'::timestamptz, '2020-02-01', '1 day') AS d LEFT JOIN customers x ON x.created::date = d::date GROUP BY 1 ORDER BY 1
read: SELECT make_date(2020, 1, 1), make_interval(days => 3), date_bin('15 minutes', created::timestamp, '2020-01-01') FROM customers
read: SELECT isfinite(created), justify_days(age(created)) FROM customers
read: SELECT created FROM customers WHERE created < $1::timestamptz ORDER BY created DESC LIMIT 50 OFFSET 100
read: SELECT timezone('Europe/Berlin', created) FROM customers
read: SELECT to_timestamp(0), date '2020-02-29', time '12:00', timestamp '2020-01-01 00:00', timestamptz '2020-01-01 00:00+00'
read: SELECT * FROM orders WHERE placed > now() - interval '1 day'
read: SELECT * FROM orders WHERE placed >= '2020-01-01' AND placed < '2021-01-01'::timestamptz
read: SELECT date_trunc('month', placed) AS month, count(*) FROM orders GROUP BY month ORDER BY month
read: SELECT extract(year FROM placed), extract(epoch from placed), date_part('dow', placed) FROM orders
read: SELECT placed AT TIME ZONE 'UTC' FROM orders
read: SELECT to_char(placed, 'YYYY-MM-DD HH24:MI:SS') FROM orders
read: SELECT age(placed), placed::date, placed::time, CAST(placed AS date) FROM orders
read: SELECT placed + interval '1' day, placed - interval '2 hours' FROM orders
read: SELECT * FROM orders WHERE placed BETWEEN current_date - 7 AND current_timestamp
read: SELECT max(placed) - min(placed) FROM orders
read: SELECT (placed, interval '1 hour') OVERLAPS (now(), now()) FROM orders
read: SELECT d::date, count(x.id) FROM generate_series('2020-01-01'::timestamptz, '2020-02-01', '1 day') AS d LEFT JOIN orders x ON x.placed::date = d::date GROUP BY 1 ORDER BY 1
read: SELECT make_date(2020, 1, 1), make_interval(days => 3), date_bin('15 minutes', placed::timestamp, '2020-01-01') FROM orders
read: SELECT isfinite(placed), justify_days(age(placed)) FROM orders
read: SELECT placed FROM orders WHERE placed < $1::timestamptz ORDER BY placed DESC LIMIT 50 OFFSET 100
read: SELECT timezone('Europe/Berlin', placed) FROM orders
read: SELECT * FROM events WHERE at > now() - interval '1 day'
read: SELECT * FROM events WHERE at >= '2020-01-01' AND at < '2021-01-01'::timestamptz
read: SELECT date_trunc('month', at) AS month, count(*) FROM events GROUP BY month ORDER BY month
read: SELECT extract(year FROM at), extract(epoch from at), date_part('dow', at) FROM events
read: SELECT at AT TIME ZONE 'UTC' FROM events
read: SELECT to_char(at, 'YYYY-MM-DD HH24:MI:SS') FROM events
read: SELECT age(at), at::date, at::time, CAST(at AS date) FROM events
read: SELECT at + interval '1' day, at - interval '2 hours' FROM events
read: SELECT * FROM events WHERE at BETWEEN current_date - 7 AND current_timestamp
read: SELECT max(at) - min(at) FROM events
read: SELECT (at, interval '1 hour') OVERLAPS (now(), now()) FROM events
read: SELECT d::date, count(x.id) FROM generate_series('2020-01-01'::timestamptz, '2020-02-01', '1 day') AS d LEFT JOIN events x ON x.at::date = d::date GROUP BY 1 ORDER BY 1
read: SELECT make_date(2020, 1, 1), make_interval(days => 3), date_bin('15 minutes', at::timestamp, '2020-01-01') FROM events
read: SELECT isfinite(at), justify_days(age(at)) FROM events
read: SELECT at FROM events WHERE at < $1::timestamptz ORDER BY at DESC LIMIT 50 OFFSET 100
read: SELECT timezone('Europe/Berlin', at) FROM events
read: SELECT * FROM ledger WHERE at > now() - interval '1 day'
read: SELECT * FROM ledger WHERE at >= '2020-01-01' AND at < '2021-01-01'::timestamptz
read: SELECT date_trunc('month', at) AS month, count(*) FROM ledger GROUP BY month ORDER BY month
read: SELECT extract(year FROM at), extract(epoch from at), date_part('dow', at) FROM ledger
read: SELECT at AT TIME ZONE 'UTC' FROM ledger
read: SELECT to_char(at, 'YYYY-MM-DD HH24:MI:SS') FROM ledger
read: SELECT age(at), at::date, at::time, CAST(at AS date) FROM ledger
read: SELECT at + interval '1' day, at - interval '2 hours' FROM ledger
read: SELECT * FROM ledger WHERE at BETWEEN current_date - 7 AND current_timestamp
read: SELECT max(at) - min(at) FROM ledger
read: SELECT (at, interval '1 hour') OVERLAPS (now(), now()) FROM ledger
read: SELECT d::date, count(x.account) FROM generate_series('2020-01-01'::timestamptz, '2020-02-01', '1 day') AS d LEFT JOIN ledger x ON x.at::date = d::date GROUP BY 1 ORDER BY 1
read: SELECT make_date(2020, 1, 1), make_interval(days => 3), date_bin('15 minutes', at::timestamp, '2020-01-01') FROM ledger
read: SELECT isfinite(at), justify_days(age(at)) FROM ledger
read: SELECT at FROM ledger WHERE at < $1::timestamptz ORDER BY at DESC LIMIT 50 OFFSET 100
read: SELECT timezone('Europe/Berlin', at) FROM ledger
read: SELECT * FROM measurements WHERE at > now() - interval '1 day'
read: SELECT * FROM measurements WHERE at >= '2020-01-01' AND at < '2021-01-01'::timestamptz
read: SELECT date_trunc('month', at) AS month, count(*) FROM measurements GROUP BY month ORDER BY month
read: SELECT extract(year FROM at), extract(epoch from at), date_part('dow', at) FROM measurements
read: SELECT at AT TIME ZONE 'UTC' FROM measurements
read: SELECT to_char(at, 'YYYY-MM-DD HH24:MI:SS') FROM measurements
read: SELECT age(at), at::date, at::time, CAST(at AS date) FROM measurements
read: SELECT at + interval '1' day, at - interval '2 hours' FROM measurements
read: SELECT * FROM measurements WHERE at BETWEEN current_date - 7 AND current_timestamp
read: SELECT max(at) - min(at) FROM measurements
read: SELECT (at, interval '1 hour') OVERLAPS (now(), now()) FROM measurements
read: SELECT d::date, count(x.sensor) FROM generate_series('2020-01-01'::timestamptz, '2020-02-01', '1 day') AS d LEFT JOIN measurements x ON x.at::date = d::date GROUP BY 1 ORDER BY 1
read: SELECT make_date(2020, 1, 1), make_interval(days => 3), date_bin('15 minutes', at::timestamp, '2020-01-01') FROM measurements
read: SELECT isfinite(at), justify_days(age(at)) FROM measurements
read: SELECT at FROM measurements WHERE at < $1::timestamptz ORDER BY at DESC LIMIT 50 OFFSET 100
read: SELECT timezone('Europe/Berlin', at) FROM measurements
read: SELECT x.*, y.* FROM customers x JOIN orders y ON x.id = y.customer_id
read: SELECT x.*, y.* FROM customers x INNER JOIN orders y ON x.id = y.customer_id
read: SELECT x.*, y.* FROM customers x LEFT JOIN orders y ON x.id = y.customer_id
read: SELECT x.*, y.* FROM customers x LEFT OUTER JOIN orders y ON x.id = y.customer_id
read: SELECT x.*, y.* FROM customers x RIGHT JOIN orders y ON x.id = y.customer_id
read: SELECT x.*, y.* FROM customers x FULL OUTER JOIN orders y ON x.id = y.customer_id
read: SELECT count(*) FROM customers x CROSS JOIN orders y
read: SELECT * FROM customers x, orders y WHERE x.id = y.customer_id
read: SELECT * FROM customers x WHERE NOT EXISTS (SELECT FROM orders y WHERE x.id = y.customer_id)
read: SELECT x.*, (SELECT count(*) FROM orders y WHERE x.id = y.customer_id) AS n FROM customers x
read: SELECT * FROM customers x LEFT JOIN LATERAL (SELECT * FROM orders y WHERE x.id = y.customer_id LIMIT 1) z ON true
read: SELECT * FROM (customers x JOIN orders y ON x.id = y.customer_id) CROSS JOIN (VALUES (1), (2)) v (n)
read: WITH j AS (SELECT x.* FROM customers x JOIN orders y ON (x.id = y.customer_id)), k AS (SELECT count(*) AS n FROM j) SELECT j.*, k.n FROM j, k
read: SELECT x.id FROM customers x JOIN orders AS y ON x.id = y.customer_id WHERE x.id IN (SELECT id FROM products) GROUP BY x.id HAVING count(*) >= 1
read: EXPLAIN (COSTS OFF) SELECT * FROM customers x JOIN orders y ON x.id = y.customer_id
read: select 1 from customers as x natural join orders as y
read: SELECT x.*, y.* FROM orders x JOIN items y ON x.id = y.order_id
read: SELECT x.*, y.* FROM orders x INNER JOIN items y ON x.id = y.order_id
read: SELECT x.*, y.* FROM orders x LEFT JOIN items y ON x.id = y.order_id
read: SELECT x.*, y.* FROM orders x LEFT OUTER JOIN items y ON x.id = y.order_id
read: SELECT x.*, y.* FROM orders x RIGHT JOIN items y ON x.id = y.order_id
read: SELECT x.*, y.* FROM orders x FULL OUTER JOIN items y ON x.id = y.order_id
read: SELECT count(*) FROM orders x CROSS JOIN items y
read: SELECT * FROM orders x, items y WHERE x.id = y.order_id
read: SELECT * FROM orders x WHERE NOT EXISTS (SELECT FROM items y WHERE x.id = y.order_id)
read: SELECT x.*, (SELECT count(*) FROM items y WHERE x.id = y.order_id) AS n FROM orders x
read: SELECT * FROM orders x LEFT JOIN LATERAL (SELECT * FROM items y WHERE x.id = y.order_id LIMIT 1) z ON true
read: SELECT * FROM (orders x JOIN items y ON x.id = y.order_id) CROSS JOIN (VALUES (1), (2)) v (n)
read: WITH j AS (SELECT x.* FROM orders x JOIN items y ON (x.id = y.order_id)), k AS (SELECT count(*) AS n FROM j) SELECT j.*, k.n FROM j, k
read: SELECT x.id FROM orders x JOIN items AS y ON x.id = y.order_id WHERE x.id IN (SELECT id FROM products) GROUP BY x.id HAVING count(*) >= 1
read: EXPLAIN (COSTS OFF) SELECT * FROM orders x JOIN items y ON x.id = y.order_id
read: select 1 from orders as x natural join items as y
read: SELECT x.*, y.* FROM items x JOIN products y ON x.product_id = y.id
read: SELECT x.*, y.* FROM items x INNER JOIN products y ON x.product_id = y.id
read: SELECT x.*, y.* FROM items x LEFT JOIN products y ON x.product_id = y.id
read: SELECT x.*, y.* FROM items x LEFT OUTER JOIN products y ON x.product_id = y.id
read: SELECT x.*, y.* FROM items x RIGHT JOIN products y ON x.product_id = y.id
read: SELECT x.*, y.* FROM items x FULL OUTER JOIN products y ON x.product_id = y.id
read: SELECT count(*) FROM items x CROSS JOIN products y
read: SELECT * FROM items x, products y WHERE x.product_id = y.id
read: SELECT * FROM items x WHERE NOT EXISTS (SELECT FROM products y WHERE x.product_id = y.id)
read: SELECT x.*, (SELECT count(*) FROM products y WHERE x.product_id = y.id) AS n FROM items x
read: SELECT * FROM items x LEFT JOIN LATERAL (SELECT * FROM products y WHERE x.product_id = y.id LIMIT 1) z ON true
read: SELECT * FROM (items x JOIN products y ON x.product_id = y.id) CROSS JOIN (VALUES (1), (2)) v (n)
read: WITH j AS (SELECT x.* FROM items x JOIN products y ON (x.product_id = y.id)), k AS (SELECT count(*) AS n FROM j) SELECT j.*, k.n FROM j, k
read: SELECT x.line FROM items x JOIN products y ON x.product_id = y.id
read: EXPLAIN (COSTS OFF) SELECT * FROM items x JOIN products y ON x.product_id = y.id
read: select 1 from items as x natural join products as y
read: SELECT x.*, y.* FROM employees x JOIN employees y ON x.manager_id = y.id
read: SELECT x.*, y.* FROM employees x INNER JOIN employees y ON x.manager_id = y.id
read: SELECT x.*, y.* FROM employees x LEFT JOIN employees y ON x.manager_id = y.id
read: SELECT x.*, y.* FROM employees x LEFT OUTER JOIN employees y ON x.manager_id = y.id
read: SELECT x.*, y.* FROM employees x RIGHT JOIN employees y ON x.manager_id = y.id
read: SELECT x.*, y.* FROM employees x FULL OUTER JOIN employees y ON x.manager_id = y.id
read: SELECT count(*) FROM employees x CROSS JOIN employees y
read: SELECT * FROM employees x, employees y WHERE x.manager_id = y.id
read: SELECT * FROM employees x WHERE NOT EXISTS (SELECT FROM employees y WHERE x.manager_id = y.id)
read: SELECT x.*, (SELECT count(*) FROM employees y WHERE x.manager_id = y.id) AS n FROM employees x
read: SELECT * FROM employees x LEFT JOIN LATERAL (SELECT * FROM employees y WHERE x.manager_id = y.id LIMIT 1) z ON true
read: SELECT * FROM (employees x JOIN employees y ON x.manager_id = y.id) CROSS JOIN (VALUES (1), (2)) v (n)
read: WITH j AS (SELECT x.* FROM employees x JOIN employees y ON (x.manager_id = y.id)), k AS (SELECT count(*) AS n FROM j) SELECT j.*, k.n FROM j, k
read: SELECT x.id FROM employees x JOIN employees AS y ON x.manager_id = y.id WHERE x.id IN (SELECT id FROM products) GROUP BY x.id HAVING count(*) >= 1
read: EXPLAIN (COSTS OFF) SELECT * FROM employees x JOIN employees y ON x.manager_id = y.id
read: select 1 from employees as x natural join employees as y
read: SELECT x.*, y.* FROM products x JOIN shop.prices y ON x.id = y.product_id
read: SELECT x.*, y.* FROM products x INNER JOIN shop.prices y ON x.id = y.product_id
read: SELECT x.*, y.* FROM products x LEFT JOIN shop.prices y ON x.id = y.product_id
read: SELECT x.*, y.* FROM products x LEFT OUTER JOIN shop.prices y ON x.id = y.product_id
read: SELECT x.*, y.* FROM products x RIGHT JOIN shop.prices y ON x.id = y.product_id
read: SELECT x.*, y.* FROM products x FULL OUTER JOIN shop.prices y ON x.id = y.product_id
read: SELECT count(*) FROM products x CROSS JOIN shop.prices y
read: SELECT * FROM products x, shop.prices y WHERE x.id = y.product_id
read: SELECT * FROM products x WHERE NOT EXISTS (SELECT FROM shop.prices y WHERE x.id = y.product_id)
read: SELECT x.*, (SELECT count(*) FROM shop.prices y WHERE x.id = y.product_id) AS n FROM products x
read: SELECT * FROM products x LEFT JOIN LATERAL (SELECT * FROM shop.prices y WHERE x.id = y.product_id LIMIT 1) z ON true
read: SELECT * FROM (products x JOIN shop.prices y ON x.id = y.product_id) CROSS JOIN (VALUES (1), (2)) v (n)
read: WITH j AS (SELECT x.* FROM products x JOIN shop.prices y ON (x.id = y.product_id)), k AS (SELECT count(*) AS n FROM j) SELECT j.*, k.n FROM j, k
read: SELECT x.id FROM products x JOIN shop.prices AS y ON x.id = y.product_id WHERE x.id IN (SELECT id FROM products) GROUP BY x.id HAVING count(*) >= 1
read: EXPLAIN (COSTS OFF) SELECT * FROM products x JOIN shop.prices y ON x.id = y.product_id
read: select 1 from products as x natural join shop.prices as y
read: SELECT * FROM orders o JOIN items i ON (o.id = i.order_id) JOIN products p ON p.id = i.product_id WHERE o.total > 10 ORDER BY o.placed DESC, p.name
read: SELECT * FROM customers c JOIN orders o ON c.id = o.customer_id, LATERAL unnest(c.tags) AS tag (name) WHERE tag.name = 'a'
read: SELECT c.name, o.n FROM customers c JOIN (SELECT customer_id, count(*) AS n FROM orders GROUP BY customer_id) o ON o.customer_id = c.id
read: WITH RECURSIVE boss (id, depth) AS (SELECT id, 0 FROM employees WHERE manager_id IS NULL UNION ALL SELECT e.id, b.depth + 1 FROM employees e JOIN boss b ON e.manager_id = b.id) SELECT * FROM boss
read: WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT sum(i) FROM n
read: WITH RECURSIVE t (id, path) AS (SELECT id, ARRAY[id] FROM employees UNION ALL SELECT e.id, t.path || e.id FROM employees e JOIN t ON e.manager_id = t.id WHERE NOT e.id = ANY (t.path)) SELECT * FROM t
read: WITH a AS NOT MATERIALIZED (SELECT 1 AS x), b AS (SELECT 2 AS x) SELECT * FROM a UNION SELECT * FROM b
read: WITH RECURSIVE s (id, manager_id) AS (SELECT id, manager_id FROM employees WHERE id = 1 UNION ALL SELECT e.id, e.manager_id FROM employees e, s WHERE e.manager_id = s.id) SEARCH DEPTH FIRST BY id SET ord SELECT * FROM s ORDER BY ord
read: SELECT * FROM customers NATURAL JOIN (SELECT 1 AS id) x
read: SELECT * FROM items JOIN (SELECT id AS order_id, placed FROM orders) o USING (order_id)
read: SELECT * FROM items JOIN (SELECT id AS order_id FROM orders) o USING (order_id) AS j WHERE j.order_id = 1
read: SELECT 1
read: SELECT 1 AS one
read: SELECT 'a'
read: SELECT NULL
read: SELECT true, false
read: SELECT $1::int
read: SELECT $1::text ~~ $2
read: SELECT -1
read: SELECT +1
read: SELECT 1.5e3
read: SELECT .5
read: SELECT 0.001
read: SELECT current_date
read: SELECT current_time
read: SELECT localtime
read: SELECT localtimestamp(0)
read: SELECT current_timestamp(3)
read: SELECT current_user
read: SELECT session_user
read: SELECT current_schema
read: SELECT current_catalog
read: SELECT user
read: SELECT now()
read: SELECT version()
read: SELECT random()
read: SELECT gen_random_uuid()
read: SELECT clock_timestamp()
read: SELECT statement_timestamp()
read: SELECT transaction_timestamp()
read: SELECT timeofday()
read: SELECT pi()
read: SELECT array[1, 2, 3]
read: SELECT array[[1, 2], [3, 4]]
read: SELECT array[]::int[]
read: SELECT (array[1, 2, 3])[2]
read: SELECT (array[1, 2, 3])[1:2]
read: SELECT row(1, 'a', null)
read: SELECT (1, 2) = (1, 2)
read: SELECT '{1,2}'::int[]
read: SELECT '1'::int + 2
read: SELECT int '1'
read: SELECT cast('1' as int)
read: SELECT '2020-01-01'::date - 1
read: SELECT interval '1 year 2 months'
read: SELECT interval '1' day
read: SELECT interval(0) '1.5 seconds'
read: SELECT time with time zone '12:00+01'
read: SELECT bit '101'
read: SELECT b'101'
read: SELECT x'1F'
read: SELECT '\xdeadbeef'::bytea
read: SELECT e'a\'b'
read: SELECT E'line\nbreak'
read: SELECT U&'d\0061t\+000061'
read: SELECT N'abc'
read: SELECT 'one'
    'two'
read: SELECT $$dollar$$
read: SELECT $tag$with $$ inside$tag$
read: SELECT $x$ 'quoted' $x$
read: SELECT '{"a": 1}'::json -> 'a'
read: SELECT '{"a": {"b": 2}}'::jsonb #>> '{a,b}'
read: SELECT '{"a": 1}'::jsonb @> '{"a": 1}'
read: SELECT '{"a": 1}'::jsonb ? 'a'
read: SELECT '{"a": 1, "b": 2}'::jsonb - 'a'
read: SELECT '{"a": [1]}'::jsonb #- '{a,0}'
read: SELECT '{"a": 1}'::jsonb @@ '$.a == 1'
read: SELECT '{"a": [1, 2]}'::jsonb @? '$.a[*] ? (@ > 1)'
read: SELECT jsonb_path_query('{"a": [1, 2]}', '$.a[*]')
read: SELECT jsonb_path_exists('{"a": 1}', '$.a')
read: SELECT jsonb_build_object('a', 1, 'b', array[1, 2])
read: SELECT jsonb_set('{"a": 1}', '{a}', '2')
read: SELECT jsonb_pretty('{}')
read: SELECT jsonb_array_length('[1]')
read: SELECT json_build_array(1, 'a', null)
read: SELECT json_typeof('1')
read: SELECT int4range(1, 10) @> 5
read: SELECT '[1,10)'::int4range && int4range(5, 20)
read: SELECT daterange('2020-01-01', '2020-02-01') -|- daterange('2020-02-01', '2020-03-01')
read: SELECT upper(int4range(1, 10)), lower(int4range(1, 10)), isempty(int4range(1, 1))
read: SELECT numrange(1.0, 2.0) * numrange(1.5, 3.0)
read: SELECT tstzrange(now(), now() + interval '1 h')
read: SELECT range_merge(int4range(1, 2), int4range(5, 6))
read: SELECT inet '192.0.2.1' << inet '192.0.2.0/24'
read: SELECT host('192.0.2.1/24'), masklen('192.0.2.1/24'), network('192.0.2.1/24')
read: SELECT cidr '192.0.2.0/24'
read: SELECT macaddr '08:00:2b:01:02:03'
read: SELECT point(1, 2) <-> point(3, 4)
read: SELECT box '((0,0),(1,1))' && box '((1,1),(2,2))'
read: SELECT circle '<(0,0),1>' @> point '(0.5,0.5)'
read: SELECT lseg '((0,0),(1,1))' ?# lseg '((0,1),(1,0))'
read: SELECT area(box '((0,0),(2,2))')
read: SELECT @ -5
read: SELECT 2 ^ 3
read: SELECT 5 % 3
read: SELECT 5 & 3, 5 # 3, ~5, 1 << 3, 8 >> 1
read: SELECT 1 = 1, 1 <> 2, 1 != 2, 1 < 2, 1 <= 2, 2 > 1, 2 >= 1
read: SELECT a.x from (select 1 as x) a
read: SELECT not true and false or true
read: SELECT 1 between 0 and 2, 1 not between symmetric 2 and 0
read: SELECT 1 is null, 1 is not null, true is true, null is unknown
read: SELECT 1 is distinct from 2, 1 is not distinct from 1
read: SELECT 'a' like 'a%', 'a' ilike 'A', 'a' similar to 'a'
read: SELECT case 1 when 1 then 'one' else 'other' end
read: SELECT case when true then 1 end
read: SELECT coalesce(null, 1)
read: SELECT nullif(1, 1)
read: SELECT greatest(1, 2), least(1, 2)
read: SELECT exists (select 1)
read: SELECT 1 in (select 1), 1 = any (array[1]), 1 <> all (array[2]), 1 = some (array[1])
read: SELECT array(select 1)
read: SELECT (select 1)
read: SELECT ((1))
read: SELECT generate_series(1, 3)
read: SELECT unnest(array[1, 2])
read: SELECT * from generate_series(1, 3)
read: SELECT * from generate_series(1, 10, 2) as g (i)
read: SELECT * from generate_series(1, 3) g(i) where i > 1
read: SELECT * from generate_series(1, 3) with ordinality as g (i, n)
read: SELECT * from unnest(array[1, 2], array['a', 'b']) as u (n, t)
read: SELECT * from json_to_record('{"a": 1}') as x (a int, b text)
read: SELECT * from json_to_recordset('[{"a": 1}]') as x (a int, b timestamp with time zone)
read: SELECT * from jsonb_each('{"a": 1}')
read: SELECT * from jsonb_array_elements('[1, 2]') as e (v)
read: SELECT * from json_each_text('{"a": 1}') as e
read: SELECT * from regexp_matches('ab', '.', 'g') as m
read: SELECT * from rows from (generate_series(1, 2), unnest(array['a', 'b'])) as x (n, t)
read: SELECT * from string_to_table('a,b', ',')
read: SELECT * from (values (1, 'a'), (2, 'b')) as v (id, name)
read: SELECT * from (values (1)) v
read: SELECT * from (select 1) as x
read: SELECT * from (select 1) as x (a), (select 2) as y (b)
read: SELECT * from current_date
read: SELECT * from now() as t
read: SELECT * from pg_class limit 1
read: SELECT relname from pg_catalog.pg_class where relkind = 'r'
read: SELECT * from information_schema.tables
read: SELECT column_name, data_type from information_schema.columns where table_name = 'orders'
read: SELECT nspname from pg_namespace where nspname !~ '^pg_'
read: SELECT oid::regclass from pg_class limit 1
read: SELECT 'orders'::regclass, 'orders'::regclass::oid
read: SELECT to_regclass('orders')
read: SELECT pg_get_viewdef('active_customers'::regclass)
read: SELECT pg_get_indexdef(indexrelid) from pg_index limit 1
read: SELECT pg_get_constraintdef(oid) from pg_constraint limit 1
read: SELECT format_type(atttypid, atttypmod) from pg_attribute limit 1
read: SELECT obj_description('orders'::regclass), col_description('orders'::regclass, 1)
read: SELECT pg_relation_size('orders'), pg_total_relation_size('orders'), pg_size_pretty(1024::bigint)
read: SELECT pg_table_size('orders'), pg_indexes_size('orders')
read: SELECT pg_database_size(current_database())
read: SELECT pg_encoding_to_char(6)
read: SELECT has_table_privilege('orders', 'select')
read: SELECT has_schema_privilege('public', 'usage')
read: SELECT pg_has_role(current_user, 'pg_monitor', 'member')
read: SELECT pg_table_is_visible('orders'::regclass)
read: SELECT current_database(), current_schemas(true)
read: SELECT pg_column_size('abc'), pg_typeof(1)
read: SELECT pg_char_to_encoding('UTF8')
read: SELECT array_length(array[1], 1), cardinality(array[1, 2]), array_position(array[1, 2], 2)
read: SELECT array_append(array[1], 2), array_prepend(0, array[1]), array_cat(array[1], array[2])
read: SELECT array_remove(array[1, 2], 1), array_replace(array[1, 2], 1, 3)
read: SELECT array[1, 2] && array[2, 3], array[1] <@ array[1, 2], array[1, 2] @> array[1]
read: SELECT array_to_json(array[1, 2]), array_ndims(array[1]), array_upper(array[1], 1)
read: SELECT to_number('1.5', '9.9'), to_date('2020', 'YYYY'), to_char(1.5, '9.99')
read: SELECT encode('abc', 'base64'), decode('YWJj', 'base64')
read: SELECT convert_from('abc'::bytea, 'UTF8'), convert_to('abc', 'UTF8')
read: SELECT sqrt(2), cbrt(27), exp(1), ln(2), log(10), log(2, 8), power(2, 3)
read: SELECT sin(1), cos(1), tan(1), asin(0), acos(1), atan(1), atan2(1, 2), degrees(1), radians(1)
read: SELECT div(7, 2), mod(7, 2), gcd(4, 6), lcm(4, 6), factorial(5)
read: SELECT round(1.5), round(1.55, 1), trunc(1.5), ceil(1.2), ceiling(1.2), floor(1.8), sign(-1)
read: SELECT to_hex(255), bit_length('a'), octet_length('a'), char_length('a')
read: SELECT get_byte('abc'::bytea, 0), set_byte('abc'::bytea, 0, 65), get_bit('abc'::bytea, 0)
read: SELECT to_tsvector('english', 'the quick fox') @@ plainto_tsquery('english', 'fox')
read: SELECT ts_rank(to_tsvector('a b'), to_tsquery('a')), ts_headline('a b', to_tsquery('a'))
read: SELECT websearch_to_tsquery('english', '"a b" -c'), phraseto_tsquery('a b'), setweight(to_tsvector('a'), 'A')
read: SELECT num_nulls(1, null), num_nonnulls(1, null)
read: SELECT overlay('abc' placing 'x' from 2), position('b' in 'abc'), substring('abc' similar 'a#"b#"c' escape '#')
read: SELECT normalize('a', NFC), 'a' is normalized
read: SELECT xmlcomment('a')
read: SELECT xpath('/a', '<a/>'::xml), xml_is_well_formed('<a/>')
read: SELECT bool 't', float8 '1.5', numeric '1.0', text 'a', uuid 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'
read: SELECT json '{}', jsonb '[]'
read: SELECT pg_catalog.now(), pg_catalog.lower('A'), "pg_catalog"."upper"('a')
read: SELECT 1 operator(pg_catalog.+) 2
read: SELECT 'a' collate "C" < 'b' collate "C"
read: SELECT a, b from (values (1, 2)) as v (a, b) where (a, b) in ((1, 2), (3, 4))
read: SELECT count(*) over () from (values (1)) v
read: SELECT row_number() over (partition by 1 order by 2), dense_rank() over (order by 1), percent_rank() over (order by 1), cume_dist() over (order by 1)
read: SELECT nth_value(x, 2) over (order by x rows between 1 preceding and 1 following exclude current row) from generate_series(1, 3) x
read: SELECT grouping(x), sum(x) from generate_series(1, 3) x group by rollup (x)
read: SELECT bit_and(x), bit_or(x), bit_xor(x) from generate_series(1, 3) x
read: SELECT string_agg(x::text, ',' order by x desc) filter (where x > 1) from generate_series(1, 3) x
read: SELECT array_agg(distinct x) from generate_series(1, 3) x
read: SELECT json_object_agg(x, x), jsonb_object_agg(x, x) from generate_series(1, 3) x
read: SELECT regr_slope(x, x), covar_pop(x, x), stddev_samp(x), variance(x) from generate_series(1, 3) x
read: SELECT lower(E'A'), upper($$a$$)
read: SELECT date_trunc('day', now() at time zone 'utc')
read: SELECT extract(isodow from date '2020-01-01'), extract(century from now())
read: SELECT date '2020-01-01' + time '12:00'
read: SELECT make_timestamp(2020, 1, 1, 0, 0, 0), make_time(1, 2, 3), make_timestamptz(2020, 1, 1, 0, 0, 0, 'UTC')
read: SELECT date '2020-01-31' + interval '1 month'
read: SELECT now()::timestamp(0), now()::timetz
read: SELECT 1::smallint, 1::bigint, 1::real, 1::double precision, 1::decimal, 1::numeric(5), 1::oid, 'a'::char, 'a'::character varying(10), 'a'::bpchar
read: SELECT '1 day'::interval day to second
read: SELECT 'a'::name, '{a}'::text[]
read: SELECT cast(1 as numeric(10, 2)), cast('a' as character(3)), cast(now() as timestamp(3) without time zone)
read: SELECT "a" from (select 1 as "a") "T"
read: SELECT "select" from "Mixed Case"
read: SELECT t."Id", t."update" from "Mixed Case" as t
read: SELECT 1 as "as", 2 as "from", 3 as "a ""quoted"" name"
read: SELECT 1 /* a comment */ + /* another /* nested */ one */ 2
read: SELECT 1 -- the end
read: SELECT 1 -- DROP TABLE orders
read: SELECT '/* not a comment */', '-- neither'
read: SELECT '; DELETE FROM orders'
read: SELECT $a$; DROP TABLE orders; $a$
read: SELECT e'\'; DELETE FROM orders; --'
read: SELECT 1;
read: SELECT coalesce(max(id), 0) + 1 from orders
read: SELECT 1 where 1 = 2
read: SELECT 1 limit 1
read: SELECT 1 limit all offset 0
read: SELECT 1 order by 1 desc nulls first
read: SELECT 1 group by () having true
read: SELECT name from customers where profile ->> 'age' = '3' and tags @> array['a']
read: SELECT profile #> '{age}', profile -> 'age', profile ->> 'age' from customers
read: SELECT (profile ->> 'age')::int + 1 from customers
read: SELECT c.* from customers c where c.profile @> '{"age": 3}' and c.active is true
read: SELECT tags[1], array_length(tags, 1) from customers
read: SELECT t from customers c cross join unnest(c.tags) t
read: SELECT c.id, t.tag, t.n from customers c, unnest(c.tags) with ordinality as t (tag, n)
read: SELECT jsonb_object_keys(profile) from customers
read: SELECT key, value from customers, jsonb_each_text(profile)
read: SELECT place <-> point '(0,0)' from ledger order by 1 limit 1
read: SELECT host, family(host), text(host) from ledger where host <<= '192.0.2.0/24'
read: SELECT during && tstzrange('2020-01-01', '2020-02-01') from ledger
read: SELECT search @@ to_tsquery('simple', 'bike') from products
read: SELECT ts_rank(search, q) from products, to_tsquery('simple', 'bike') q where search @@ q
read: SELECT dimensions[1] * dimensions[2] from products
read: SELECT * from products where dimensions @> array[1] and attributes ? 'color'
read: SELECT * from sales_by_country
read: SELECT * from active_customers where country = 'de'
read: SELECT * from shop.prices
read: SELECT prices.price from shop.prices where valid @> current_date
read: SELECT (customers).id from customers
read: SELECT (c).name, (c.*)::text from customers c
read: SELECT customers from customers
read: SELECT count(customers.*) from customers
read: SELECT last_value, is_called from order_numbers
read: SELECT date_trunc('hour', at) as h, avg(value), percentile_disc(0.95) within group (order by value) from measurements group by h
read: SELECT sensor, value - lag(value) over (partition by sensor order by at) as delta from measurements
read: SELECT sensor, at, avg(value) over (partition by sensor order by at range between '1 hour' preceding and current row) from measurements
read: SELECT to_char(sum(total), 'FM999,999.00') from orders
read: SELECT status::text, count(*) from orders group by status
read: SELECT o.id from orders as o where o.note is null or o.note in ('', 'x')
read: SELECT max(id) from orders having max(id) > 0
read: SELECT txid_current_snapshot()
read: SELECT pg_current_snapshot()
read: SELECT current_setting('server_version')
read: SELECT current_setting('x.y', true)
read: SELECT pg_backend_pid()
read: SELECT pg_is_in_recovery()
read: SELECT inet_server_addr(), inet_client_port()
read: SELECT pg_postmaster_start_time()
read: SELECT * from pg_stat_activity
read: SELECT * from pg_locks
read: SELECT name, setting from pg_settings
read: SELECT * from pg_prepared_statements
read: SELECT * from pg_cursors
read: SELECT * from pg_stat_user_tables
read: SELECT pg_listening_channels()
read: SELECT pg_my_temp_schema()
read: SELECT pg_last_wal_replay_lsn()
read: SELECT pg_blocking_pids(1)
read: SELECT pg_stat_get_numscans(1)
read: SELECT array[1] || array[2], array[1] || 2, 0 || array[1]
read: SELECT |/ 25.0, ||/ 27.0
read: SELECT 5 | 3
read: SELECT '{"a": 1}'::jsonb || '{"b": 2}'
read: SELECT '{"a": 1}'::jsonb ?| array['a', 'b'], '{"a": 1}'::jsonb ?& array['a', 'b']
read: SELECT $1 || $2::text
read: SELECT name || ' <' || email || '>' FROM customers
read: ;;SELECT 1
read: SELECT 1; SELECT 2; SELECT 3
read: VALUES (1)
read: VALUES (1, 'a'), (2, 'b') ORDER BY 1
read: VALUES (now(), random())
read: VALUES ($1::int)
read: (VALUES (1)) UNION (VALUES (2))
read: (SELECT 1)
read: ((SELECT 1) UNION (SELECT 2)) ORDER BY 1 LIMIT 1
read: SELECT
read: SELECT FROM orders
read: SELECT WHERE true
read: SELECT ALL 1
read: select/**/1
read: SELECT	1
    FROM orders
read: 
    SELECT 1
read: SeLeCt CoUnT(*) fRoM orders
read: SELECT*FROM orders
read: SELECT(1)
read: SELECT'a'
read: SELECT-1
read: SELECT"id"FROM"orders"
read: SELECT 1 WHERE'a'='a'
read: /* app:shop,trace:4f2 */ SELECT * FROM orders WHERE id = 1
read: SELECT * FROM orders WHERE id = 1 /* controller:orders,action:show */
read: -- name: GetOrder :one
    SELECT * FROM orders WHERE id = $1
read: /*+ IndexScan(orders) */ SELECT * FROM orders
read: SELECT /* FOR UPDATE */ 1
read: SELECT 'x' /* ' */, 'y' -- '
    , 'z'
read: SELECT "orders".* FROM "orders" WHERE "orders"."id" = $1 LIMIT $2
read: SELECT "orders"."id", "orders"."total" FROM "orders" ORDER BY "orders"."id" ASC LIMIT 21
read: SELECT COUNT(*) AS "__count" FROM "orders"
read: SELECT (1) AS "a" FROM "orders" WHERE "orders"."id" = 5 LIMIT 1
read: SELECT 1 AS one FROM "orders" WHERE "orders"."total" = $1 LIMIT 1
read: select t1_0.id, t1_0.total from orders t1_0 where t1_0.id=$1
read: select t1_0.id,t1_0.total from orders t1_0 order by t1_0.id offset 5 rows fetch first 10 rows only
read: SELECT orders.id AS orders_id, orders.total AS orders_total FROM orders WHERE orders.id = $1::BIGINT
read: SELECT anon_1.c AS anon_1_c FROM (SELECT count(*) AS c FROM orders) AS anon_1
read: SELECT "public"."orders"."id", "public"."orders"."total" FROM "public"."orders" WHERE ("public"."orders"."id" = $1 AND 1=1) LIMIT $2 OFFSET $3
read: SELECT COUNT(*) FROM (SELECT "public"."orders"."id" FROM "public"."orders" WHERE 1=1 OFFSET $1) AS "sub"
read: select * from "orders" where "id" in (1, 2, 3) and "total" is not null order by "id" desc
read: SELECT t0."id", t0."total" FROM "orders" AS t0 WHERE (t0."id" = $1)
read: SELECT sub.* FROM (SELECT row_number() OVER (ORDER BY id) AS rn, t.* FROM orders t) sub WHERE rn BETWEEN 1 AND 10
read: SELECT EXISTS(SELECT 1 FROM orders WHERE id=$1)
read: SELECT id FROM orders WHERE id > $1 ORDER BY id LIMIT 1000
read: SELECT * FROM orders WHERE id = ANY($1::bigint[])
read: SELECT * FROM orders WHERE id IN ($1,$2,$3,$4)
read: SELECT u.* FROM unnest($1::bigint[]) WITH ORDINALITY AS k(id, n) JOIN orders u ON u.id = k.id ORDER BY k.n
read: SELECT date_trunc('day', now()), count(*), total FROM orders GROUP BY total
read: SELECT reltuples::bigint AS estimate FROM pg_class WHERE oid = 'orders'::regclass
read: SELECT a.attname, format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid), a.attnotnull FROM pg_attribute a LEFT JOIN pg_attrdef d ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE a.attrelid = '"orders"'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
read: SELECT c.relname FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname OPERATOR(pg_catalog.~) '^(orders)$' COLLATE pg_catalog.default AND pg_catalog.pg_table_is_visible(c.oid) ORDER BY 1
read: SELECT "customers".* FROM "customers" WHERE "customers"."id" = $1 LIMIT $2
read: SELECT "customers"."id", "customers"."name" FROM "customers" ORDER BY "customers"."id" ASC LIMIT 21
read: SELECT COUNT(*) AS "__count" FROM "customers"
read: SELECT (1) AS "a" FROM "customers" WHERE "customers"."id" = 5 LIMIT 1
read: SELECT 1 AS one FROM "customers" WHERE "customers"."name" = $1 LIMIT 1
read: select t1_0.id, t1_0.name from customers t1_0 where t1_0.id=$1
read: select t1_0.id,t1_0.name from customers t1_0 order by t1_0.id offset 5 rows fetch first 10 rows only
read: SELECT customers.id AS customers_id, customers.name AS customers_name FROM customers WHERE customers.id = $1::BIGINT
read: SELECT anon_1.c AS anon_1_c FROM (SELECT count(*) AS c FROM customers) AS anon_1
read: SELECT "public"."customers"."id", "public"."customers"."name" FROM "public"."customers" WHERE ("public"."customers"."id" = $1 AND 1=1) LIMIT $2 OFFSET $3
read: SELECT COUNT(*) FROM (SELECT "public"."customers"."id" FROM "public"."customers" WHERE 1=1 OFFSET $1) AS "sub"
read: select * from "customers" where "id" in (1, 2, 3) and "name" is not null order by "id" desc
read: SELECT t0."id", t0."name" FROM "customers" AS t0 WHERE (t0."id" = $1)
read: SELECT sub.* FROM (SELECT row_number() OVER (ORDER BY id) AS rn, t.* FROM customers t) sub WHERE rn BETWEEN 1 AND 10
read: SELECT EXISTS(SELECT 1 FROM customers WHERE id=$1)
read: SELECT id FROM customers WHERE id > $1 ORDER BY id LIMIT 1000
read: SELECT * FROM customers WHERE id = ANY($1::bigint[])
read: SELECT * FROM customers WHERE id IN ($1,$2,$3,$4)
read: SELECT u.* FROM unnest($1::bigint[]) WITH ORDINALITY AS k(id, n) JOIN customers u ON u.id = k.id ORDER BY k.n
read: SELECT date_trunc('day', now()), count(*), name FROM customers GROUP BY name
read: SELECT reltuples::bigint AS estimate FROM pg_class WHERE oid = 'customers'::regclass
read: SELECT a.attname, format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid), a.attnotnull FROM pg_attribute a LEFT JOIN pg_attrdef d ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE a.attrelid = '"customers"'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
read: SELECT c.relname FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname OPERATOR(pg_catalog.~) '^(customers)$' COLLATE pg_catalog.default AND pg_catalog.pg_table_is_visible(c.oid) ORDER BY 1
read: SELECT "products".* FROM "products" WHERE "products"."id" = $1 LIMIT $2
read: SELECT "products"."id", "products"."price" FROM "products" ORDER BY "products"."id" ASC LIMIT 21
read: SELECT COUNT(*) AS "__count" FROM "products"
read: SELECT (1) AS "a" FROM "products" WHERE "products"."id" = 5 LIMIT 1
read: SELECT 1 AS one FROM "products" WHERE "products"."price" = $1 LIMIT 1
read: select t1_0.id, t1_0.price from products t1_0 where t1_0.id=$1
read: select t1_0.id,t1_0.price from products t1_0 order by t1_0.id offset 5 rows fetch first 10 rows only
read: SELECT products.id AS products_id, products.price AS products_price FROM products WHERE products.id = $1::BIGINT
read: SELECT anon_1.c AS anon_1_c FROM (SELECT count(*) AS c FROM products) AS anon_1
read: SELECT "public"."products"."id", "public"."products"."price" FROM "public"."products" WHERE ("public"."products"."id" = $1 AND 1=1) LIMIT $2 OFFSET $3
read: SELECT COUNT(*) FROM (SELECT "public"."products"."id" FROM "public"."products" WHERE 1=1 OFFSET $1) AS "sub"
read: select * from "products" where "id" in (1, 2, 3) and "price" is not null order by "id" desc
read: SELECT t0."id", t0."price" FROM "products" AS t0 WHERE (t0."id" = $1)
read: SELECT sub.* FROM (SELECT row_number() OVER (ORDER BY id) AS rn, t.* FROM products t) sub WHERE rn BETWEEN 1 AND 10
read: SELECT EXISTS(SELECT 1 FROM products WHERE id=$1)
read: SELECT id FROM products WHERE id > $1 ORDER BY id LIMIT 1000
read: SELECT * FROM products WHERE id = ANY($1::bigint[])
read: SELECT * FROM products WHERE id IN ($1,$2,$3,$4)
read: SELECT u.* FROM unnest($1::bigint[]) WITH ORDINALITY AS k(id, n) JOIN products u ON u.id = k.id ORDER BY k.n
read: SELECT date_trunc('day', now()), count(*), price FROM products GROUP BY price
read: SELECT reltuples::bigint AS estimate FROM pg_class WHERE oid = 'products'::regclass
read: SELECT a.attname, format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid), a.attnotnull FROM pg_attribute a LEFT JOIN pg_attrdef d ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE a.attrelid = '"products"'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
read: SELECT c.relname FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname OPERATOR(pg_catalog.~) '^(products)$' COLLATE pg_catalog.default AND pg_catalog.pg_table_is_visible(c.oid) ORDER BY 1
read: SELECT "employees".* FROM "employees" WHERE "employees"."id" = $1 LIMIT $2
read: SELECT "employees"."id", "employees"."salary" FROM "employees" ORDER BY "employees"."id" ASC LIMIT 21
read: SELECT COUNT(*) AS "__count" FROM "employees"
read: SELECT (1) AS "a" FROM "employees" WHERE "employees"."id" = 5 LIMIT 1
read: SELECT 1 AS one FROM "employees" WHERE "employees"."salary" = $1 LIMIT 1
read: select t1_0.id, t1_0.salary from employees t1_0 where t1_0.id=$1
read: select t1_0.id,t1_0.salary from employees t1_0 order by t1_0.id offset 5 rows fetch first 10 rows only
read: SELECT employees.id AS employees_id, employees.salary AS employees_salary FROM employees WHERE employees.id = $1::BIGINT
read: SELECT anon_1.c AS anon_1_c FROM (SELECT count(*) AS c FROM employees) AS anon_1
read: SELECT "public"."employees"."id", "public"."employees"."salary" FROM "public"."employees" WHERE ("public"."employees"."id" = $1 AND 1=1) LIMIT $2 OFFSET $3
read: SELECT COUNT(*) FROM (SELECT "public"."employees"."id" FROM "public"."employees" WHERE 1=1 OFFSET $1) AS "sub"
read: select * from "employees" where "id" in (1, 2, 3) and "salary" is not null order by "id" desc
read: SELECT t0."id", t0."salary" FROM "employees" AS t0 WHERE (t0."id" = $1)
read: SELECT sub.* FROM (SELECT row_number() OVER (ORDER BY id) AS rn, t.* FROM employees t) sub WHERE rn BETWEEN 1 AND 10
read: SELECT EXISTS(SELECT 1 FROM employees WHERE id=$1)
read: SELECT id FROM employees WHERE id > $1 ORDER BY id LIMIT 1000
read: SELECT * FROM employees WHERE id = ANY($1::bigint[])
read: SELECT * FROM employees WHERE id IN ($1,$2,$3,$4)
read: SELECT u.* FROM unnest($1::bigint[]) WITH ORDINALITY AS k(id, n) JOIN employees u ON u.id = k.id ORDER BY k.n
read: SELECT date_trunc('day', now()), count(*), salary FROM employees GROUP BY salary
read: SELECT reltuples::bigint AS estimate FROM pg_class WHERE oid = 'employees'::regclass
read: SELECT a.attname, format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid), a.attnotnull FROM pg_attribute a LEFT JOIN pg_attrdef d ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE a.attrelid = '"employees"'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
read: SELECT c.relname FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname OPERATOR(pg_catalog.~) '^(employees)$' COLLATE pg_catalog.default AND pg_catalog.pg_table_is_visible(c.oid) ORDER BY 1
read: SELECT id FROM orders WHERE total > 5;
read: SELECT id FROM orders WHERE total > 5 ; ;
read: select id from orders where total > 5
read: SELECT ID FROM ORDERS WHERE TOTAL > 5
read: SELECT
    id
    FROM
    orders
    WHERE
    total
    >
    5
read: SELECT  id  FROM  orders  WHERE  total  >  5
read: SELECT /* x */ id /* x */ FROM /* x */ orders /* x */ WHERE /* x */ total /* x */ > /* x */ 5
read: /* lead */ SELECT id FROM orders WHERE total > 5
read: -- lead
    SELECT id FROM orders WHERE total > 5
read: SELECT id FROM orders WHERE total > 5 -- trail
read: SELECT id FROM orders WHERE total > 5 /* trail */
read: (SELECT id FROM orders WHERE total > 5)
read: EXPLAIN SELECT id FROM orders WHERE total > 5
read: EXPLAIN (VERBOSE) SELECT id FROM orders WHERE total > 5
read: EXPLAIN (SUMMARY ON, BUFFERS OFF, FORMAT TEXT) SELECT id FROM orders WHERE total > 5
read: /* weir: replica */ SELECT id FROM orders WHERE total > 5
read: /* weir: primary */ SELECT id FROM orders WHERE total > 5
read: SELECT * FROM (SELECT id FROM orders WHERE total > 5) AS q
read: SELECT id FROM orders WHERE total > 5 UNION ALL SELECT id FROM orders WHERE total > 5
read: WITH q AS (SELECT id FROM orders WHERE total > 5) TABLE q
read: SELECT EXISTS (SELECT id FROM orders WHERE total > 5)
read: SELECT ARRAY(SELECT id FROM orders WHERE total > 5)
read: SELECT id FROM orders WHERE total > 5; SELECT id FROM orders WHERE total > 5
read: SELECT lower(name) FROM customers WHERE id = 1;
read: SELECT lower(name) FROM customers WHERE id = 1 ; ;
read: select lower(name) from customers where id = 1
read: SELECT LOWER(NAME) FROM CUSTOMERS WHERE ID = 1
read: SELECT
    lower(name)
    FROM
    customers
    WHERE
    id
    =
    1
read: SELECT  lower(name)  FROM  customers  WHERE  id  =  1
read: SELECT /* x */ lower(name) /* x */ FROM /* x */ customers /* x */ WHERE /* x */ id /* x */ = /* x */ 1
read: /* lead */ SELECT lower(name) FROM customers WHERE id = 1
read: -- lead
    SELECT lower(name) FROM customers WHERE id = 1
read: SELECT lower(name) FROM customers WHERE id = 1 -- trail
read: SELECT lower(name) FROM customers WHERE id = 1 /* trail */
read: (SELECT lower(name) FROM customers WHERE id = 1)
read: EXPLAIN SELECT lower(name) FROM customers WHERE id = 1
read: EXPLAIN (VERBOSE) SELECT lower(name) FROM customers WHERE id = 1
read: EXPLAIN (SUMMARY ON, BUFFERS OFF, FORMAT TEXT) SELECT lower(name) FROM customers WHERE id = 1
read: /* weir: replica */ SELECT lower(name) FROM customers WHERE id = 1
read: /* weir: primary */ SELECT lower(name) FROM customers WHERE id = 1
read: SELECT * FROM (SELECT lower(name) FROM customers WHERE id = 1) AS q
read: SELECT lower(name) FROM customers WHERE id = 1 UNION ALL SELECT lower(name) FROM customers WHERE id = 1
read: WITH q AS (SELECT lower(name) FROM customers WHERE id = 1) TABLE q
read: SELECT EXISTS (SELECT lower(name) FROM customers WHERE id = 1)
read: SELECT ARRAY(SELECT lower(name) FROM customers WHERE id = 1)
read: SELECT lower(name) FROM customers WHERE id = 1; SELECT lower(name) FROM customers WHERE id = 1
read: WITH x AS (SELECT 1 AS a) SELECT a FROM x;
read: WITH x AS (SELECT 1 AS a) SELECT a FROM x ; ;
read: with x as (select 1 as a) select a from x
read: WITH X AS (SELECT 1 AS A) SELECT A FROM X
read: WITH
    x
    AS
    (SELECT
    1
    AS
    a)
    SELECT
    a
    FROM
    x
read: WITH  x  AS  (SELECT  1  AS  a)  SELECT  a  FROM  x
read: WITH /* x */ x /* x */ AS /* x */ (SELECT /* x */ 1 /* x */ AS /* x */ a) /* x */ SELECT /* x */ a /* x */ FROM /* x */ x
read: /* lead */ WITH x AS (SELECT 1 AS a) SELECT a FROM x
read: -- lead
    WITH x AS (SELECT 1 AS a) SELECT a FROM x
read: WITH x AS (SELECT 1 AS a) SELECT a FROM x -- trail
read: WITH x AS (SELECT 1 AS a) SELECT a FROM x /* trail */
read: (WITH x AS (SELECT 1 AS a) SELECT a FROM x)
read: EXPLAIN WITH x AS (SELECT 1 AS a) SELECT a FROM x
read: EXPLAIN (VERBOSE) WITH x AS (SELECT 1 AS a) SELECT a FROM x
read: EXPLAIN (SUMMARY ON, BUFFERS OFF, FORMAT TEXT) WITH x AS (SELECT 1 AS a) SELECT a FROM x
read: /* weir: replica */ WITH x AS (SELECT 1 AS a) SELECT a FROM x
read: /* weir: primary */ WITH x AS (SELECT 1 AS a) SELECT a FROM x
read: SELECT * FROM (WITH x AS (SELECT 1 AS a) SELECT a FROM x) AS q
read: WITH q AS (WITH x AS (SELECT 1 AS a) SELECT a FROM x) TABLE q
read: SELECT EXISTS (WITH x AS (SELECT 1 AS a) SELECT a FROM x)
read: SELECT ARRAY(WITH x AS (SELECT 1 AS a) SELECT a FROM x)
read: WITH x AS (SELECT 1 AS a) SELECT a FROM x; WITH x AS (SELECT 1 AS a) SELECT a FROM x
read: SELECT count(*) FROM items GROUP BY product_id;
read: SELECT count(*) FROM items GROUP BY product_id ; ;
read: select count(*) from items group by product_id
read: SELECT COUNT(*) FROM ITEMS GROUP BY PRODUCT_ID
read: SELECT
    count(*)
    FROM
    items
    GROUP
    BY
    product_id
read: SELECT  count(*)  FROM  items  GROUP  BY  product_id
read: SELECT /* x */ count(*) /* x */ FROM /* x */ items /* x */ GROUP /* x */ BY /* x */ product_id
read: /* lead */ SELECT count(*) FROM items GROUP BY product_id
read: -- lead
    SELECT count(*) FROM items GROUP BY product_id
read: SELECT count(*) FROM items GROUP BY product_id -- trail
read: SELECT count(*) FROM items GROUP BY product_id /* trail */
read: (SELECT count(*) FROM items GROUP BY product_id)
read: EXPLAIN SELECT count(*) FROM items GROUP BY product_id
read: EXPLAIN (VERBOSE) SELECT count(*) FROM items GROUP BY product_id
read: EXPLAIN (SUMMARY ON, BUFFERS OFF, FORMAT TEXT) SELECT count(*) FROM items GROUP BY product_id
read: /* weir: replica */ SELECT count(*) FROM items GROUP BY product_id
read: /* weir: primary */ SELECT count(*) FROM items GROUP BY product_id
read: SELECT * FROM (SELECT count(*) FROM items GROUP BY product_id) AS q
read: SELECT count(*) FROM items GROUP BY product_id UNION ALL SELECT count(*) FROM items GROUP BY product_id
read: WITH q AS (SELECT count(*) FROM items GROUP BY product_id) TABLE q
read: SELECT EXISTS (SELECT count(*) FROM items GROUP BY product_id)
read: SELECT ARRAY(SELECT count(*) FROM items GROUP BY product_id)
read: SELECT count(*) FROM items GROUP BY product_id; SELECT count(*) FROM items GROUP BY product_id
