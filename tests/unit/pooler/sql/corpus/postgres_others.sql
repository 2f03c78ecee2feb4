# Statements with the class they must get, one a line: `class: statement`. A line that begins with four blanks goes on
# with the statement above it. read: provably reads only; select: a query that is more than that, or cannot be proved;
# script: several statements, not all reads; unknown: no kind; unreadable: not understood. The others are kinds.
# On PostgreSQL, over schema.sql.
insert: INSERT INTO customers (id, name) VALUES (90, 'x')
insert: INSERT INTO public.customers (id, name) VALUES (90, 'x') RETURNING *
insert: insert into customers (id, name) select id, name from customers where false
insert: INSERT INTO customers AS x (id, name) VALUES (90, 'x') ON CONFLICT DO NOTHING
insert: WITH s AS (SELECT 1) INSERT INTO customers (id, name) SELECT 90, 'x' FROM s
insert: INSERT INTO customers DEFAULT VALUES
insert: /* SELECT */ INSERT INTO customers (id, name) VALUES (90, 'x')
insert: INSERT
    INTO customers (id, name)
    VALUES (90, 'x')
insert: INSERT INTO customers (id, name) (SELECT 90, 'x')
insert: -- SELECT 1
    INSERT INTO customers (id, name) VALUES (90, 'x')
insert: INSERT INTO "customers" (id, name) OVERRIDING USER VALUE VALUES (90, 'x')
insert: INSERT INTO customers (id, name) WITH a AS (SELECT 90, 'x') SELECT * FROM a
update: UPDATE customers SET name = 'x'
update: UPDATE customers SET name = 'x' WHERE id = 90 RETURNING id
update: UPDATE ONLY customers AS x SET name = x.name WHERE x.id = 90
update: update customers set (name) = row ('x') where id = 90
update: UPDATE customers SET name = DEFAULT WHERE id IN (SELECT id FROM customers LIMIT 1)
update: WITH s AS (SELECT 90 AS n) UPDATE customers SET name = 'x' FROM s WHERE id = s.n
update: UPDATE customers x SET name = y.name FROM customers y WHERE x.id = y.id
update: UPDATE/**/customers SET name='x'
update: UPDATE customers SET name = (SELECT 'x')
delete: DELETE FROM customers
delete: DELETE FROM customers WHERE id = 90
delete: DELETE FROM ONLY customers AS x WHERE x.id = 90 RETURNING *
delete: delete from customers using (select 1 as n) s where id is null
delete: WITH old AS (SELECT id FROM customers LIMIT 1) DELETE FROM customers WHERE id IN (SELECT id FROM old)
delete: DELETE FROM customers WHERE NOT EXISTS (SELECT 1)
delete: ;DELETE FROM customers;
select: WITH gone AS (DELETE FROM customers RETURNING *) SELECT * FROM gone
select: WITH new AS (INSERT INTO customers (id, name) VALUES (90, 'x') RETURNING *) SELECT count(*) FROM new
select: WITH changed AS (UPDATE customers SET name = 'x' RETURNING id) SELECT 1
select: WITH a AS (SELECT 1), b AS (DELETE FROM customers) TABLE a
select: WITH x AS MATERIALIZED (UPDATE customers SET name = 'x' RETURNING 1) VALUES (1)
select: SELECT * FROM customers FOR UPDATE
select: SELECT * FROM customers WHERE id = 90 FOR NO KEY UPDATE
select: SELECT * FROM customers FOR SHARE
select: SELECT * FROM customers FOR KEY SHARE
select: SELECT * FROM customers x FOR UPDATE OF x NOWAIT
select: SELECT id FROM customers LIMIT 1 FOR UPDATE SKIP LOCKED
select: SELECT * FROM (SELECT * FROM customers FOR UPDATE) x
select: SELECT * FROM customers WHERE id IN (SELECT id FROM customers FOR SHARE)
select: SELECT * FROM customers FOR
    UPDATE
select: SELECT * FROM customers FOR /* no */ UPDATE
select: SELECT * FROM customers for update limit 1
select: SELECT * INTO copy_of_customers FROM customers
select: SELECT id INTO TABLE copy_of_customers FROM customers
select: SELECT id INTO TEMP copy_of_customers FROM customers
select: SELECT id INTO UNLOGGED copy_of_customers FROM customers
select: WITH a AS (SELECT * FROM customers) SELECT * INTO copy_of_customers FROM a
select: SELECT audit(name::text) FROM customers
select: SELECT id FROM customers WHERE audit(name::text) = 1
select: SELECT id FROM customers ORDER BY audit(name::text)
select: SELECT id, shop.lower(name::text) FROM customers
select: SELECT "Lower"(name::text) FROM customers
select: SELECT lower(name::text), public.audit(name::text) FROM customers
select: SELECT name::text::spy FROM customers
select: SELECT CAST(name::text AS spy) FROM customers
select: SELECT max(audit(name::text)) FROM customers
select: SELECT count(*) FILTER (WHERE audit(name::text) = 1) FROM customers
select: SELECT id FROM customers GROUP BY id HAVING audit(max(name::text)) = 1
select: SELECT CASE WHEN true THEN audit(name::text) END FROM customers
select: SELECT sum(audit(name::text)) OVER () FROM customers
select: SELECT * FROM customers, LATERAL audit(name::text) a
select: SELECT * FROM customers JOIN LATERAL audit(name::text) a ON true
select: SELECT * FROM customers x JOIN customers y ON audit(x.name::text) = 1
select: WITH a AS (SELECT audit(name::text) FROM customers) SELECT * FROM a
select: SELECT ARRAY(SELECT audit(name::text) FROM customers)
select: SELECT (SELECT audit(name::text) FROM customers LIMIT 1)
select: SELECT EXISTS (SELECT audit(name::text) FROM customers OFFSET 0)
select: SELECT DISTINCT ON (id) audit(name::text) FROM customers
select: SELECT id FROM customers LIMIT audit('x')
select: SELECT * FROM customers WHERE (name::text, audit(name::text)) = ('x', 1)
select: SELECT coalesce(NULL, audit(name::text)) FROM customers
select: TABLE customers LIMIT audit('x')
select: SELECT id FROM customers UNION ALL SELECT audit('x')
select: VALUES (audit((SELECT max(name::text) FROM customers)))
select: SELECT nextval('order_numbers'), id FROM customers
select: SELECT id FROM customers WHERE nextval('order_numbers') > 0
select: SELECT * FROM customers WHERE id IS NOT NULL OR setval('order_numbers', 1) = 1
copy: COPY customers FROM STDIN
copy: COPY customers (id, name) FROM STDIN WITH (FORMAT csv, HEADER)
copy: copy customers from '/tmp/none.csv'
copy: COPY customers TO STDOUT
copy: COPY (SELECT * FROM customers) TO STDOUT (FORMAT csv)
copy: COPY (DELETE FROM customers RETURNING *) TO STDOUT
copy: COPY customers TO PROGRAM 'cat'
copy: COPY (SELECT audit(name::text) FROM customers) TO STDOUT
ddl: TRUNCATE customers CASCADE
ddl: TRUNCATE TABLE ONLY customers RESTART IDENTITY CASCADE
ddl: DROP TABLE customers CASCADE
ddl: DROP TABLE IF EXISTS public.customers CASCADE
ddl: ALTER TABLE customers ADD COLUMN extra int
ddl: ALTER TABLE customers ADD COLUMN extra varchar(10) DEFAULT 'a' NOT NULL
ddl: ALTER TABLE customers DROP COLUMN name CASCADE
ddl: ALTER TABLE customers RENAME TO other
ddl: ALTER TABLE customers ALTER COLUMN name SET DEFAULT NULL
ddl: ALTER TABLE customers ADD CHECK (id IS NOT NULL) NOT VALID
ddl: ALTER TABLE customers ENABLE ROW LEVEL SECURITY
ddl: CREATE INDEX ON customers (name)
ddl: CREATE UNIQUE INDEX idx_customers ON customers USING btree (id, name) WHERE id IS NOT NULL
ddl: CREATE INDEX ON customers (lower(name::text))
ddl: CREATE TABLE new_customers (LIKE customers INCLUDING ALL)
ddl: CREATE TABLE new_customers AS SELECT * FROM customers
ddl: CREATE TABLE IF NOT EXISTS new_customers AS TABLE customers WITH NO DATA
ddl: CREATE VIEW v_customers AS SELECT id FROM customers
ddl: CREATE OR REPLACE VIEW v_customers (id) AS SELECT id FROM customers WITH CHECK OPTION
ddl: CREATE MATERIALIZED VIEW m_customers AS SELECT * FROM customers
ddl: COMMENT ON TABLE customers IS 'a table; really'
ddl: COMMENT ON COLUMN customers.name IS NULL
ddl: GRANT SELECT, UPDATE (name) ON customers TO PUBLIC
ddl: REVOKE ALL ON customers FROM PUBLIC
ddl: CREATE POLICY p ON customers USING (true)
ddl: CREATE RULE r AS ON DELETE TO customers DO INSTEAD NOTHING
ddl: CREATE STATISTICS ON id, name FROM customers
ddl: CREATE TEMP TABLE t_customers AS SELECT * FROM customers
ddl: CREATE TEMPORARY TABLE t_customers (LIKE customers) ON COMMIT DROP
ddl: CREATE LOCAL TEMP VIEW t_customers AS SELECT id FROM customers
ddl: CREATE TABLE part_customers PARTITION OF customers DEFAULT
lock: LOCK customers
lock: LOCK TABLE ONLY customers IN SHARE ROW EXCLUSIVE MODE NOWAIT
lock: lock table customers in access share mode
explain: EXPLAIN ANALYZE SELECT * FROM customers
explain: EXPLAIN ANALYZE DELETE FROM customers
explain: EXPLAIN (ANALYZE, BUFFERS) UPDATE customers SET name = 'x'
explain: EXPLAIN (ANALYZE TRUE) INSERT INTO customers (id, name) VALUES (90, 'x')
explain: EXPLAIN DELETE FROM customers
explain: EXPLAIN VERBOSE INSERT INTO customers (id, name) VALUES (90, 'x')
explain: explain analyze verbose select audit(name::text) from customers
explain: EXPLAIN (VERBOSE, ANALYZE) WITH x AS (DELETE FROM customers RETURNING 1) SELECT * FROM x
explain: EXPLAIN CREATE TABLE x AS SELECT * FROM customers
explain: EXPLAIN SELECT audit(name::text) FROM customers
explain: EXPLAIN SELECT * FROM customers FOR UPDATE
declare: DECLARE c CURSOR FOR SELECT * FROM customers
declare: DECLARE c SCROLL CURSOR WITHOUT HOLD FOR SELECT id FROM customers
declare: DECLARE "C 1" BINARY CURSOR FOR TABLE customers
declare: DECLARE c CURSOR FOR SELECT * FROM customers FOR UPDATE
declarehold: DECLARE c CURSOR WITH HOLD FOR SELECT * FROM customers
declarehold: declare c no scroll cursor with hold for select 1 from customers
prepare: PREPARE p AS SELECT * FROM customers
prepare: PREPARE p (int) AS DELETE FROM customers
prepare: prepare "P" as insert into customers (id, name) values (90, 'x')
merge: MERGE INTO customers AS x USING (SELECT 1 AS n) s ON false WHEN NOT MATCHED THEN INSERT (id, name) VALUES (90, 'x')
merge: MERGE INTO customers x USING customers y ON x.id = y.id WHEN MATCHED AND x.id IS NULL THEN DELETE WHEN MATCHED THEN UPDATE SET name = y.name
merge: WITH s AS (SELECT 1 AS n) MERGE INTO customers USING s ON true WHEN MATCHED THEN DO NOTHING
utility: VACUUM customers
utility: VACUUM (ANALYZE, VERBOSE) customers
utility: ANALYZE customers (name)
utility: REINDEX TABLE customers
utility: CLUSTER customers
script: SELECT 1; DELETE FROM customers
script: SELECT * FROM customers; UPDATE customers SET name = 'x'; SELECT 2
script: SELECT 1;
    -- now
    INSERT INTO customers (id, name) VALUES (90, 'x');
script: SELECT 1; SELECT audit('x'); SELECT id FROM customers
script: SELECT ';'; TRUNCATE customers CASCADE
script: SELECT $$;$$; DROP TABLE customers CASCADE
script: SELECT 1 /* ; */; DELETE FROM customers /* SELECT */
insert: INSERT INTO orders (id, note) VALUES (90, 'x')
insert: INSERT INTO public.orders (id, note) VALUES (90, 'x') RETURNING *
insert: insert into orders (id, note) select id, note from orders where false
insert: INSERT INTO orders AS x (id, note) VALUES (90, 'x') ON CONFLICT DO NOTHING
insert: WITH s AS (SELECT 1) INSERT INTO orders (id, note) SELECT 90, 'x' FROM s
insert: INSERT INTO orders DEFAULT VALUES
insert: /* SELECT */ INSERT INTO orders (id, note) VALUES (90, 'x')
insert: INSERT
    INTO orders (id, note)
    VALUES (90, 'x')
insert: INSERT INTO orders (id, note) (SELECT 90, 'x')
insert: -- SELECT 1
    INSERT INTO orders (id, note) VALUES (90, 'x')
insert: INSERT INTO "orders" (id, note) OVERRIDING USER VALUE VALUES (90, 'x')
insert: INSERT INTO orders (id, note) WITH a AS (SELECT 90, 'x') SELECT * FROM a
update: UPDATE orders SET note = 'x'
update: UPDATE orders SET note = 'x' WHERE id = 90 RETURNING id
update: UPDATE ONLY orders AS x SET note = x.note WHERE x.id = 90
update: update orders set (note) = row ('x') where id = 90
update: UPDATE orders SET note = DEFAULT WHERE id IN (SELECT id FROM orders LIMIT 1)
update: WITH s AS (SELECT 90 AS n) UPDATE orders SET note = 'x' FROM s WHERE id = s.n
update: UPDATE orders x SET note = y.note FROM orders y WHERE x.id = y.id
update: UPDATE/**/orders SET note='x'
update: UPDATE orders SET note = (SELECT 'x')
delete: DELETE FROM orders
delete: DELETE FROM orders WHERE id = 90
delete: DELETE FROM ONLY orders AS x WHERE x.id = 90 RETURNING *
delete: delete from orders using (select 1 as n) s where id is null
delete: WITH old AS (SELECT id FROM orders LIMIT 1) DELETE FROM orders WHERE id IN (SELECT id FROM old)
delete: DELETE FROM orders WHERE NOT EXISTS (SELECT 1)
delete: ;DELETE FROM orders;
select: WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone
select: WITH new AS (INSERT INTO orders (id, note) VALUES (90, 'x') RETURNING *) SELECT count(*) FROM new
select: WITH changed AS (UPDATE orders SET note = 'x' RETURNING id) SELECT 1
select: WITH a AS (SELECT 1), b AS (DELETE FROM orders) TABLE a
select: WITH x AS MATERIALIZED (UPDATE orders SET note = 'x' RETURNING 1) VALUES (1)
select: SELECT * FROM orders FOR UPDATE
select: SELECT * FROM orders WHERE id = 90 FOR NO KEY UPDATE
select: SELECT * FROM orders FOR SHARE
select: SELECT * FROM orders FOR KEY SHARE
select: SELECT * FROM orders x FOR UPDATE OF x NOWAIT
select: SELECT id FROM orders LIMIT 1 FOR UPDATE SKIP LOCKED
select: SELECT * FROM (SELECT * FROM orders FOR UPDATE) x
select: SELECT * FROM orders WHERE id IN (SELECT id FROM orders FOR SHARE)
select: SELECT * FROM orders FOR
    UPDATE
select: SELECT * FROM orders FOR /* no */ UPDATE
select: SELECT * FROM orders for update limit 1
select: SELECT * INTO copy_of_orders FROM orders
select: SELECT id INTO TABLE copy_of_orders FROM orders
select: SELECT id INTO TEMP copy_of_orders FROM orders
select: SELECT id INTO UNLOGGED copy_of_orders FROM orders
select: WITH a AS (SELECT * FROM orders) SELECT * INTO copy_of_orders FROM a
select: SELECT audit(note::text) FROM orders
select: SELECT id FROM orders WHERE audit(note::text) = 1
select: SELECT id FROM orders ORDER BY audit(note::text)
select: SELECT id, shop.lower(note::text) FROM orders
select: SELECT "Lower"(note::text) FROM orders
select: SELECT lower(note::text), public.audit(note::text) FROM orders
select: SELECT note::text::spy FROM orders
select: SELECT CAST(note::text AS spy) FROM orders
select: SELECT max(audit(note::text)) FROM orders
select: SELECT count(*) FILTER (WHERE audit(note::text) = 1) FROM orders
select: SELECT id FROM orders GROUP BY id HAVING audit(max(note::text)) = 1
select: SELECT CASE WHEN true THEN audit(note::text) END FROM orders
select: SELECT sum(audit(note::text)) OVER () FROM orders
select: SELECT * FROM orders, LATERAL audit(note::text) a
select: SELECT * FROM orders JOIN LATERAL audit(note::text) a ON true
select: SELECT * FROM orders x JOIN orders y ON audit(x.note::text) = 1
select: WITH a AS (SELECT audit(note::text) FROM orders) SELECT * FROM a
select: SELECT ARRAY(SELECT audit(note::text) FROM orders)
select: SELECT (SELECT audit(note::text) FROM orders LIMIT 1)
select: SELECT EXISTS (SELECT audit(note::text) FROM orders OFFSET 0)
select: SELECT DISTINCT ON (id) audit(note::text) FROM orders
select: SELECT id FROM orders LIMIT audit('x')
select: SELECT * FROM orders WHERE (note::text, audit(note::text)) = ('x', 1)
select: SELECT coalesce(NULL, audit(note::text)) FROM orders
select: TABLE orders LIMIT audit('x')
select: SELECT id FROM orders UNION ALL SELECT audit('x')
select: VALUES (audit((SELECT max(note::text) FROM orders)))
select: SELECT nextval('order_numbers'), id FROM orders
select: SELECT id FROM orders WHERE nextval('order_numbers') > 0
select: SELECT * FROM orders WHERE id IS NOT NULL OR setval('order_numbers', 1) = 1
copy: COPY orders FROM STDIN
copy: COPY orders (id, note) FROM STDIN WITH (FORMAT csv, HEADER)
copy: copy orders from '/tmp/none.csv'
copy: COPY orders TO STDOUT
copy: COPY (SELECT * FROM orders) TO STDOUT (FORMAT csv)
copy: COPY (DELETE FROM orders RETURNING *) TO STDOUT
copy: COPY orders TO PROGRAM 'cat'
copy: COPY (SELECT audit(note::text) FROM orders) TO STDOUT
ddl: TRUNCATE orders CASCADE
ddl: TRUNCATE TABLE ONLY orders RESTART IDENTITY CASCADE
ddl: DROP TABLE orders CASCADE
ddl: DROP TABLE IF EXISTS public.orders CASCADE
ddl: ALTER TABLE orders ADD COLUMN extra int
ddl: ALTER TABLE orders ADD COLUMN extra varchar(10) DEFAULT 'a' NOT NULL
ddl: ALTER TABLE orders DROP COLUMN note CASCADE
ddl: ALTER TABLE orders RENAME TO other
ddl: ALTER TABLE orders ALTER COLUMN note SET DEFAULT NULL
ddl: ALTER TABLE orders ADD CHECK (id IS NOT NULL) NOT VALID
ddl: ALTER TABLE orders ENABLE ROW LEVEL SECURITY
ddl: CREATE INDEX ON orders (note)
ddl: CREATE UNIQUE INDEX idx_orders ON orders USING btree (id, note) WHERE id IS NOT NULL
ddl: CREATE INDEX ON orders (lower(note::text))
ddl: CREATE TABLE new_orders (LIKE orders INCLUDING ALL)
ddl: CREATE TABLE new_orders AS SELECT * FROM orders
ddl: CREATE TABLE IF NOT EXISTS new_orders AS TABLE orders WITH NO DATA
ddl: CREATE VIEW v_orders AS SELECT id FROM orders
ddl: CREATE OR REPLACE VIEW v_orders (id) AS SELECT id FROM orders WITH CHECK OPTION
ddl: CREATE MATERIALIZED VIEW m_orders AS SELECT * FROM orders
ddl: COMMENT ON TABLE orders IS 'a table; really'
ddl: COMMENT ON COLUMN orders.note IS NULL
ddl: GRANT SELECT, UPDATE (note) ON orders TO PUBLIC
ddl: REVOKE ALL ON orders FROM PUBLIC
ddl: CREATE POLICY p ON orders USING (true)
ddl: CREATE RULE r AS ON DELETE TO orders DO INSTEAD NOTHING
ddl: CREATE STATISTICS ON id, note FROM orders
ddl: CREATE TEMP TABLE t_orders AS SELECT * FROM orders
ddl: CREATE TEMPORARY TABLE t_orders (LIKE orders) ON COMMIT DROP
ddl: CREATE LOCAL TEMP VIEW t_orders AS SELECT id FROM orders
ddl: CREATE TABLE part_orders PARTITION OF orders DEFAULT
lock: LOCK orders
lock: LOCK TABLE ONLY orders IN SHARE ROW EXCLUSIVE MODE NOWAIT
lock: lock table orders in access share mode
explain: EXPLAIN ANALYZE SELECT * FROM orders
explain: EXPLAIN ANALYZE DELETE FROM orders
explain: EXPLAIN (ANALYZE, BUFFERS) UPDATE orders SET note = 'x'
explain: EXPLAIN (ANALYZE TRUE) INSERT INTO orders (id, note) VALUES (90, 'x')
explain: EXPLAIN DELETE FROM orders
explain: EXPLAIN VERBOSE INSERT INTO orders (id, note) VALUES (90, 'x')
explain: explain analyze verbose select audit(note::text) from orders
explain: EXPLAIN (VERBOSE, ANALYZE) WITH x AS (DELETE FROM orders RETURNING 1) SELECT * FROM x
explain: EXPLAIN CREATE TABLE x AS SELECT * FROM orders
explain: EXPLAIN SELECT audit(note::text) FROM orders
explain: EXPLAIN SELECT * FROM orders FOR UPDATE
declare: DECLARE c CURSOR FOR SELECT * FROM orders
declare: DECLARE c SCROLL CURSOR WITHOUT HOLD FOR SELECT id FROM orders
declare: DECLARE "C 1" BINARY CURSOR FOR TABLE orders
declare: DECLARE c CURSOR FOR SELECT * FROM orders FOR UPDATE
declarehold: DECLARE c CURSOR WITH HOLD FOR SELECT * FROM orders
declarehold: declare c no scroll cursor with hold for select 1 from orders
prepare: PREPARE p AS SELECT * FROM orders
prepare: PREPARE p (int) AS DELETE FROM orders
prepare: prepare "P" as insert into orders (id, note) values (90, 'x')
merge: MERGE INTO orders AS x USING (SELECT 1 AS n) s ON false WHEN NOT MATCHED THEN INSERT (id, note) VALUES (90, 'x')
merge: MERGE INTO orders x USING orders y ON x.id = y.id WHEN MATCHED AND x.id IS NULL THEN DELETE WHEN MATCHED THEN UPDATE SET note = y.note
merge: WITH s AS (SELECT 1 AS n) MERGE INTO orders USING s ON true WHEN MATCHED THEN DO NOTHING
utility: VACUUM orders
utility: VACUUM (ANALYZE, VERBOSE) orders
utility: ANALYZE orders (note)
utility: REINDEX TABLE orders
utility: CLUSTER orders
script: SELECT 1; DELETE FROM orders
script: SELECT * FROM orders; UPDATE orders SET note = 'x'; SELECT 2
script: SELECT 1;
    -- now
    INSERT INTO orders (id, note) VALUES (90, 'x');
script: SELECT 1; SELECT audit('x'); SELECT id FROM orders
script: SELECT ';'; TRUNCATE orders CASCADE
script: SELECT $$;$$; DROP TABLE orders CASCADE
script: SELECT 1 /* ; */; DELETE FROM orders /* SELECT */
insert: INSERT INTO products (id, name) VALUES (90, 'x')
insert: INSERT INTO public.products (id, name) VALUES (90, 'x') RETURNING *
insert: insert into products (id, name) select id, name from products where false
insert: INSERT INTO products AS x (id, name) VALUES (90, 'x') ON CONFLICT DO NOTHING
insert: WITH s AS (SELECT 1) INSERT INTO products (id, name) SELECT 90, 'x' FROM s
insert: INSERT INTO products DEFAULT VALUES
insert: /* SELECT */ INSERT INTO products (id, name) VALUES (90, 'x')
insert: INSERT
    INTO products (id, name)
    VALUES (90, 'x')
insert: INSERT INTO products (id, name) (SELECT 90, 'x')
insert: -- SELECT 1
    INSERT INTO products (id, name) VALUES (90, 'x')
insert: INSERT INTO "products" (id, name) OVERRIDING USER VALUE VALUES (90, 'x')
insert: INSERT INTO products (id, name) WITH a AS (SELECT 90, 'x') SELECT * FROM a
update: UPDATE products SET name = 'x'
update: UPDATE products SET name = 'x' WHERE id = 90 RETURNING id
update: UPDATE ONLY products AS x SET name = x.name WHERE x.id = 90
update: update products set (name) = row ('x') where id = 90
update: UPDATE products SET name = DEFAULT WHERE id IN (SELECT id FROM products LIMIT 1)
update: WITH s AS (SELECT 90 AS n) UPDATE products SET name = 'x' FROM s WHERE id = s.n
update: UPDATE products x SET name = y.name FROM products y WHERE x.id = y.id
update: UPDATE/**/products SET name='x'
update: UPDATE products SET name = (SELECT 'x')
delete: DELETE FROM products
delete: DELETE FROM products WHERE id = 90
delete: DELETE FROM ONLY products AS x WHERE x.id = 90 RETURNING *
delete: delete from products using (select 1 as n) s where id is null
delete: WITH old AS (SELECT id FROM products LIMIT 1) DELETE FROM products WHERE id IN (SELECT id FROM old)
delete: DELETE FROM products WHERE NOT EXISTS (SELECT 1)
delete: ;DELETE FROM products;
select: WITH gone AS (DELETE FROM products RETURNING *) SELECT * FROM gone
select: WITH new AS (INSERT INTO products (id, name) VALUES (90, 'x') RETURNING *) SELECT count(*) FROM new
select: WITH changed AS (UPDATE products SET name = 'x' RETURNING id) SELECT 1
select: WITH a AS (SELECT 1), b AS (DELETE FROM products) TABLE a
select: WITH x AS MATERIALIZED (UPDATE products SET name = 'x' RETURNING 1) VALUES (1)
select: SELECT * FROM products FOR UPDATE
select: SELECT * FROM products WHERE id = 90 FOR NO KEY UPDATE
select: SELECT * FROM products FOR SHARE
select: SELECT * FROM products FOR KEY SHARE
select: SELECT * FROM products x FOR UPDATE OF x NOWAIT
select: SELECT id FROM products LIMIT 1 FOR UPDATE SKIP LOCKED
select: SELECT * FROM (SELECT * FROM products FOR UPDATE) x
select: SELECT * FROM products WHERE id IN (SELECT id FROM products FOR SHARE)
select: SELECT * FROM products FOR
    UPDATE
select: SELECT * FROM products FOR /* no */ UPDATE
select: SELECT * FROM products for update limit 1
select: SELECT * INTO copy_of_products FROM products
select: SELECT id INTO TABLE copy_of_products FROM products
select: SELECT id INTO TEMP copy_of_products FROM products
select: SELECT id INTO UNLOGGED copy_of_products FROM products
select: WITH a AS (SELECT * FROM products) SELECT * INTO copy_of_products FROM a
select: SELECT audit(name::text) FROM products
select: SELECT id FROM products WHERE audit(name::text) = 1
select: SELECT id FROM products ORDER BY audit(name::text)
select: SELECT id, shop.lower(name::text) FROM products
select: SELECT "Lower"(name::text) FROM products
select: SELECT lower(name::text), public.audit(name::text) FROM products
select: SELECT name::text::spy FROM products
select: SELECT CAST(name::text AS spy) FROM products
select: SELECT max(audit(name::text)) FROM products
select: SELECT count(*) FILTER (WHERE audit(name::text) = 1) FROM products
select: SELECT id FROM products GROUP BY id HAVING audit(max(name::text)) = 1
select: SELECT CASE WHEN true THEN audit(name::text) END FROM products
select: SELECT sum(audit(name::text)) OVER () FROM products
select: SELECT * FROM products, LATERAL audit(name::text) a
select: SELECT * FROM products JOIN LATERAL audit(name::text) a ON true
select: SELECT * FROM products x JOIN products y ON audit(x.name::text) = 1
select: WITH a AS (SELECT audit(name::text) FROM products) SELECT * FROM a
select: SELECT ARRAY(SELECT audit(name::text) FROM products)
select: SELECT (SELECT audit(name::text) FROM products LIMIT 1)
select: SELECT EXISTS (SELECT audit(name::text) FROM products OFFSET 0)
select: SELECT DISTINCT ON (id) audit(name::text) FROM products
select: SELECT id FROM products LIMIT audit('x')
select: SELECT * FROM products WHERE (name::text, audit(name::text)) = ('x', 1)
select: SELECT coalesce(NULL, audit(name::text)) FROM products
select: TABLE products LIMIT audit('x')
select: SELECT id FROM products UNION ALL SELECT audit('x')
select: VALUES (audit((SELECT max(name::text) FROM products)))
select: SELECT nextval('order_numbers'), id FROM products
select: SELECT id FROM products WHERE nextval('order_numbers') > 0
select: SELECT * FROM products WHERE id IS NOT NULL OR setval('order_numbers', 1) = 1
copy: COPY products FROM STDIN
copy: COPY products (id, name) FROM STDIN WITH (FORMAT csv, HEADER)
copy: copy products from '/tmp/none.csv'
copy: COPY products TO STDOUT
copy: COPY (SELECT * FROM products) TO STDOUT (FORMAT csv)
copy: COPY (DELETE FROM products RETURNING *) TO STDOUT
copy: COPY products TO PROGRAM 'cat'
copy: COPY (SELECT audit(name::text) FROM products) TO STDOUT
ddl: TRUNCATE products CASCADE
ddl: TRUNCATE TABLE ONLY products RESTART IDENTITY CASCADE
ddl: DROP TABLE products CASCADE
ddl: DROP TABLE IF EXISTS public.products CASCADE
ddl: ALTER TABLE products ADD COLUMN extra int
ddl: ALTER TABLE products ADD COLUMN extra varchar(10) DEFAULT 'a' NOT NULL
ddl: ALTER TABLE products DROP COLUMN name CASCADE
ddl: ALTER TABLE products RENAME TO other
ddl: ALTER TABLE products ALTER COLUMN name SET DEFAULT NULL
ddl: ALTER TABLE products ADD CHECK (id IS NOT NULL) NOT VALID
ddl: ALTER TABLE products ENABLE ROW LEVEL SECURITY
ddl: CREATE INDEX ON products (name)
ddl: CREATE UNIQUE INDEX idx_products ON products USING btree (id, name) WHERE id IS NOT NULL
ddl: CREATE INDEX ON products (lower(name::text))
ddl: CREATE TABLE new_products (LIKE products INCLUDING ALL)
ddl: CREATE TABLE new_products AS SELECT * FROM products
ddl: CREATE TABLE IF NOT EXISTS new_products AS TABLE products WITH NO DATA
ddl: CREATE VIEW v_products AS SELECT id FROM products
ddl: CREATE OR REPLACE VIEW v_products (id) AS SELECT id FROM products WITH CHECK OPTION
ddl: CREATE MATERIALIZED VIEW m_products AS SELECT * FROM products
ddl: COMMENT ON TABLE products IS 'a table; really'
ddl: COMMENT ON COLUMN products.name IS NULL
ddl: GRANT SELECT, UPDATE (name) ON products TO PUBLIC
ddl: REVOKE ALL ON products FROM PUBLIC
ddl: CREATE POLICY p ON products USING (true)
ddl: CREATE RULE r AS ON DELETE TO products DO INSTEAD NOTHING
ddl: CREATE STATISTICS ON id, name FROM products
ddl: CREATE TEMP TABLE t_products AS SELECT * FROM products
ddl: CREATE TEMPORARY TABLE t_products (LIKE products) ON COMMIT DROP
ddl: CREATE LOCAL TEMP VIEW t_products AS SELECT id FROM products
ddl: CREATE TABLE part_products PARTITION OF products DEFAULT
lock: LOCK products
lock: LOCK TABLE ONLY products IN SHARE ROW EXCLUSIVE MODE NOWAIT
lock: lock table products in access share mode
explain: EXPLAIN ANALYZE SELECT * FROM products
explain: EXPLAIN ANALYZE DELETE FROM products
explain: EXPLAIN (ANALYZE, BUFFERS) UPDATE products SET name = 'x'
explain: EXPLAIN (ANALYZE TRUE) INSERT INTO products (id, name) VALUES (90, 'x')
explain: EXPLAIN DELETE FROM products
explain: EXPLAIN VERBOSE INSERT INTO products (id, name) VALUES (90, 'x')
explain: explain analyze verbose select audit(name::text) from products
explain: EXPLAIN (VERBOSE, ANALYZE) WITH x AS (DELETE FROM products RETURNING 1) SELECT * FROM x
explain: EXPLAIN CREATE TABLE x AS SELECT * FROM products
explain: EXPLAIN SELECT audit(name::text) FROM products
explain: EXPLAIN SELECT * FROM products FOR UPDATE
declare: DECLARE c CURSOR FOR SELECT * FROM products
declare: DECLARE c SCROLL CURSOR WITHOUT HOLD FOR SELECT id FROM products
declare: DECLARE "C 1" BINARY CURSOR FOR TABLE products
declare: DECLARE c CURSOR FOR SELECT * FROM products FOR UPDATE
declarehold: DECLARE c CURSOR WITH HOLD FOR SELECT * FROM products
declarehold: declare c no scroll cursor with hold for select 1 from products
prepare: PREPARE p AS SELECT * FROM products
prepare: PREPARE p (int) AS DELETE FROM products
prepare: prepare "P" as insert into products (id, name) values (90, 'x')
merge: MERGE INTO products AS x USING (SELECT 1 AS n) s ON false WHEN NOT MATCHED THEN INSERT (id, name) VALUES (90, 'x')
merge: MERGE INTO products x USING products y ON x.id = y.id WHEN MATCHED AND x.id IS NULL THEN DELETE WHEN MATCHED THEN UPDATE SET name = y.name
merge: WITH s AS (SELECT 1 AS n) MERGE INTO products USING s ON true WHEN MATCHED THEN DO NOTHING
utility: VACUUM products
utility: VACUUM (ANALYZE, VERBOSE) products
utility: ANALYZE products (name)
utility: REINDEX TABLE products
utility: CLUSTER products
script: SELECT 1; DELETE FROM products
script: SELECT * FROM products; UPDATE products SET name = 'x'; SELECT 2
script: SELECT 1;
    -- now
    INSERT INTO products (id, name) VALUES (90, 'x');
script: SELECT 1; SELECT audit('x'); SELECT id FROM products
script: SELECT ';'; TRUNCATE products CASCADE
script: SELECT $$;$$; DROP TABLE products CASCADE
script: SELECT 1 /* ; */; DELETE FROM products /* SELECT */
insert: INSERT INTO employees (id, department) VALUES (90, 'x')
insert: INSERT INTO public.employees (id, department) VALUES (90, 'x') RETURNING *
insert: insert into employees (id, department) select id, department from employees where false
insert: INSERT INTO employees AS x (id, department) VALUES (90, 'x') ON CONFLICT DO NOTHING
insert: WITH s AS (SELECT 1) INSERT INTO employees (id, department) SELECT 90, 'x' FROM s
insert: INSERT INTO employees DEFAULT VALUES
insert: /* SELECT */ INSERT INTO employees (id, department) VALUES (90, 'x')
insert: INSERT
    INTO employees (id, department)
    VALUES (90, 'x')
insert: INSERT INTO employees (id, department) (SELECT 90, 'x')
insert: -- SELECT 1
    INSERT INTO employees (id, department) VALUES (90, 'x')
insert: INSERT INTO "employees" (id, department) OVERRIDING USER VALUE VALUES (90, 'x')
insert: INSERT INTO employees (id, department) WITH a AS (SELECT 90, 'x') SELECT * FROM a
update: UPDATE employees SET department = 'x'
update: UPDATE employees SET department = 'x' WHERE id = 90 RETURNING id
update: UPDATE ONLY employees AS x SET department = x.department WHERE x.id = 90
update: update employees set (department) = row ('x') where id = 90
update: UPDATE employees SET department = DEFAULT WHERE id IN (SELECT id FROM employees LIMIT 1)
update: WITH s AS (SELECT 90 AS n) UPDATE employees SET department = 'x' FROM s WHERE id = s.n
update: UPDATE employees x SET department = y.department FROM employees y WHERE x.id = y.id
update: UPDATE/**/employees SET department='x'
update: UPDATE employees SET department = (SELECT 'x')
delete: DELETE FROM employees
delete: DELETE FROM employees WHERE id = 90
delete: DELETE FROM ONLY employees AS x WHERE x.id = 90 RETURNING *
delete: delete from employees using (select 1 as n) s where id is null
delete: WITH old AS (SELECT id FROM employees LIMIT 1) DELETE FROM employees WHERE id IN (SELECT id FROM old)
delete: DELETE FROM employees WHERE NOT EXISTS (SELECT 1)
delete: ;DELETE FROM employees;
select: WITH gone AS (DELETE FROM employees RETURNING *) SELECT * FROM gone
select: WITH new AS (INSERT INTO employees (id, department) VALUES (90, 'x') RETURNING *) SELECT count(*) FROM new
select: WITH changed AS (UPDATE employees SET department = 'x' RETURNING id) SELECT 1
select: WITH a AS (SELECT 1), b AS (DELETE FROM employees) TABLE a
select: WITH x AS MATERIALIZED (UPDATE employees SET department = 'x' RETURNING 1) VALUES (1)
select: SELECT * FROM employees FOR UPDATE
select: SELECT * FROM employees WHERE id = 90 FOR NO KEY UPDATE
select: SELECT * FROM employees FOR SHARE
select: SELECT * FROM employees FOR KEY SHARE
select: SELECT * FROM employees x FOR UPDATE OF x NOWAIT
select: SELECT id FROM employees LIMIT 1 FOR UPDATE SKIP LOCKED
select: SELECT * FROM (SELECT * FROM employees FOR UPDATE) x
select: SELECT * FROM employees WHERE id IN (SELECT id FROM employees FOR SHARE)
select: SELECT * FROM employees FOR
    UPDATE
select: SELECT * FROM employees FOR /* no */ UPDATE
select: SELECT * FROM employees for update limit 1
select: SELECT * INTO copy_of_employees FROM employees
select: SELECT id INTO TABLE copy_of_employees FROM employees
select: SELECT id INTO TEMP copy_of_employees FROM employees
select: SELECT id INTO UNLOGGED copy_of_employees FROM employees
select: WITH a AS (SELECT * FROM employees) SELECT * INTO copy_of_employees FROM a
select: SELECT audit(department::text) FROM employees
select: SELECT id FROM employees WHERE audit(department::text) = 1
select: SELECT id FROM employees ORDER BY audit(department::text)
select: SELECT id, shop.lower(department::text) FROM employees
select: SELECT "Lower"(department::text) FROM employees
select: SELECT lower(department::text), public.audit(department::text) FROM employees
select: SELECT department::text::spy FROM employees
select: SELECT CAST(department::text AS spy) FROM employees
select: SELECT max(audit(department::text)) FROM employees
select: SELECT count(*) FILTER (WHERE audit(department::text) = 1) FROM employees
select: SELECT id FROM employees GROUP BY id HAVING audit(max(department::text)) = 1
select: SELECT CASE WHEN true THEN audit(department::text) END FROM employees
select: SELECT sum(audit(department::text)) OVER () FROM employees
select: SELECT * FROM employees, LATERAL audit(department::text) a
select: SELECT * FROM employees JOIN LATERAL audit(department::text) a ON true
select: SELECT * FROM employees x JOIN employees y ON audit(x.department::text) = 1
select: WITH a AS (SELECT audit(department::text) FROM employees) SELECT * FROM a
select: SELECT ARRAY(SELECT audit(department::text) FROM employees)
select: SELECT (SELECT audit(department::text) FROM employees LIMIT 1)
select: SELECT EXISTS (SELECT audit(department::text) FROM employees OFFSET 0)
select: SELECT DISTINCT ON (id) audit(department::text) FROM employees
select: SELECT id FROM employees LIMIT audit('x')
select: SELECT * FROM employees WHERE (department::text, audit(department::text)) = ('x', 1)
select: SELECT coalesce(NULL, audit(department::text)) FROM employees
select: TABLE employees LIMIT audit('x')
select: SELECT id FROM employees UNION ALL SELECT audit('x')
select: VALUES (audit((SELECT max(department::text) FROM employees)))
select: SELECT nextval('order_numbers'), id FROM employees
select: SELECT id FROM employees WHERE nextval('order_numbers') > 0
select: SELECT * FROM employees WHERE id IS NOT NULL OR setval('order_numbers', 1) = 1
copy: COPY employees FROM STDIN
copy: COPY employees (id, department) FROM STDIN WITH (FORMAT csv, HEADER)
copy: copy employees from '/tmp/none.csv'
copy: COPY employees TO STDOUT
copy: COPY (SELECT * FROM employees) TO STDOUT (FORMAT csv)
copy: COPY (DELETE FROM employees RETURNING *) TO STDOUT
copy: COPY employees TO PROGRAM 'cat'
copy: COPY (SELECT audit(department::text) FROM employees) TO STDOUT
ddl: TRUNCATE employees CASCADE
ddl: TRUNCATE TABLE ONLY employees RESTART IDENTITY CASCADE
ddl: DROP TABLE employees CASCADE
ddl: DROP TABLE IF EXISTS public.employees CASCADE
ddl: ALTER TABLE employees ADD COLUMN extra int
ddl: ALTER TABLE employees ADD COLUMN extra varchar(10) DEFAULT 'a' NOT NULL
ddl: ALTER TABLE employees DROP COLUMN department CASCADE
ddl: ALTER TABLE employees RENAME TO other
ddl: ALTER TABLE employees ALTER COLUMN department SET DEFAULT NULL
ddl: ALTER TABLE employees ADD CHECK (id IS NOT NULL) NOT VALID
ddl: ALTER TABLE employees ENABLE ROW LEVEL SECURITY
ddl: CREATE INDEX ON employees (department)
ddl: CREATE UNIQUE INDEX idx_employees ON employees USING btree (id, department) WHERE id IS NOT NULL
ddl: CREATE INDEX ON employees (lower(department::text))
ddl: CREATE TABLE new_employees (LIKE employees INCLUDING ALL)
ddl: CREATE TABLE new_employees AS SELECT * FROM employees
ddl: CREATE TABLE IF NOT EXISTS new_employees AS TABLE employees WITH NO DATA
ddl: CREATE VIEW v_employees AS SELECT id FROM employees
ddl: CREATE OR REPLACE VIEW v_employees (id) AS SELECT id FROM employees WITH CHECK OPTION
ddl: CREATE MATERIALIZED VIEW m_employees AS SELECT * FROM employees
ddl: COMMENT ON TABLE employees IS 'a table; really'
ddl: COMMENT ON COLUMN employees.department IS NULL
ddl: GRANT SELECT, UPDATE (department) ON employees TO PUBLIC
ddl: REVOKE ALL ON employees FROM PUBLIC
ddl: CREATE POLICY p ON employees USING (true)
ddl: CREATE RULE r AS ON DELETE TO employees DO INSTEAD NOTHING
ddl: CREATE STATISTICS ON id, department FROM employees
ddl: CREATE TEMP TABLE t_employees AS SELECT * FROM employees
ddl: CREATE TEMPORARY TABLE t_employees (LIKE employees) ON COMMIT DROP
ddl: CREATE LOCAL TEMP VIEW t_employees AS SELECT id FROM employees
ddl: CREATE TABLE part_employees PARTITION OF employees DEFAULT
lock: LOCK employees
lock: LOCK TABLE ONLY employees IN SHARE ROW EXCLUSIVE MODE NOWAIT
lock: lock table employees in access share mode
explain: EXPLAIN ANALYZE SELECT * FROM employees
explain: EXPLAIN ANALYZE DELETE FROM employees
explain: EXPLAIN (ANALYZE, BUFFERS) UPDATE employees SET department = 'x'
explain: EXPLAIN (ANALYZE TRUE) INSERT INTO employees (id, department) VALUES (90, 'x')
explain: EXPLAIN DELETE FROM employees
explain: EXPLAIN VERBOSE INSERT INTO employees (id, department) VALUES (90, 'x')
explain: explain analyze verbose select audit(department::text) from employees
explain: EXPLAIN (VERBOSE, ANALYZE) WITH x AS (DELETE FROM employees RETURNING 1) SELECT * FROM x
explain: EXPLAIN CREATE TABLE x AS SELECT * FROM employees
explain: EXPLAIN SELECT audit(department::text) FROM employees
explain: EXPLAIN SELECT * FROM employees FOR UPDATE
declare: DECLARE c CURSOR FOR SELECT * FROM employees
declare: DECLARE c SCROLL CURSOR WITHOUT HOLD FOR SELECT id FROM employees
declare: DECLARE "C 1" BINARY CURSOR FOR TABLE employees
declare: DECLARE c CURSOR FOR SELECT * FROM employees FOR UPDATE
declarehold: DECLARE c CURSOR WITH HOLD FOR SELECT * FROM employees
declarehold: declare c no scroll cursor with hold for select 1 from employees
prepare: PREPARE p AS SELECT * FROM employees
prepare: PREPARE p (int) AS DELETE FROM employees
prepare: prepare "P" as insert into employees (id, department) values (90, 'x')
merge: MERGE INTO employees AS x USING (SELECT 1 AS n) s ON false WHEN NOT MATCHED THEN INSERT (id, department) VALUES (90, 'x')
merge: MERGE INTO employees x USING employees y ON x.id = y.id WHEN MATCHED AND x.id IS NULL THEN DELETE WHEN MATCHED THEN UPDATE SET department = y.department
merge: WITH s AS (SELECT 1 AS n) MERGE INTO employees USING s ON true WHEN MATCHED THEN DO NOTHING
utility: VACUUM employees
utility: VACUUM (ANALYZE, VERBOSE) employees
utility: ANALYZE employees (department)
utility: REINDEX TABLE employees
utility: CLUSTER employees
script: SELECT 1; DELETE FROM employees
script: SELECT * FROM employees; UPDATE employees SET department = 'x'; SELECT 2
script: SELECT 1;
    -- now
    INSERT INTO employees (id, department) VALUES (90, 'x');
script: SELECT 1; SELECT audit('x'); SELECT id FROM employees
script: SELECT ';'; TRUNCATE employees CASCADE
script: SELECT $$;$$; DROP TABLE employees CASCADE
script: SELECT 1 /* ; */; DELETE FROM employees /* SELECT */
insert: INSERT INTO events (kind) VALUES ('k')
insert: INSERT INTO public.events (kind) VALUES ('k') RETURNING *
insert: insert into events (kind) select kind from events where false
insert: INSERT INTO events AS x (kind) VALUES ('k') ON CONFLICT DO NOTHING
insert: WITH s AS (SELECT 1) INSERT INTO events (kind) SELECT 'k' FROM s
insert: INSERT INTO events DEFAULT VALUES
insert: /* SELECT */ INSERT INTO events (kind) VALUES ('k')
insert: INSERT
    INTO events (kind)
    VALUES ('k')
insert: INSERT INTO events (kind) (SELECT 'k')
insert: -- SELECT 1
    INSERT INTO events (kind) VALUES ('k')
insert: INSERT INTO "events" (kind) OVERRIDING USER VALUE VALUES ('k')
insert: INSERT INTO events (kind) WITH a AS (SELECT 'k') SELECT * FROM a
update: UPDATE events SET kind = 'x'
update: UPDATE events SET kind = 'x' WHERE kind = 'k' RETURNING kind
update: UPDATE ONLY events AS x SET kind = x.kind WHERE x.kind = 'k'
update: update events set (kind) = row ('x') where kind = 'k'
update: UPDATE events SET kind = DEFAULT WHERE kind IN (SELECT kind FROM events LIMIT 1)
update: WITH s AS (SELECT 'k' AS n) UPDATE events SET kind = 'x' FROM s WHERE kind = s.n
update: UPDATE events x SET kind = y.kind FROM events y WHERE x.kind = y.kind
update: UPDATE/**/events SET kind='x'
update: UPDATE events SET kind = (SELECT 'x')
delete: DELETE FROM events
delete: DELETE FROM events WHERE kind = 'k'
delete: DELETE FROM ONLY events AS x WHERE x.kind = 'k' RETURNING *
delete: delete from events using (select 1 as n) s where kind is null
delete: WITH old AS (SELECT kind FROM events LIMIT 1) DELETE FROM events WHERE kind IN (SELECT kind FROM old)
delete: DELETE FROM events WHERE NOT EXISTS (SELECT 1)
delete: ;DELETE FROM events;
select: WITH gone AS (DELETE FROM events RETURNING *) SELECT * FROM gone
select: WITH new AS (INSERT INTO events (kind) VALUES ('k') RETURNING *) SELECT count(*) FROM new
select: WITH changed AS (UPDATE events SET kind = 'x' RETURNING kind) SELECT 1
select: WITH a AS (SELECT 1), b AS (DELETE FROM events) TABLE a
select: WITH x AS MATERIALIZED (UPDATE events SET kind = 'x' RETURNING 1) VALUES (1)
select: SELECT * FROM events FOR UPDATE
select: SELECT * FROM events WHERE kind = 'k' FOR NO KEY UPDATE
select: SELECT * FROM events FOR SHARE
select: SELECT * FROM events FOR KEY SHARE
select: SELECT * FROM events x FOR UPDATE OF x NOWAIT
select: SELECT kind FROM events LIMIT 1 FOR UPDATE SKIP LOCKED
select: SELECT * FROM (SELECT * FROM events FOR UPDATE) x
select: SELECT * FROM events WHERE kind IN (SELECT kind FROM events FOR SHARE)
select: SELECT * FROM events FOR
    UPDATE
select: SELECT * FROM events FOR /* no */ UPDATE
select: SELECT * FROM events for update limit 1
select: SELECT * INTO copy_of_events FROM events
select: SELECT kind INTO TABLE copy_of_events FROM events
select: SELECT kind INTO TEMP copy_of_events FROM events
select: SELECT kind INTO UNLOGGED copy_of_events FROM events
select: WITH a AS (SELECT * FROM events) SELECT * INTO copy_of_events FROM a
select: SELECT audit(kind::text) FROM events
select: SELECT kind FROM events WHERE audit(kind::text) = 1
select: SELECT kind FROM events ORDER BY audit(kind::text)
select: SELECT kind, shop.lower(kind::text) FROM events
select: SELECT "Lower"(kind::text) FROM events
select: SELECT lower(kind::text), public.audit(kind::text) FROM events
select: SELECT kind::text::spy FROM events
select: SELECT CAST(kind::text AS spy) FROM events
select: SELECT max(audit(kind::text)) FROM events
select: SELECT count(*) FILTER (WHERE audit(kind::text) = 1) FROM events
select: SELECT kind FROM events GROUP BY kind HAVING audit(max(kind::text)) = 1
select: SELECT CASE WHEN true THEN audit(kind::text) END FROM events
select: SELECT sum(audit(kind::text)) OVER () FROM events
select: SELECT * FROM events, LATERAL audit(kind::text) a
select: SELECT * FROM events JOIN LATERAL audit(kind::text) a ON true
select: SELECT * FROM events x JOIN events y ON audit(x.kind::text) = 1
select: WITH a AS (SELECT audit(kind::text) FROM events) SELECT * FROM a
select: SELECT ARRAY(SELECT audit(kind::text) FROM events)
select: SELECT (SELECT audit(kind::text) FROM events LIMIT 1)
select: SELECT EXISTS (SELECT audit(kind::text) FROM events OFFSET 0)
select: SELECT DISTINCT ON (kind) audit(kind::text) FROM events
select: SELECT kind FROM events LIMIT audit('x')
select: SELECT * FROM events WHERE (kind::text, audit(kind::text)) = ('x', 1)
select: SELECT coalesce(NULL, audit(kind::text)) FROM events
select: TABLE events LIMIT audit('x')
select: SELECT kind FROM events UNION ALL SELECT audit('x')::text
select: VALUES (audit((SELECT max(kind::text) FROM events)))
select: SELECT nextval('order_numbers'), kind FROM events
select: SELECT kind FROM events WHERE nextval('order_numbers') > 0
select: SELECT * FROM events WHERE kind IS NOT NULL OR setval('order_numbers', 1) = 1
copy: COPY events FROM STDIN
copy: COPY events (kind) FROM STDIN WITH (FORMAT csv, HEADER)
copy: copy events from '/tmp/none.csv'
copy: COPY events TO STDOUT
copy: COPY (SELECT * FROM events) TO STDOUT (FORMAT csv)
copy: COPY (DELETE FROM events RETURNING *) TO STDOUT
copy: COPY events TO PROGRAM 'cat'
copy: COPY (SELECT audit(kind::text) FROM events) TO STDOUT
ddl: TRUNCATE events CASCADE
ddl: TRUNCATE TABLE ONLY events RESTART IDENTITY CASCADE
ddl: DROP TABLE events CASCADE
ddl: DROP TABLE IF EXISTS public.events CASCADE
ddl: ALTER TABLE events ADD COLUMN extra int
ddl: ALTER TABLE events ADD COLUMN extra varchar(10) DEFAULT 'a' NOT NULL
ddl: ALTER TABLE events DROP COLUMN kind CASCADE
ddl: ALTER TABLE events RENAME TO other
ddl: ALTER TABLE events ALTER COLUMN kind SET DEFAULT NULL
ddl: ALTER TABLE events ADD CHECK (kind IS NOT NULL) NOT VALID
ddl: ALTER TABLE events ENABLE ROW LEVEL SECURITY
ddl: CREATE INDEX ON events (kind)
ddl: CREATE UNIQUE INDEX idx_events ON events USING btree (kind, kind) WHERE kind IS NOT NULL
ddl: CREATE INDEX ON events (lower(kind::text))
ddl: CREATE TABLE new_events (LIKE events INCLUDING ALL)
ddl: CREATE TABLE new_events AS SELECT * FROM events
ddl: CREATE TABLE IF NOT EXISTS new_events AS TABLE events WITH NO DATA
ddl: CREATE VIEW v_events AS SELECT kind FROM events
ddl: CREATE OR REPLACE VIEW v_events (kind) AS SELECT kind FROM events WITH CHECK OPTION
ddl: CREATE MATERIALIZED VIEW m_events AS SELECT * FROM events
ddl: COMMENT ON TABLE events IS 'a table; really'
ddl: COMMENT ON COLUMN events.kind IS NULL
ddl: GRANT SELECT, UPDATE (kind) ON events TO PUBLIC
ddl: REVOKE ALL ON events FROM PUBLIC
ddl: CREATE POLICY p ON events USING (true)
ddl: CREATE RULE r AS ON DELETE TO events DO INSTEAD NOTHING
ddl: CREATE STATISTICS ON kind, at FROM events
ddl: CREATE TEMP TABLE t_events AS SELECT * FROM events
ddl: CREATE TEMPORARY TABLE t_events (LIKE events) ON COMMIT DROP
ddl: CREATE LOCAL TEMP VIEW t_events AS SELECT kind FROM events
ddl: CREATE TABLE part_events PARTITION OF events DEFAULT
lock: LOCK events
lock: LOCK TABLE ONLY events IN SHARE ROW EXCLUSIVE MODE NOWAIT
lock: lock table events in access share mode
explain: EXPLAIN ANALYZE SELECT * FROM events
explain: EXPLAIN ANALYZE DELETE FROM events
explain: EXPLAIN (ANALYZE, BUFFERS) UPDATE events SET kind = 'x'
explain: EXPLAIN (ANALYZE TRUE) INSERT INTO events (kind) VALUES ('k')
explain: EXPLAIN DELETE FROM events
explain: EXPLAIN VERBOSE INSERT INTO events (kind) VALUES ('k')
explain: explain analyze verbose select audit(kind::text) from events
explain: EXPLAIN (VERBOSE, ANALYZE) WITH x AS (DELETE FROM events RETURNING 1) SELECT * FROM x
explain: EXPLAIN CREATE TABLE x AS SELECT * FROM events
explain: EXPLAIN SELECT audit(kind::text) FROM events
explain: EXPLAIN SELECT * FROM events FOR UPDATE
declare: DECLARE c CURSOR FOR SELECT * FROM events
declare: DECLARE c SCROLL CURSOR WITHOUT HOLD FOR SELECT kind FROM events
declare: DECLARE "C 1" BINARY CURSOR FOR TABLE events
declare: DECLARE c CURSOR FOR SELECT * FROM events FOR UPDATE
declarehold: DECLARE c CURSOR WITH HOLD FOR SELECT * FROM events
declarehold: declare c no scroll cursor with hold for select 1 from events
prepare: PREPARE p AS SELECT * FROM events
prepare: PREPARE p (int) AS DELETE FROM events
prepare: prepare "P" as insert into events (kind) values ('k')
merge: MERGE INTO events AS x USING (SELECT 1 AS n) s ON false WHEN NOT MATCHED THEN INSERT (kind) VALUES ('k')
merge: MERGE INTO events x USING events y ON x.kind = y.kind WHEN MATCHED AND x.kind IS NULL THEN DELETE WHEN MATCHED THEN UPDATE SET kind = y.kind
merge: WITH s AS (SELECT 1 AS n) MERGE INTO events USING s ON true WHEN MATCHED THEN DO NOTHING
utility: VACUUM events
utility: VACUUM (ANALYZE, VERBOSE) events
utility: ANALYZE events (kind)
utility: REINDEX TABLE events
utility: CLUSTER events
script: SELECT 1; DELETE FROM events
script: SELECT * FROM events; UPDATE events SET kind = 'x'; SELECT 2
script: SELECT 1;
    -- now
    INSERT INTO events (kind) VALUES ('k');
script: SELECT 1; SELECT audit('x'); SELECT kind FROM events
script: SELECT ';'; TRUNCATE events CASCADE
script: SELECT $$;$$; DROP TABLE events CASCADE
script: SELECT 1 /* ; */; DELETE FROM events /* SELECT */
insert: INSERT INTO ledger (account, amount) VALUES (90, 1)
insert: INSERT INTO public.ledger (account, amount) VALUES (90, 1) RETURNING *
insert: insert into ledger (account, amount) select account, amount from ledger where false
insert: INSERT INTO ledger AS x (account, amount) VALUES (90, 1) ON CONFLICT DO NOTHING
insert: WITH s AS (SELECT 1) INSERT INTO ledger (account, amount) SELECT 90, 1 FROM s
insert: INSERT INTO ledger DEFAULT VALUES
insert: /* SELECT */ INSERT INTO ledger (account, amount) VALUES (90, 1)
insert: INSERT
    INTO ledger (account, amount)
    VALUES (90, 1)
insert: INSERT INTO ledger (account, amount) (SELECT 90, 1)
insert: -- SELECT 1
    INSERT INTO ledger (account, amount) VALUES (90, 1)
insert: INSERT INTO "ledger" (account, amount) OVERRIDING USER VALUE VALUES (90, 1)
insert: INSERT INTO ledger (account, amount) WITH a AS (SELECT 90, 1) SELECT * FROM a
update: UPDATE ledger SET amount = 1
update: UPDATE ledger SET amount = 1 WHERE account = 90 RETURNING account
update: UPDATE ONLY ledger AS x SET amount = x.amount WHERE x.account = 90
update: update ledger set (amount) = row (1) where account = 90
update: UPDATE ledger SET amount = DEFAULT WHERE account IN (SELECT account FROM ledger LIMIT 1)
update: WITH s AS (SELECT 90 AS n) UPDATE ledger SET amount = 1 FROM s WHERE account = s.n
update: UPDATE ledger x SET amount = y.amount FROM ledger y WHERE x.account = y.account
update: UPDATE/**/ledger SET amount=1
update: UPDATE ledger SET amount = (SELECT 1)
delete: DELETE FROM ledger
delete: DELETE FROM ledger WHERE account = 90
delete: DELETE FROM ONLY ledger AS x WHERE x.account = 90 RETURNING *
delete: delete from ledger using (select 1 as n) s where account is null
delete: WITH old AS (SELECT account FROM ledger LIMIT 1) DELETE FROM ledger WHERE account IN (SELECT account FROM old)
delete: DELETE FROM ledger WHERE NOT EXISTS (SELECT 1)
delete: ;DELETE FROM ledger;
select: WITH gone AS (DELETE FROM ledger RETURNING *) SELECT * FROM gone
select: WITH new AS (INSERT INTO ledger (account, amount) VALUES (90, 1) RETURNING *) SELECT count(*) FROM new
select: WITH changed AS (UPDATE ledger SET amount = 1 RETURNING account) SELECT 1
select: WITH a AS (SELECT 1), b AS (DELETE FROM ledger) TABLE a
select: WITH x AS MATERIALIZED (UPDATE ledger SET amount = 1 RETURNING 1) VALUES (1)
select: SELECT * FROM ledger FOR UPDATE
select: SELECT * FROM ledger WHERE account = 90 FOR NO KEY UPDATE
select: SELECT * FROM ledger FOR SHARE
select: SELECT * FROM ledger FOR KEY SHARE
select: SELECT * FROM ledger x FOR UPDATE OF x NOWAIT
select: SELECT account FROM ledger LIMIT 1 FOR UPDATE SKIP LOCKED
select: SELECT * FROM (SELECT * FROM ledger FOR UPDATE) x
select: SELECT * FROM ledger WHERE account IN (SELECT account FROM ledger FOR SHARE)
select: SELECT * FROM ledger FOR
    UPDATE
select: SELECT * FROM ledger FOR /* no */ UPDATE
select: SELECT * FROM ledger for update limit 1
select: SELECT * INTO copy_of_ledger FROM ledger
select: SELECT account INTO TABLE copy_of_ledger FROM ledger
select: SELECT account INTO TEMP copy_of_ledger FROM ledger
select: SELECT account INTO UNLOGGED copy_of_ledger FROM ledger
select: WITH a AS (SELECT * FROM ledger) SELECT * INTO copy_of_ledger FROM a
select: SELECT audit(amount::text) FROM ledger
select: SELECT account FROM ledger WHERE audit(amount::text) = 1
select: SELECT account FROM ledger ORDER BY audit(amount::text)
select: SELECT account, shop.lower(amount::text) FROM ledger
select: SELECT "Lower"(amount::text) FROM ledger
select: SELECT lower(amount::text), public.audit(amount::text) FROM ledger
select: SELECT amount::text::spy FROM ledger
select: SELECT CAST(amount::text AS spy) FROM ledger
select: SELECT max(audit(amount::text)) FROM ledger
select: SELECT count(*) FILTER (WHERE audit(amount::text) = 1) FROM ledger
select: SELECT account FROM ledger GROUP BY account HAVING audit(max(amount::text)) = 1
select: SELECT CASE WHEN true THEN audit(amount::text) END FROM ledger
select: SELECT sum(audit(amount::text)) OVER () FROM ledger
select: SELECT * FROM ledger, LATERAL audit(amount::text) a
select: SELECT * FROM ledger JOIN LATERAL audit(amount::text) a ON true
select: SELECT * FROM ledger x JOIN ledger y ON audit(x.amount::text) = 1
select: WITH a AS (SELECT audit(amount::text) FROM ledger) SELECT * FROM a
select: SELECT ARRAY(SELECT audit(amount::text) FROM ledger)
select: SELECT (SELECT audit(amount::text) FROM ledger LIMIT 1)
select: SELECT EXISTS (SELECT audit(amount::text) FROM ledger OFFSET 0)
select: SELECT DISTINCT ON (account) audit(amount::text) FROM ledger
select: SELECT account FROM ledger LIMIT audit('x')
select: SELECT * FROM ledger WHERE (amount::text, audit(amount::text)) = ('x', 1)
select: SELECT coalesce(NULL, audit(amount::text)) FROM ledger
select: TABLE ledger LIMIT audit('x')
select: SELECT account FROM ledger UNION ALL SELECT audit('x')
select: VALUES (audit((SELECT max(amount::text) FROM ledger)))
select: SELECT nextval('order_numbers'), account FROM ledger
select: SELECT account FROM ledger WHERE nextval('order_numbers') > 0
select: SELECT * FROM ledger WHERE account IS NOT NULL OR setval('order_numbers', 1) = 1
copy: COPY ledger FROM STDIN
copy: COPY ledger (account, amount) FROM STDIN WITH (FORMAT csv, HEADER)
copy: copy ledger from '/tmp/none.csv'
copy: COPY ledger TO STDOUT
copy: COPY (SELECT * FROM ledger) TO STDOUT (FORMAT csv)
copy: COPY (DELETE FROM ledger RETURNING *) TO STDOUT
copy: COPY ledger TO PROGRAM 'cat'
copy: COPY (SELECT audit(amount::text) FROM ledger) TO STDOUT
ddl: TRUNCATE ledger CASCADE
ddl: TRUNCATE TABLE ONLY ledger RESTART IDENTITY CASCADE
ddl: DROP TABLE ledger CASCADE
ddl: DROP TABLE IF EXISTS public.ledger CASCADE
ddl: ALTER TABLE ledger ADD COLUMN extra int
ddl: ALTER TABLE ledger ADD COLUMN extra varchar(10) DEFAULT 'a' NOT NULL
ddl: ALTER TABLE ledger DROP COLUMN amount CASCADE
ddl: ALTER TABLE ledger RENAME TO other
ddl: ALTER TABLE ledger ALTER COLUMN amount SET DEFAULT NULL
ddl: ALTER TABLE ledger ADD CHECK (account IS NOT NULL) NOT VALID
ddl: ALTER TABLE ledger ENABLE ROW LEVEL SECURITY
ddl: CREATE INDEX ON ledger (amount)
ddl: CREATE UNIQUE INDEX idx_ledger ON ledger USING btree (account, amount) WHERE account IS NOT NULL
ddl: CREATE INDEX ON ledger (lower(amount::text))
ddl: CREATE TABLE new_ledger (LIKE ledger INCLUDING ALL)
ddl: CREATE TABLE new_ledger AS SELECT * FROM ledger
ddl: CREATE TABLE IF NOT EXISTS new_ledger AS TABLE ledger WITH NO DATA
ddl: CREATE VIEW v_ledger AS SELECT account FROM ledger
ddl: CREATE OR REPLACE VIEW v_ledger (account) AS SELECT account FROM ledger WITH CHECK OPTION
ddl: CREATE MATERIALIZED VIEW m_ledger AS SELECT * FROM ledger
ddl: COMMENT ON TABLE ledger IS 'a table; really'
ddl: COMMENT ON COLUMN ledger.amount IS NULL
ddl: GRANT SELECT, UPDATE (amount) ON ledger TO PUBLIC
ddl: REVOKE ALL ON ledger FROM PUBLIC
ddl: CREATE POLICY p ON ledger USING (true)
ddl: CREATE RULE r AS ON DELETE TO ledger DO INSTEAD NOTHING
ddl: CREATE STATISTICS ON account, amount FROM ledger
ddl: CREATE TEMP TABLE t_ledger AS SELECT * FROM ledger
ddl: CREATE TEMPORARY TABLE t_ledger (LIKE ledger) ON COMMIT DROP
ddl: CREATE LOCAL TEMP VIEW t_ledger AS SELECT account FROM ledger
ddl: CREATE TABLE part_ledger PARTITION OF ledger DEFAULT
lock: LOCK ledger
lock: LOCK TABLE ONLY ledger IN SHARE ROW EXCLUSIVE MODE NOWAIT
lock: lock table ledger in access share mode
explain: EXPLAIN ANALYZE SELECT * FROM ledger
explain: EXPLAIN ANALYZE DELETE FROM ledger
explain: EXPLAIN (ANALYZE, BUFFERS) UPDATE ledger SET amount = 1
explain: EXPLAIN (ANALYZE TRUE) INSERT INTO ledger (account, amount) VALUES (90, 1)
explain: EXPLAIN DELETE FROM ledger
explain: EXPLAIN VERBOSE INSERT INTO ledger (account, amount) VALUES (90, 1)
explain: explain analyze verbose select audit(amount::text) from ledger
explain: EXPLAIN (VERBOSE, ANALYZE) WITH x AS (DELETE FROM ledger RETURNING 1) SELECT * FROM x
explain: EXPLAIN CREATE TABLE x AS SELECT * FROM ledger
explain: EXPLAIN SELECT audit(amount::text) FROM ledger
explain: EXPLAIN SELECT * FROM ledger FOR UPDATE
declare: DECLARE c CURSOR FOR SELECT * FROM ledger
declare: DECLARE c SCROLL CURSOR WITHOUT HOLD FOR SELECT account FROM ledger
declare: DECLARE "C 1" BINARY CURSOR FOR TABLE ledger
declare: DECLARE c CURSOR FOR SELECT * FROM ledger FOR UPDATE
declarehold: DECLARE c CURSOR WITH HOLD FOR SELECT * FROM ledger
declarehold: declare c no scroll cursor with hold for select 1 from ledger
prepare: PREPARE p AS SELECT * FROM ledger
prepare: PREPARE p (int) AS DELETE FROM ledger
prepare: prepare "P" as insert into ledger (account, amount) values (90, 1)
merge: MERGE INTO ledger AS x USING (SELECT 1 AS n) s ON false WHEN NOT MATCHED THEN INSERT (account, amount) VALUES (90, 1)
merge: MERGE INTO ledger x USING ledger y ON x.account = y.account WHEN MATCHED AND x.account IS NULL THEN DELETE WHEN MATCHED THEN UPDATE SET amount = y.amount
merge: WITH s AS (SELECT 1 AS n) MERGE INTO ledger USING s ON true WHEN MATCHED THEN DO NOTHING
utility: VACUUM ledger
utility: VACUUM (ANALYZE, VERBOSE) ledger
utility: ANALYZE ledger (amount)
utility: REINDEX TABLE ledger
utility: CLUSTER ledger
script: SELECT 1; DELETE FROM ledger
script: SELECT * FROM ledger; UPDATE ledger SET amount = 1; SELECT 2
script: SELECT 1;
    -- now
    INSERT INTO ledger (account, amount) VALUES (90, 1);
script: SELECT 1; SELECT audit('x'); SELECT account FROM ledger
script: SELECT ';'; TRUNCATE ledger CASCADE
script: SELECT $$;$$; DROP TABLE ledger CASCADE
script: SELECT 1 /* ; */; DELETE FROM ledger /* SELECT */
insert: INSERT INTO measurements (sensor, value) VALUES (90, 1)
insert: INSERT INTO public.measurements (sensor, value) VALUES (90, 1) RETURNING *
insert: insert into measurements (sensor, value) select sensor, value from measurements where false
insert: INSERT INTO measurements AS x (sensor, value) VALUES (90, 1) ON CONFLICT DO NOTHING
insert: WITH s AS (SELECT 1) INSERT INTO measurements (sensor, value) SELECT 90, 1 FROM s
insert: INSERT INTO measurements DEFAULT VALUES
insert: /* SELECT */ INSERT INTO measurements (sensor, value) VALUES (90, 1)
insert: INSERT
    INTO measurements (sensor, value)
    VALUES (90, 1)
insert: INSERT INTO measurements (sensor, value) (SELECT 90, 1)
insert: -- SELECT 1
    INSERT INTO measurements (sensor, value) VALUES (90, 1)
insert: INSERT INTO "measurements" (sensor, value) OVERRIDING USER VALUE VALUES (90, 1)
insert: INSERT INTO measurements (sensor, value) WITH a AS (SELECT 90, 1) SELECT * FROM a
update: UPDATE measurements SET value = 1
update: UPDATE measurements SET value = 1 WHERE sensor = 90 RETURNING sensor
update: UPDATE ONLY measurements AS x SET value = x.value WHERE x.sensor = 90
update: update measurements set (value) = row (1) where sensor = 90
update: UPDATE measurements SET value = DEFAULT WHERE sensor IN (SELECT sensor FROM measurements LIMIT 1)
update: WITH s AS (SELECT 90 AS n) UPDATE measurements SET value = 1 FROM s WHERE sensor = s.n
update: UPDATE measurements x SET value = y.value FROM measurements y WHERE x.sensor = y.sensor
update: UPDATE/**/measurements SET value=1
update: UPDATE measurements SET value = (SELECT 1)
delete: DELETE FROM measurements
delete: DELETE FROM measurements WHERE sensor = 90
delete: DELETE FROM ONLY measurements AS x WHERE x.sensor = 90 RETURNING *
delete: delete from measurements using (select 1 as n) s where sensor is null
delete: WITH old AS (SELECT sensor FROM measurements LIMIT 1) DELETE FROM measurements WHERE sensor IN (SELECT sensor FROM old)
delete: DELETE FROM measurements WHERE NOT EXISTS (SELECT 1)
delete: ;DELETE FROM measurements;
select: WITH gone AS (DELETE FROM measurements RETURNING *) SELECT * FROM gone
select: WITH new AS (INSERT INTO measurements (sensor, value) VALUES (90, 1) RETURNING *) SELECT count(*) FROM new
select: WITH changed AS (UPDATE measurements SET value = 1 RETURNING sensor) SELECT 1
select: WITH a AS (SELECT 1), b AS (DELETE FROM measurements) TABLE a
select: WITH x AS MATERIALIZED (UPDATE measurements SET value = 1 RETURNING 1) VALUES (1)
select: SELECT * FROM measurements FOR UPDATE
select: SELECT * FROM measurements WHERE sensor = 90 FOR NO KEY UPDATE
select: SELECT * FROM measurements FOR SHARE
select: SELECT * FROM measurements FOR KEY SHARE
select: SELECT * FROM measurements x FOR UPDATE OF x NOWAIT
select: SELECT sensor FROM measurements LIMIT 1 FOR UPDATE SKIP LOCKED
select: SELECT * FROM (SELECT * FROM measurements FOR UPDATE) x
select: SELECT * FROM measurements WHERE sensor IN (SELECT sensor FROM measurements FOR SHARE)
select: SELECT * FROM measurements FOR
    UPDATE
select: SELECT * FROM measurements FOR /* no */ UPDATE
select: SELECT * FROM measurements for update limit 1
select: SELECT * INTO copy_of_measurements FROM measurements
select: SELECT sensor INTO TABLE copy_of_measurements FROM measurements
select: SELECT sensor INTO TEMP copy_of_measurements FROM measurements
select: SELECT sensor INTO UNLOGGED copy_of_measurements FROM measurements
select: WITH a AS (SELECT * FROM measurements) SELECT * INTO copy_of_measurements FROM a
select: SELECT audit(value::text) FROM measurements
select: SELECT sensor FROM measurements WHERE audit(value::text) = 1
select: SELECT sensor FROM measurements ORDER BY audit(value::text)
select: SELECT sensor, shop.lower(value::text) FROM measurements
select: SELECT "Lower"(value::text) FROM measurements
select: SELECT lower(value::text), public.audit(value::text) FROM measurements
select: SELECT value::text::spy FROM measurements
select: SELECT CAST(value::text AS spy) FROM measurements
select: SELECT max(audit(value::text)) FROM measurements
select: SELECT count(*) FILTER (WHERE audit(value::text) = 1) FROM measurements
select: SELECT sensor FROM measurements GROUP BY sensor HAVING audit(max(value::text)) = 1
select: SELECT CASE WHEN true THEN audit(value::text) END FROM measurements
select: SELECT sum(audit(value::text)) OVER () FROM measurements
select: SELECT * FROM measurements, LATERAL audit(value::text) a
select: SELECT * FROM measurements JOIN LATERAL audit(value::text) a ON true
select: SELECT * FROM measurements x JOIN measurements y ON audit(x.value::text) = 1
select: WITH a AS (SELECT audit(value::text) FROM measurements) SELECT * FROM a
select: SELECT ARRAY(SELECT audit(value::text) FROM measurements)
select: SELECT (SELECT audit(value::text) FROM measurements LIMIT 1)
select: SELECT EXISTS (SELECT audit(value::text) FROM measurements OFFSET 0)
select: SELECT DISTINCT ON (sensor) audit(value::text) FROM measurements
select: SELECT sensor FROM measurements LIMIT audit('x')
select: SELECT * FROM measurements WHERE (value::text, audit(value::text)) = ('x', 1)
select: SELECT coalesce(NULL, audit(value::text)) FROM measurements
select: TABLE measurements LIMIT audit('x')
select: SELECT sensor FROM measurements UNION ALL SELECT audit('x')
select: VALUES (audit((SELECT max(value::text) FROM measurements)))
select: SELECT nextval('order_numbers'), sensor FROM measurements
select: SELECT sensor FROM measurements WHERE nextval('order_numbers') > 0
select: SELECT * FROM measurements WHERE sensor IS NOT NULL OR setval('order_numbers', 1) = 1
copy: COPY measurements FROM STDIN
copy: COPY measurements (sensor, value) FROM STDIN WITH (FORMAT csv, HEADER)
copy: copy measurements from '/tmp/none.csv'
copy: COPY measurements TO STDOUT
copy: COPY (SELECT * FROM measurements) TO STDOUT (FORMAT csv)
copy: COPY (DELETE FROM measurements RETURNING *) TO STDOUT
copy: COPY measurements TO PROGRAM 'cat'
copy: COPY (SELECT audit(value::text) FROM measurements) TO STDOUT
ddl: TRUNCATE measurements CASCADE
ddl: TRUNCATE TABLE ONLY measurements RESTART IDENTITY CASCADE
ddl: DROP TABLE measurements CASCADE
ddl: DROP TABLE IF EXISTS public.measurements CASCADE
ddl: ALTER TABLE measurements ADD COLUMN extra int
ddl: ALTER TABLE measurements ADD COLUMN extra varchar(10) DEFAULT 'a' NOT NULL
ddl: ALTER TABLE measurements DROP COLUMN value CASCADE
ddl: ALTER TABLE measurements RENAME TO other
ddl: ALTER TABLE measurements ALTER COLUMN value SET DEFAULT NULL
ddl: ALTER TABLE measurements ADD CHECK (sensor IS NOT NULL) NOT VALID
ddl: ALTER TABLE measurements ENABLE ROW LEVEL SECURITY
ddl: CREATE INDEX ON measurements (value)
ddl: CREATE UNIQUE INDEX idx_measurements ON measurements USING btree (sensor, value) WHERE sensor IS NOT NULL
ddl: CREATE INDEX ON measurements (lower(value::text))
ddl: CREATE TABLE new_measurements (LIKE measurements INCLUDING ALL)
ddl: CREATE TABLE new_measurements AS SELECT * FROM measurements
ddl: CREATE TABLE IF NOT EXISTS new_measurements AS TABLE measurements WITH NO DATA
ddl: CREATE VIEW v_measurements AS SELECT sensor FROM measurements
ddl: CREATE OR REPLACE VIEW v_measurements (sensor) AS SELECT sensor FROM measurements WITH CHECK OPTION
ddl: CREATE MATERIALIZED VIEW m_measurements AS SELECT * FROM measurements
ddl: COMMENT ON TABLE measurements IS 'a table; really'
ddl: COMMENT ON COLUMN measurements.value IS NULL
ddl: GRANT SELECT, UPDATE (value) ON measurements TO PUBLIC
ddl: REVOKE ALL ON measurements FROM PUBLIC
ddl: CREATE POLICY p ON measurements USING (true)
ddl: CREATE RULE r AS ON DELETE TO measurements DO INSTEAD NOTHING
ddl: CREATE STATISTICS ON sensor, value FROM measurements
ddl: CREATE TEMP TABLE t_measurements AS SELECT * FROM measurements
ddl: CREATE TEMPORARY TABLE t_measurements (LIKE measurements) ON COMMIT DROP
ddl: CREATE LOCAL TEMP VIEW t_measurements AS SELECT sensor FROM measurements
ddl: CREATE TABLE part_measurements PARTITION OF measurements DEFAULT
lock: LOCK measurements
lock: LOCK TABLE ONLY measurements IN SHARE ROW EXCLUSIVE MODE NOWAIT
lock: lock table measurements in access share mode
explain: EXPLAIN ANALYZE SELECT * FROM measurements
explain: EXPLAIN ANALYZE DELETE FROM measurements
explain: EXPLAIN (ANALYZE, BUFFERS) UPDATE measurements SET value = 1
explain: EXPLAIN (ANALYZE TRUE) INSERT INTO measurements (sensor, value) VALUES (90, 1)
explain: EXPLAIN DELETE FROM measurements
explain: EXPLAIN VERBOSE INSERT INTO measurements (sensor, value) VALUES (90, 1)
explain: explain analyze verbose select audit(value::text) from measurements
explain: EXPLAIN (VERBOSE, ANALYZE) WITH x AS (DELETE FROM measurements RETURNING 1) SELECT * FROM x
explain: EXPLAIN CREATE TABLE x AS SELECT * FROM measurements
explain: EXPLAIN SELECT audit(value::text) FROM measurements
explain: EXPLAIN SELECT * FROM measurements FOR UPDATE
declare: DECLARE c CURSOR FOR SELECT * FROM measurements
declare: DECLARE c SCROLL CURSOR WITHOUT HOLD FOR SELECT sensor FROM measurements
declare: DECLARE "C 1" BINARY CURSOR FOR TABLE measurements
declare: DECLARE c CURSOR FOR SELECT * FROM measurements FOR UPDATE
declarehold: DECLARE c CURSOR WITH HOLD FOR SELECT * FROM measurements
declarehold: declare c no scroll cursor with hold for select 1 from measurements
prepare: PREPARE p AS SELECT * FROM measurements
prepare: PREPARE p (int) AS DELETE FROM measurements
prepare: prepare "P" as insert into measurements (sensor, value) values (90, 1)
merge: MERGE INTO measurements AS x USING (SELECT 1 AS n) s ON false WHEN NOT MATCHED THEN INSERT (sensor, value) VALUES (90, 1)
merge: MERGE INTO measurements x USING measurements y ON x.sensor = y.sensor WHEN MATCHED AND x.sensor IS NULL THEN DELETE WHEN MATCHED THEN UPDATE SET value = y.value
merge: WITH s AS (SELECT 1 AS n) MERGE INTO measurements USING s ON true WHEN MATCHED THEN DO NOTHING
utility: VACUUM measurements
utility: VACUUM (ANALYZE, VERBOSE) measurements
utility: ANALYZE measurements (value)
utility: REINDEX TABLE measurements
utility: CLUSTER measurements
script: SELECT 1; DELETE FROM measurements
script: SELECT * FROM measurements; UPDATE measurements SET value = 1; SELECT 2
script: SELECT 1;
    -- now
    INSERT INTO measurements (sensor, value) VALUES (90, 1);
script: SELECT 1; SELECT audit('x'); SELECT sensor FROM measurements
script: SELECT ';'; TRUNCATE measurements CASCADE
script: SELECT $$;$$; DROP TABLE measurements CASCADE
script: SELECT 1 /* ; */; DELETE FROM measurements /* SELECT */
select: SELECT nextval('order_numbers')
select: SELECT nextval('"Odd Numbers"'::regclass)
select: SELECT "nextval"('order_numbers')
select: SELECT pg_catalog.nextval('order_numbers')
select: SELECT setval('order_numbers', 5)
select: SELECT setval('order_numbers', 5, false)
select: SELECT pg_advisory_lock(1)
select: SELECT pg_advisory_lock_shared(1, 2)
select: SELECT pg_try_advisory_lock(1)
select: SELECT pg_advisory_xact_lock(1)
select: SELECT pg_try_advisory_xact_lock_shared(1)
select: SELECT pg_advisory_unlock(1)
select: SELECT pg_advisory_unlock_all()
select: SELECT set_config('a.b', 'c', false)
select: SELECT set_config('search_path', $1, true)
select: SELECT pg_catalog.set_config('a.b', 'c', true)
select: SELECT pg_notify('channel', 'hello')
select: SELECT lo_create(0)
select: SELECT lo_unlink(1)
select: SELECT lo_import('/tmp/none')
select: SELECT lo_from_bytea(0, 'abc')
select: SELECT pg_export_snapshot()
select: SELECT txid_current()
select: SELECT pg_current_xact_id()
select: SELECT pg_sleep(0.001)
select: SELECT setseed(0.5)
select: SELECT query_to_xml('select 1', true, true, '')
select: SELECT query_to_xml('delete from orders', true, true, '')
select: SELECT cursor_to_xml('c', 1, true, true, '')
select: SELECT table_to_xml('orders', true, true, '')
select: SELECT schema_to_xml('public', true, true, '')
select: SELECT database_to_xml(true, true, '')
select: SELECT ts_stat('select search from products')
select: SELECT ts_rewrite('a'::tsquery, 'select ''a''::tsquery, ''b''::tsquery')
select: SELECT pg_cancel_backend(0)
select: SELECT pg_terminate_backend(0)
select: SELECT pg_switch_wal()
select: SELECT pg_create_restore_point('x')
select: SELECT pg_logical_emit_message(true, 'a', 'b')
select: SELECT pg_stat_reset()
select: SELECT pg_reload_conf()
select: SELECT pg_rotate_logfile()
select: SELECT pg_read_file('/etc/hostname')
select: SELECT pg_ls_dir('.')
select: SELECT pg_stat_file('.')
select: SELECT pg_create_physical_replication_slot('x')
select: SELECT pg_drop_replication_slot('x')
select: SELECT brin_summarize_new_values('x')
select: SELECT gin_clean_pending_list('x')
select: SELECT lastval()
select: SELECT currval('order_numbers')
select: SELECT audit('x')
select: SELECT public.audit('x')
select: SELECT "audit"('x')
select: SELECT "public"."audit"('x')
select: SELECT audit ('x')
select: SELECT audit/**/('x')
select: SELECT audit
    ('x')
select: SELECT audit(text 'x')
select: SELECT shop.lower('x')
select: SELECT shop . lower ( 'x' )
select: SELECT shop."lower"('x')
select: SELECT "shop".lower('x')
select: SELECT "Lower"('x')
select: SELECT filter(1)
select: SELECT first(1)
select: SELECT next_ticket()
select: SELECT touch(1)
select: SELECT (touch(1)).id
select: SELECT (touch(1)).*
select: SELECT * from touch(1)
select: SELECT * from touch(1) as t (a)
select: SELECT * from touch(1) with ordinality
select: SELECT * from rows from (touch(1), generate_series(1, 2)) as x
select: SELECT * from next_ticket()
select: SELECT * from next_ticket() as t (n)
select: SELECT * from orders, touch(orders.id)
select: SELECT order_total(1)
select: SELECT dblink('x', 'delete from orders')
select: SELECT dblink_exec('delete from orders')
select: SELECT uuid_generate_v4()
select: SELECT crosstab('select 1')
select: SELECT ST_Area(geom)
select: SELECT my_schema.my_function(1, 2)
select: SELECT a.b.c(1)
select: SELECT 1 === 2
select: SELECT 1::numeric === 2::numeric
select: SELECT 1 operator(public.===) 2
select: SELECT amount === 1 from ledger
select: SELECT 'x'::spy
select: SELECT spy 'x'
select: SELECT public.spy 'x'
select: SELECT cast('x' as spy)
select: SELECT 'x'::public.spy
select: SELECT 'x'::"spy"
select: SELECT '{x}'::spy[]
select: SELECT 'paid'::order_status
select: SELECT contact::text::email_address from customers
select: SELECT jsonb_populate_record(null::orders, '{}')
select: SELECT * from json_populate_recordset(null::orders, '[]')
select: SELECT * from json_to_record('{"a": "x"}') as t (a spy)
select: SELECT pg_catalog.pg_notify('a', 'b')
select: SELECT least(1, audit('x'))
select: SELECT greatest(next_ticket(), 1)
select: SELECT nullif(audit('x'), 1)
select: SELECT array[audit('x')]
select: SELECT row(audit('x'))
select: SELECT (audit('x'))
select: SELECT audit('x')::text
select: SELECT - audit('x')
select: SELECT audit('x') between 0 and 2
select: SELECT 1 in (audit('x'))
select: SELECT 1 in (select audit('x'))
select: SELECT 1 = any (array[audit('x')])
select: SELECT 'a' like audit('x')::text
select: SELECT 'a' like 'b' escape left(audit('x')::text, 1)
select: SELECT case audit('x') when 1 then 2 end
select: SELECT case when false then 1 else audit('x') end
select: SELECT substring('abc' from audit('x'))
select: SELECT extract(epoch from now() + audit('x') * interval '1 s')
select: SELECT position(audit('x')::text in 'abc')
select: SELECT trim(both audit('x')::text from 'abc')
select: SELECT overlay('abc' placing 'x' from audit('x'))
select: SELECT coalesce(audit('x'), 1)
select: SELECT string_agg(audit('x')::text, ',')
select: SELECT count(distinct audit('x'))
select: SELECT array_agg(x order by audit('x')) from generate_series(1, 2) x
select: SELECT row_number() over (order by audit('x'))
select: SELECT sum(x) over w from generate_series(1, 2) x window w as (partition by audit('x'))
select: SELECT 1 order by audit('x')
select: SELECT 1 group by audit('x')
select: SELECT 1 limit audit('x')
select: SELECT 1 offset audit('x')
select: SELECT 1 fetch first (audit('x')) rows only
select: SELECT 1 where audit('x') = 1
select: SELECT 1 having audit('x') = 1
select: SELECT 1 from (values (audit('x'))) v
select: SELECT 1 from (select audit('x') offset 0) v
select: SELECT 1 from generate_series(1, audit('x')) g
select: SELECT 1 from orders tablesample bernoulli (audit('x'))
select: SELECT x from generate_series(1, 2) x group by grouping sets ((x), (audit('x')))
select: SELECT a from (select 1 as a) s where s.a = audit('x')
select: SELECT interval '1 day' * audit('x')
select: SELECT now() at time zone lower(audit('x')::text)
select: SELECT 'a' collate "C" < audit('x')::text
select: SELECT (array[1, 2])[audit('x')]
select: SELECT (array[1, 2])[1:audit('x')]
select: SELECT xmlelement(name a, audit('x'))
select: SELECT json_build_object('a', audit('x'))
select: SELECT format('%s', audit('x'))
select: SELECT concat(audit('x'))
select: SELECT 1 union select audit('x')
select: SELECT 1 except all select audit('x')
select: SELECT 1 for update
select: SELECT 1 into x
select: SELECT 1 as a into b
select: SELECT * into a from orders
select: SELECT 1 for share of x
select: SELECT pg_promote()
select: SELECT pg_wal_replay_pause()
select: SELECT currtid2('x', '(0,0)')
select: SELECT pg_nextoid('pg_class', 'oid', 'x')
select: SELECT binary_upgrade_set_next_pg_type_oid(1)
select: SELECT domain_in('x', 'spy'::regtype, -1)
select: SELECT array_in('{x}', 'spy'::regtype, -1)
select: SELECT record_in('(x)', 'orders'::regtype, -1)
select: SELECT pg_import_system_collations('public')
select: SELECT loread(1, 2)
select: SELECT lo_put(1, 0, 'x')
select: SELECT lo_get(1)
select: SELECT textin('x')
select: SELECT int4in('1')
select: SELECT inserted.update(1)
select: VALUES (audit('x'))
select: VALUES (1), (audit('x'))
select: SELECT audit('x');
select: (SELECT audit('x'))
select: WITH a AS (SELECT audit('x')) SELECT 1
select: WITH a (x) AS (VALUES (audit('x'))) TABLE a
select: SELECT 1 UNION ALL (SELECT audit('x'))
select: SELECT ((((audit('x')))))
select: SELECT	audit('x')
select: SELECT/**/audit('x')
select: SELECT -- x
    audit('x')
select: SELECT 'a', audit('x'), 'b'
unreadable: SELECT E'\'', audit('x'), '\'
select: SELECT $$a$$, audit('x')
select: SELECT $a$ $b$ $a$, audit('x')
select: SELECT U&'a', audit('x')
select: SELECT 1 /* /* */ */, audit('x')
select: SELECT 1 -- 
    , audit('x')
select: SELECT DISTINCT audit('x')
select: SELECT ALL audit('x')
select: SELECT DISTINCT ON (1) audit('x')
select: SELECT 1 AS a, audit('x') AS b
select: SELECT 1 a, audit('x') b
select: /* weir: replica */ SELECT audit('x')
select: SELECT audit('x') /* weir: replica */
select: SELECT * FROM (SELECT audit('x')) a (b)
select: SELECT true AND audit('x') IS NULL
select: SELECT NOT audit('x') IS NULL
select: SELECT 1 + audit('x')
select: SELECT '1'::int + audit('x')
select: SELECT CAST(audit('x') AS text)
select: SELECT (audit('x'))::text
select: SELECT 1 WHERE EXISTS (SELECT audit('x'))
select: SELECT x FROM generate_series(1, 1) AS x WHERE x < audit('x')
select: SELECT x FROM generate_series(1, 1) x JOIN generate_series(1, 1) y ON x = audit('x')
select: SELECT x FROM generate_series(1, 1) x, LATERAL (SELECT audit('x')) y
select: SELECT CASE WHEN 1 = 1 THEN audit('x') ELSE 0 END
select: VALUES (public.audit('x'))
select: VALUES (1), (public.audit('x'))
select: SELECT public.audit('x');
select: (SELECT public.audit('x'))
select: WITH a AS (SELECT public.audit('x')) SELECT 1
select: WITH a (x) AS (VALUES (public.audit('x'))) TABLE a
select: SELECT 1 UNION ALL (SELECT public.audit('x'))
select: SELECT ((((public.audit('x')))))
select: SELECT	public.audit('x')
select: SELECT/**/public.audit('x')
select: SELECT -- x
    public.audit('x')
select: SELECT 'a', public.audit('x'), 'b'
unreadable: SELECT E'\'', public.audit('x'), '\'
select: SELECT $$a$$, public.audit('x')
select: SELECT $a$ $b$ $a$, public.audit('x')
select: SELECT U&'a', public.audit('x')
select: SELECT 1 /* /* */ */, public.audit('x')
select: SELECT 1 -- 
    , public.audit('x')
select: SELECT DISTINCT public.audit('x')
select: SELECT ALL public.audit('x')
select: SELECT DISTINCT ON (1) public.audit('x')
select: SELECT 1 AS a, public.audit('x') AS b
select: SELECT 1 a, public.audit('x') b
select: /* weir: replica */ SELECT public.audit('x')
select: SELECT public.audit('x') /* weir: replica */
select: SELECT * FROM (SELECT public.audit('x')) a (b)
select: SELECT true AND public.audit('x') IS NULL
select: SELECT NOT public.audit('x') IS NULL
select: SELECT 1 + public.audit('x')
select: SELECT '1'::int + public.audit('x')
select: SELECT CAST(public.audit('x') AS text)
select: SELECT (public.audit('x'))::text
select: SELECT 1 WHERE EXISTS (SELECT public.audit('x'))
select: SELECT x FROM generate_series(1, 1) AS x WHERE x < public.audit('x')
select: SELECT x FROM generate_series(1, 1) x JOIN generate_series(1, 1) y ON x = public.audit('x')
select: SELECT x FROM generate_series(1, 1) x, LATERAL (SELECT public.audit('x')) y
select: SELECT CASE WHEN 1 = 1 THEN public.audit('x') ELSE 0 END
select: VALUES (nextval('order_numbers'))
select: VALUES (1), (nextval('order_numbers'))
select: SELECT nextval('order_numbers');
select: (SELECT nextval('order_numbers'))
select: WITH a AS (SELECT nextval('order_numbers')) SELECT 1
select: WITH a (x) AS (VALUES (nextval('order_numbers'))) TABLE a
select: SELECT 1 UNION ALL (SELECT nextval('order_numbers'))
select: SELECT ((((nextval('order_numbers')))))
select: SELECT	nextval('order_numbers')
select: SELECT/**/nextval('order_numbers')
select: SELECT -- x
    nextval('order_numbers')
select: SELECT 'a', nextval('order_numbers'), 'b'
unreadable: SELECT E'\'', nextval('order_numbers'), '\'
select: SELECT $$a$$, nextval('order_numbers')
select: SELECT $a$ $b$ $a$, nextval('order_numbers')
select: SELECT U&'a', nextval('order_numbers')
select: SELECT 1 /* /* */ */, nextval('order_numbers')
select: SELECT 1 -- 
    , nextval('order_numbers')
select: SELECT DISTINCT nextval('order_numbers')
select: SELECT ALL nextval('order_numbers')
select: SELECT DISTINCT ON (1) nextval('order_numbers')
select: SELECT 1 AS a, nextval('order_numbers') AS b
select: SELECT 1 a, nextval('order_numbers') b
select: /* weir: replica */ SELECT nextval('order_numbers')
select: SELECT nextval('order_numbers') /* weir: replica */
select: SELECT * FROM (SELECT nextval('order_numbers')) a (b)
select: SELECT true AND nextval('order_numbers') IS NULL
select: SELECT NOT nextval('order_numbers') IS NULL
select: SELECT 1 + nextval('order_numbers')
select: SELECT '1'::int + nextval('order_numbers')
select: SELECT CAST(nextval('order_numbers') AS text)
select: SELECT (nextval('order_numbers'))::text
select: SELECT 1 WHERE EXISTS (SELECT nextval('order_numbers'))
select: SELECT x FROM generate_series(1, 1) AS x WHERE x < nextval('order_numbers')
select: SELECT x FROM generate_series(1, 1) x JOIN generate_series(1, 1) y ON x = nextval('order_numbers')
select: SELECT x FROM generate_series(1, 1) x, LATERAL (SELECT nextval('order_numbers')) y
select: SELECT CASE WHEN 1 = 1 THEN nextval('order_numbers') ELSE 0 END
select: VALUES (next_ticket())
select: VALUES (1), (next_ticket())
select: SELECT next_ticket();
select: (SELECT next_ticket())
select: WITH a AS (SELECT next_ticket()) SELECT 1
select: WITH a (x) AS (VALUES (next_ticket())) TABLE a
select: SELECT 1 UNION ALL (SELECT next_ticket())
select: SELECT ((((next_ticket()))))
select: SELECT	next_ticket()
select: SELECT/**/next_ticket()
select: SELECT -- x
    next_ticket()
select: SELECT 'a', next_ticket(), 'b'
unreadable: SELECT E'\'', next_ticket(), '\'
select: SELECT $$a$$, next_ticket()
select: SELECT $a$ $b$ $a$, next_ticket()
select: SELECT U&'a', next_ticket()
select: SELECT 1 /* /* */ */, next_ticket()
select: SELECT 1 -- 
    , next_ticket()
select: SELECT DISTINCT next_ticket()
select: SELECT ALL next_ticket()
select: SELECT DISTINCT ON (1) next_ticket()
select: SELECT 1 AS a, next_ticket() AS b
select: SELECT 1 a, next_ticket() b
select: /* weir: replica */ SELECT next_ticket()
select: SELECT next_ticket() /* weir: replica */
select: SELECT * FROM (SELECT next_ticket()) a (b)
select: SELECT true AND next_ticket() IS NULL
select: SELECT NOT next_ticket() IS NULL
select: SELECT 1 + next_ticket()
select: SELECT '1'::int + next_ticket()
select: SELECT CAST(next_ticket() AS text)
select: SELECT (next_ticket())::text
select: SELECT 1 WHERE EXISTS (SELECT next_ticket())
select: SELECT x FROM generate_series(1, 1) AS x WHERE x < next_ticket()
select: SELECT x FROM generate_series(1, 1) x JOIN generate_series(1, 1) y ON x = next_ticket()
select: SELECT x FROM generate_series(1, 1) x, LATERAL (SELECT next_ticket()) y
select: SELECT CASE WHEN 1 = 1 THEN next_ticket() ELSE 0 END
select: VALUES (setval('order_numbers', 1))
select: VALUES (1), (setval('order_numbers', 1))
select: SELECT setval('order_numbers', 1);
select: (SELECT setval('order_numbers', 1))
select: WITH a AS (SELECT setval('order_numbers', 1)) SELECT 1
select: WITH a (x) AS (VALUES (setval('order_numbers', 1))) TABLE a
select: SELECT 1 UNION ALL (SELECT setval('order_numbers', 1))
select: SELECT ((((setval('order_numbers', 1)))))
select: SELECT	setval('order_numbers', 1)
select: SELECT/**/setval('order_numbers', 1)
select: SELECT -- x
    setval('order_numbers', 1)
select: SELECT 'a', setval('order_numbers', 1), 'b'
unreadable: SELECT E'\'', setval('order_numbers', 1), '\'
select: SELECT $$a$$, setval('order_numbers', 1)
select: SELECT $a$ $b$ $a$, setval('order_numbers', 1)
select: SELECT U&'a', setval('order_numbers', 1)
select: SELECT 1 /* /* */ */, setval('order_numbers', 1)
select: SELECT 1 -- 
    , setval('order_numbers', 1)
select: SELECT DISTINCT setval('order_numbers', 1)
select: SELECT ALL setval('order_numbers', 1)
select: SELECT DISTINCT ON (1) setval('order_numbers', 1)
select: SELECT 1 AS a, setval('order_numbers', 1) AS b
select: SELECT 1 a, setval('order_numbers', 1) b
select: /* weir: replica */ SELECT setval('order_numbers', 1)
select: SELECT setval('order_numbers', 1) /* weir: replica */
select: SELECT * FROM (SELECT setval('order_numbers', 1)) a (b)
select: SELECT true AND setval('order_numbers', 1) IS NULL
select: SELECT NOT setval('order_numbers', 1) IS NULL
select: SELECT 1 + setval('order_numbers', 1)
select: SELECT '1'::int + setval('order_numbers', 1)
select: SELECT CAST(setval('order_numbers', 1) AS text)
select: SELECT (setval('order_numbers', 1))::text
select: SELECT 1 WHERE EXISTS (SELECT setval('order_numbers', 1))
select: SELECT x FROM generate_series(1, 1) AS x WHERE x < setval('order_numbers', 1)
select: SELECT x FROM generate_series(1, 1) x JOIN generate_series(1, 1) y ON x = setval('order_numbers', 1)
select: SELECT x FROM generate_series(1, 1) x, LATERAL (SELECT setval('order_numbers', 1)) y
select: SELECT CASE WHEN 1 = 1 THEN setval('order_numbers', 1) ELSE 0 END
unreadable: SELECT 'a\'
unreadable: SELECT 'a\', audit('x'), '\'
unreadable: SELECT '\'; DELETE FROM orders; --'
unreadable: SELECT "a
unreadable: SELECT 'a
unreadable: SELECT $$a
unreadable: SELECT $a$ $b$
unreadable: SELECT /* 1
unreadable: SELECT /* /* */ 1
unreadable: SELECT 1a
unreadable: SELECT 1..2
unreadable: SELECT $1a
unreadable: SELECT (1
unreadable: SELECT 1)
unreadable: SELECT (1]
unreadable: SELECT a[1)
unreadable: SELECT [1
unreadable: SELECT 1 //* */ 2
unreadable: SELECT 1 |/* */ 2
unreadable: SELECT 1 #-- 2
unreadable: SELECT E'a' -- x
    'b\''
unreadable: SELECT B'\''
unreadable: SELECT K
unreadable: SELECT İ
unreadable: SELECT * FROM orders FOR KEY SHARE
unreadable: CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END
unreadable: CREATE RULE r AS ON INSERT TO orders DO (DELETE FROM items; DELETE FROM events)
unreadable: SELECT 0 AS a$ , $b c
unreadable: SELECT 1e+
unreadable: SELECT 1e5x
unreadable: CREATE PROCEDURE p() BEGIN ATOMIC DELETE FROM orders; END
unknown: SELEC 1
unknown: SELECTED
unknown: FROM orders SELECT 1
unknown: WHERE 1 = 1
unknown: "SELECT" 1
unknown: 'SELECT 1'
unknown: $$SELECT 1$$
unknown: 1
unknown: *
unknown: ?
unknown: WITH a AS (SELECT 1)
unknown: WITH
unknown: (DELETE FROM orders)
unknown: (INSERT INTO events (kind) VALUES ('x'))
unknown: (audit('x'))
unknown: EXEC p
unknown: GO
unknown: DELIMITER ;
unknown: DESCRIBE orders
unknown: DESC orders
unknown: PRAGMA table_info(orders)
unknown: REPLACE INTO orders VALUES (1)
unknown: UPSERT_LIKE x
unknown: HANDLER orders OPEN
unknown: KILL 1
unknown: SIGNAL x
unknown: IF true THEN SELECT 1
unknown: BEGINX
unknown: COMMITX
unknown: ROLL BACK
unknown: SET
unknown: SET x
unknown: SET x =
unknown: SET x = (SELECT 1)
unknown: SET x = audit('x')
unknown: SET x = $1
unknown: RESET
unknown: RESET a b
unknown: DISCARD
unknown: DISCARD ALL x
unknown: DISCARD EVERYTHING
unknown: COMMIT x
unknown: COMMIT AND
unknown: ROLLBACK x y
unknown: ROLLBACK TO
unknown: SAVEPOINT
unknown: SAVEPOINT a b
unknown: RELEASE
unknown: START
unknown: START REPLICATION
unknown: DEALLOCATE
unknown: DEALLOCATE a b
unknown: LISTEN
unknown: LISTEN a b
unknown: UNLISTEN
unknown: CLOSE
unknown: CLOSE a b
unknown: FETCH
unknown: DECLARE c FOR SELECT 1
unknown: DECLARE
unknown: PREPARE
unknown: EXECUTE
unknown: SET TIME ZONE LOCAL x
unknown: SET ROLE NONE x
unknown: SET LOCAL
unknown: SET SESSION
unknown: SET SESSION CHARACTERISTICS
unknown: SET SESSION CHARACTERISTICS AS x
unknown: SET = 1
unknown: SET 1 = 2
unknown: \d orders
unknown: \copy orders from x
unknown: ﻿SELECT 1
unknown: @
unknown: { call f() }
unknown: {}
unknown: [SELECT 1]
unknown: a := 1
unknown: SELECT_1
unknown: select1
unknown: _select 1
unknown: select$ 1
unknown: INSERTED INTO x
unknown: REINDEXING
unknown: U&"SELECT" 1
unknown: N'SELECT'
unknown: E'SELECT'
unknown: END x
unknown: END PREPARED
unknown: ABORT TO a
unknown: ANALYZER x
unknown: XA COMMIT 'x'
unknown: SHUTDOWN
unknown: PURGE x
unknown: MERGED
unknown: CREATED TABLE x
unknown: DROPPED x
begin: BEGIN
begin: begin
begin: BEGIN;
begin: BEGIN WORK
begin: BEGIN TRANSACTION
begin: START TRANSACTION
begin: start  transaction ;
begin: BEGIN ISOLATION LEVEL SERIALIZABLE
begin: BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ
begin: BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE
begin: BEGIN ISOLATION LEVEL READ UNCOMMITTED
begin: BEGIN READ ONLY
begin: BEGIN READ WRITE
begin: BEGIN READ ONLY, DEFERRABLE
begin: BEGIN NOT DEFERRABLE
begin: START TRANSACTION READ ONLY
begin: START TRANSACTION ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE
begin: /* x */ BEGIN
begin: BEGIN -- x
begin: BEGIN/**/WORK
begin: 
    BEGIN
begin: BEGIN FROBNICATE
commit: COMMIT
commit: commit;
commit: COMMIT WORK
commit: COMMIT TRANSACTION
commit: END
commit: END WORK
commit: END TRANSACTION
commit: COMMIT AND CHAIN
commit: COMMIT WORK AND NO CHAIN
commit: END AND CHAIN
commit: /* x */ COMMIT
commit: COMMIT -- x
rollback: ROLLBACK
rollback: rollback;
rollback: ROLLBACK WORK
rollback: ROLLBACK TRANSACTION
rollback: ABORT
rollback: ABORT WORK
rollback: ROLLBACK AND CHAIN
rollback: ROLLBACK TRANSACTION AND NO CHAIN
rollback: ABORT AND CHAIN
rollback: /* x */ROLLBACK
savepoint: SAVEPOINT a
savepoint: savepoint "A b"
savepoint: SAVEPOINT cockroach_restart
savepoint: SAVEPOINT savepoint
savepoint: SAVEPOINT _1
release: RELEASE a
release: RELEASE SAVEPOINT a
release: release savepoint "A b"
release: RELEASE savepoint
rollbackto: ROLLBACK TO a
rollbackto: ROLLBACK TO SAVEPOINT a
rollbackto: ROLLBACK WORK TO SAVEPOINT "A b"
rollbackto: rollback transaction to a
rollbackto: ROLLBACK TO savepoint
preparetransaction: PREPARE TRANSACTION 'x'
preparetransaction: prepare transaction 'a''b'
commitprepared: COMMIT PREPARED 'x'
commitprepared: commit prepared 'a''b'
rollbackprepared: ROLLBACK PREPARED 'x'
rollbackprepared: rollback prepared 'y'
set: SET search_path TO shop, public
set: SET search_path = shop, public
set: SET SESSION search_path = shop, public
set: SET LOCAL search_path TO shop, public
set: set search_path=shop, public;
set: SET search_path TO DEFAULT
set: /* x */ SET SEARCH_PATH = DEFAULT
reset: RESET search_path
reset: reset search_path;
show: SHOW search_path
set: SET work_mem TO '1'
set: SET work_mem = '1'
set: SET SESSION work_mem = '1'
set: SET LOCAL work_mem TO '1'
set: set work_mem='1';
set: SET work_mem TO DEFAULT
set: /* x */ SET WORK_MEM = DEFAULT
reset: RESET work_mem
reset: reset work_mem;
show: SHOW work_mem
set: SET statement_timeout TO '1'
set: SET statement_timeout = '1'
set: SET SESSION statement_timeout = '1'
set: SET LOCAL statement_timeout TO '1'
set: set statement_timeout='1';
set: SET statement_timeout TO DEFAULT
set: /* x */ SET STATEMENT_TIMEOUT = DEFAULT
reset: RESET statement_timeout
reset: reset statement_timeout;
show: SHOW statement_timeout
set: SET application_name TO 'weir; test'
set: SET application_name = 'weir; test'
set: SET SESSION application_name = 'weir; test'
set: SET LOCAL application_name TO 'weir; test'
set: set application_name='weir; test';
set: SET application_name TO DEFAULT
set: /* x */ SET APPLICATION_NAME = DEFAULT
reset: RESET application_name
reset: reset application_name;
show: SHOW application_name
set: SET datestyle TO 'ISO, DMY'
set: SET datestyle = 'ISO, DMY'
set: SET SESSION datestyle = 'ISO, DMY'
set: SET LOCAL datestyle TO 'ISO, DMY'
set: set datestyle='ISO, DMY';
set: SET datestyle TO DEFAULT
set: /* x */ SET DATESTYLE = DEFAULT
reset: RESET datestyle
reset: reset datestyle;
show: SHOW datestyle
set: SET intervalstyle TO '1'
set: SET intervalstyle = '1'
set: SET SESSION intervalstyle = '1'
set: SET LOCAL intervalstyle TO '1'
set: set intervalstyle='1';
set: SET intervalstyle TO DEFAULT
set: /* x */ SET INTERVALSTYLE = DEFAULT
reset: RESET intervalstyle
reset: reset intervalstyle;
show: SHOW intervalstyle
set: SET timezone TO 'UTC'
set: SET timezone = 'UTC'
set: SET SESSION timezone = 'UTC'
set: SET LOCAL timezone TO 'UTC'
set: set timezone='UTC';
set: SET timezone TO DEFAULT
set: /* x */ SET TIMEZONE = DEFAULT
reset: RESET timezone
reset: reset timezone;
show: SHOW timezone
set: SET client_min_messages TO '1'
set: SET client_min_messages = '1'
set: SET SESSION client_min_messages = '1'
set: SET LOCAL client_min_messages TO '1'
set: set client_min_messages='1';
set: SET client_min_messages TO DEFAULT
set: /* x */ SET CLIENT_MIN_MESSAGES = DEFAULT
reset: RESET client_min_messages
reset: reset client_min_messages;
show: SHOW client_min_messages
set: SET bytea_output TO '1'
set: SET bytea_output = '1'
set: SET SESSION bytea_output = '1'
set: SET LOCAL bytea_output TO '1'
set: set bytea_output='1';
set: SET bytea_output TO DEFAULT
set: /* x */ SET BYTEA_OUTPUT = DEFAULT
reset: RESET bytea_output
reset: reset bytea_output;
show: SHOW bytea_output
set: SET extra_float_digits TO '1'
set: SET extra_float_digits = '1'
set: SET SESSION extra_float_digits = '1'
set: SET LOCAL extra_float_digits TO '1'
set: set extra_float_digits='1';
set: SET extra_float_digits TO DEFAULT
set: /* x */ SET EXTRA_FLOAT_DIGITS = DEFAULT
reset: RESET extra_float_digits
reset: reset extra_float_digits;
show: SHOW extra_float_digits
set: SET default_transaction_isolation TO '1'
set: SET default_transaction_isolation = '1'
set: SET SESSION default_transaction_isolation = '1'
set: SET LOCAL default_transaction_isolation TO '1'
set: set default_transaction_isolation='1';
set: SET default_transaction_isolation TO DEFAULT
set: /* x */ SET DEFAULT_TRANSACTION_ISOLATION = DEFAULT
reset: RESET default_transaction_isolation
reset: reset default_transaction_isolation;
show: SHOW default_transaction_isolation
set: SET default_transaction_read_only TO '1'
set: SET default_transaction_read_only = '1'
set: SET SESSION default_transaction_read_only = '1'
set: SET LOCAL default_transaction_read_only TO '1'
set: set default_transaction_read_only='1';
set: SET default_transaction_read_only TO DEFAULT
set: /* x */ SET DEFAULT_TRANSACTION_READ_ONLY = DEFAULT
reset: RESET default_transaction_read_only
reset: reset default_transaction_read_only;
show: SHOW default_transaction_read_only
set: SET lock_timeout TO '1'
set: SET lock_timeout = '1'
set: SET SESSION lock_timeout = '1'
set: SET LOCAL lock_timeout TO '1'
set: set lock_timeout='1';
set: SET lock_timeout TO DEFAULT
set: /* x */ SET LOCK_TIMEOUT = DEFAULT
reset: RESET lock_timeout
reset: reset lock_timeout;
show: SHOW lock_timeout
set: SET idle_in_transaction_session_timeout TO '1'
set: SET idle_in_transaction_session_timeout = '1'
set: SET SESSION idle_in_transaction_session_timeout = '1'
set: SET LOCAL idle_in_transaction_session_timeout TO '1'
set: set idle_in_transaction_session_timeout='1';
set: SET idle_in_transaction_session_timeout TO DEFAULT
set: /* x */ SET IDLE_IN_TRANSACTION_SESSION_TIMEOUT = DEFAULT
reset: RESET idle_in_transaction_session_timeout
reset: reset idle_in_transaction_session_timeout;
show: SHOW idle_in_transaction_session_timeout
set: SET my.setting TO 'a'
set: SET my.setting = 'a'
set: SET SESSION my.setting = 'a'
set: SET LOCAL my.setting TO 'a'
set: set my.setting='a';
set: SET my.setting TO DEFAULT
set: /* x */ SET MY.SETTING = DEFAULT
reset: RESET my.setting
reset: reset my.setting;
show: SHOW my.setting
set: SET jit TO '1'
set: SET jit = '1'
set: SET SESSION jit = '1'
set: SET LOCAL jit TO '1'
set: set jit='1';
set: SET jit TO DEFAULT
set: /* x */ SET JIT = DEFAULT
reset: RESET jit
reset: reset jit;
show: SHOW jit
set: SET enable_seqscan TO '1'
set: SET enable_seqscan = '1'
set: SET SESSION enable_seqscan = '1'
set: SET LOCAL enable_seqscan TO '1'
set: set enable_seqscan='1';
set: SET enable_seqscan TO DEFAULT
set: /* x */ SET ENABLE_SEQSCAN = DEFAULT
reset: RESET enable_seqscan
reset: reset enable_seqscan;
show: SHOW enable_seqscan
set: SET random_page_cost TO '1'
set: SET random_page_cost = '1'
set: SET SESSION random_page_cost = '1'
set: SET LOCAL random_page_cost TO '1'
set: set random_page_cost='1';
set: SET random_page_cost TO DEFAULT
set: /* x */ SET RANDOM_PAGE_COST = DEFAULT
reset: RESET random_page_cost
reset: reset random_page_cost;
show: SHOW random_page_cost
set: SET synchronous_commit TO '1'
set: SET synchronous_commit = '1'
set: SET SESSION synchronous_commit = '1'
set: SET LOCAL synchronous_commit TO '1'
set: set synchronous_commit='1';
set: SET synchronous_commit TO DEFAULT
set: /* x */ SET SYNCHRONOUS_COMMIT = DEFAULT
reset: RESET synchronous_commit
reset: reset synchronous_commit;
show: SHOW synchronous_commit
set: SET session_replication_role TO '1'
set: SET session_replication_role = '1'
set: SET SESSION session_replication_role = '1'
set: SET LOCAL session_replication_role TO '1'
set: set session_replication_role='1';
set: SET session_replication_role TO DEFAULT
set: /* x */ SET SESSION_REPLICATION_ROLE = DEFAULT
reset: RESET session_replication_role
reset: reset session_replication_role;
show: SHOW session_replication_role
set: SET standard_conforming_strings TO '1'
set: SET standard_conforming_strings = '1'
set: SET SESSION standard_conforming_strings = '1'
set: SET LOCAL standard_conforming_strings TO '1'
set: set standard_conforming_strings='1';
set: SET standard_conforming_strings TO DEFAULT
set: /* x */ SET STANDARD_CONFORMING_STRINGS = DEFAULT
reset: RESET standard_conforming_strings
reset: reset standard_conforming_strings;
show: SHOW standard_conforming_strings
set: SET xmloption TO '1'
set: SET xmloption = '1'
set: SET SESSION xmloption = '1'
set: SET LOCAL xmloption TO '1'
set: set xmloption='1';
set: SET xmloption TO DEFAULT
set: /* x */ SET XMLOPTION = DEFAULT
reset: RESET xmloption
reset: reset xmloption;
show: SHOW xmloption
set: SET row_security TO '1'
set: SET row_security = '1'
set: SET SESSION row_security = '1'
set: SET LOCAL row_security TO '1'
set: set row_security='1';
set: SET row_security TO DEFAULT
set: /* x */ SET ROW_SECURITY = DEFAULT
reset: RESET row_security
reset: reset row_security;
show: SHOW row_security
set: SET lc_messages TO '1'
set: SET lc_messages = '1'
set: SET SESSION lc_messages = '1'
set: SET LOCAL lc_messages TO '1'
set: set lc_messages='1';
set: SET lc_messages TO DEFAULT
set: /* x */ SET LC_MESSAGES = DEFAULT
reset: RESET lc_messages
reset: reset lc_messages;
show: SHOW lc_messages
set: SET temp_buffers TO '1'
set: SET temp_buffers = '1'
set: SET SESSION temp_buffers = '1'
set: SET LOCAL temp_buffers TO '1'
set: set temp_buffers='1';
set: SET temp_buffers TO DEFAULT
set: /* x */ SET TEMP_BUFFERS = DEFAULT
reset: RESET temp_buffers
reset: reset temp_buffers;
show: SHOW temp_buffers
set: SET role TO none
set: SET role = none
set: SET SESSION role = none
set: SET LOCAL role TO none
set: set role=none;
set: SET role TO DEFAULT
set: /* x */ SET ROLE = DEFAULT
reset: RESET role
reset: reset role;
show: SHOW role
set: SET TIME ZONE 'Europe/Berlin'
set: SET TIME ZONE LOCAL
set: SET TIME ZONE DEFAULT
set: SET LOCAL TIME ZONE -3
set: SET TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE
set: SET NAMES 'UTF8'
set: SET NAMES
set: SET SCHEMA 'shop'
set: SET ROLE postgres
set: SET ROLE NONE
set: SET LOCAL ROLE 'postgres'
set: SET SESSION AUTHORIZATION postgres
set: SET SESSION AUTHORIZATION DEFAULT
set: SET LOCAL SESSION AUTHORIZATION 'postgres'
set: SET XML OPTION DOCUMENT
set: SET XML OPTION CONTENT
set: SET search_path TO "$user", public
set: SET search_path = ''
set: SET "search_path" TO a
set: SET my."Odd Name" = 'x'
settransaction: SET TRANSACTION READ ONLY
settransaction: SET TRANSACTION ISOLATION LEVEL SERIALIZABLE
settransaction: SET LOCAL TRANSACTION READ WRITE
settransaction: SET SESSION TRANSACTION READ ONLY
settransaction: SET TRANSACTION SNAPSHOT '00000003-0000001B-1'
settransaction: set transaction isolation level read committed, read only, deferrable
characteristics: SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY
characteristics: SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ
constraints: SET CONSTRAINTS ALL DEFERRED
constraints: SET CONSTRAINTS a, b.c IMMEDIATE
reset: RESET TIME ZONE
reset: RESET ROLE
reset: RESET SESSION AUTHORIZATION
reset: RESET TRANSACTION ISOLATION LEVEL
reset: RESET "search_path"
resetall: RESET ALL
resetall: reset all;
discardall: DISCARD ALL
discardall: discard all;
discardplans: DISCARD PLANS
discardsequences: DISCARD SEQUENCES
discardtemp: DISCARD TEMP
discardtemp: DISCARD TEMPORARY
show: SHOW ALL
show: SHOW TIME ZONE
show: SHOW TRANSACTION ISOLATION LEVEL
show: SHOW SESSION AUTHORIZATION
show: show transaction_read_only;
execute: EXECUTE p
execute: EXECUTE p(1, 'a')
execute: execute "P" (audit('x'))
deallocate: DEALLOCATE p
deallocate: DEALLOCATE PREPARE p
deallocate: deallocate "P"
deallocate: DEALLOCATE prepare
deallocate: DEALLOCATE "all"
deallocateall: DEALLOCATE ALL
deallocateall: DEALLOCATE PREPARE ALL
listen: LISTEN channel
listen: listen "Channel"
unlisten: UNLISTEN channel
unlisten: unlisten "Channel"
unlistenall: UNLISTEN *
notify: NOTIFY channel
notify: NOTIFY channel, 'payload; x'
notify: notify "Channel", ''
fetch: FETCH c
fetch: FETCH NEXT FROM c
fetch: FETCH ALL IN c
fetch: FETCH FORWARD 5 FROM "C"
fetch: FETCH -1 FROM c
fetch: fetch absolute 3 c
fetch: MOVE c
fetch: MOVE BACKWARD ALL IN c
fetch: FETCH RELATIVE -2 IN c
close: CLOSE c
close: close "C"
close: CLOSE next
closeall: CLOSE ALL
call: CALL archive(1)
call: call public.archive($1)
call: CALL archive(audit('x'))
do: DO $$BEGIN DELETE FROM orders; END$$
do: DO LANGUAGE plpgsql 'BEGIN NULL; END'
do: do $x$ begin perform audit('x'); end $x$
utility: VACUUM
utility: VACUUM FULL ANALYZE
utility: ANALYZE
utility: ANALYZE VERBOSE
utility: CHECKPOINT
utility: LOAD 'auto_explain'
utility: REINDEX DATABASE corpus
utility: REINDEX (VERBOSE) INDEX i
utility: CLUSTER
ddl: CREATE TABLE a (b int PRIMARY KEY, c text DEFAULT 'x' CHECK (length(c) < 10), d numeric(10, 2) REFERENCES orders (id), UNIQUE (b, c))
ddl: CREATE UNLOGGED TABLE a (b int)
ddl: CREATE TEMP TABLE a (b int)
ddl: CREATE GLOBAL TEMPORARY TABLE a (b int)
ddl: CREATE TEMP SEQUENCE s
ddl: CREATE TABLE a (b int) PARTITION BY RANGE (b)
ddl: CREATE TABLE a OF order_type
ddl: CREATE SCHEMA x
ddl: CREATE SCHEMA IF NOT EXISTS x AUTHORIZATION postgres
ddl: CREATE SEQUENCE s START 10 INCREMENT BY 5
ddl: ALTER SEQUENCE order_numbers RESTART WITH 1
ddl: CREATE TYPE mood AS ENUM ('sad', 'ok')
ddl: ALTER TYPE order_status ADD VALUE 'gone'
ddl: CREATE DOMAIN d AS int CHECK (value > 0)
ddl: CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'
ddl: CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN DELETE FROM orders; RETURN 1; END $$
ddl: CREATE PROCEDURE p() LANGUAGE sql AS $$ DELETE FROM orders $$
ddl: CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f()
ddl: CREATE EVENT TRIGGER t ON ddl_command_start EXECUTE FUNCTION f()
ddl: CREATE EXTENSION IF NOT EXISTS pgcrypto
ddl: CREATE ROLE r LOGIN PASSWORD 'x'
ddl: CREATE USER u
ddl: ALTER ROLE postgres SET search_path = shop
ddl: ALTER DATABASE corpus SET work_mem = '1MB'
ddl: ALTER SYSTEM SET work_mem = '1MB'
ddl: ALTER USER postgres RESET ALL
ddl: DROP ROLE IF EXISTS nobody
ddl: DROP SCHEMA shop CASCADE
ddl: DROP VIEW active_customers
ddl: DROP INDEX IF EXISTS i
ddl: DROP FUNCTION audit(text)
ddl: DROP TYPE order_status CASCADE
ddl: DROP SEQUENCE order_numbers CASCADE
ddl: DROP OWNED BY postgres
ddl: REASSIGN OWNED BY postgres TO postgres
ddl: CREATE DATABASE d
ddl: DROP DATABASE IF EXISTS d
ddl: CREATE TABLESPACE t LOCATION '/tmp/none'
ddl: CREATE CAST (text AS order_status) WITH INOUT
ddl: CREATE AGGREGATE a (int) (SFUNC = int4pl, STYPE = int)
ddl: CREATE OPERATOR @@@@ (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl)
ddl: CREATE COLLATION c FROM "C"
ddl: CREATE PUBLICATION p FOR ALL TABLES
ddl: CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p
ddl: CREATE SERVER s FOREIGN DATA WRAPPER w
ddl: CREATE FOREIGN TABLE f (a int) SERVER s
ddl: IMPORT FOREIGN SCHEMA x FROM SERVER s INTO public
ddl: CREATE TEXT SEARCH CONFIGURATION c (PARSER = default)
ddl: REFRESH MATERIALIZED VIEW sales_by_country
ddl: REFRESH MATERIALIZED VIEW CONCURRENTLY sales_by_country
ddl: SECURITY LABEL ON TABLE orders IS 'x'
ddl: GRANT postgres TO postgres
ddl: GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC
ddl: GRANT EXECUTE ON FUNCTION audit(text) TO PUBLIC
ddl: REVOKE USAGE ON SCHEMA shop FROM PUBLIC
ddl: ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC
ddl: COMMENT ON SCHEMA shop IS 'SELECT 1'
ddl: ALTER FUNCTION audit(text) STABLE
ddl: ALTER VIEW active_customers RENAME TO x
ddl: ALTER INDEX i RENAME TO j
ddl: CREATE ACCESS METHOD m TYPE INDEX HANDLER bthandler
ddl: CREATE LANGUAGE plfoo
ddl: CREATE CONVERSION c FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1
ddl: CREATE TRANSFORM FOR int LANGUAGE sql (FROM SQL WITH FUNCTION f(internal))
ddl: ALTER TABLE orders ADD COLUMN x uuid DEFAULT gen_random_uuid()
ddl: ALTER TABLE orders ALTER COLUMN total TYPE text USING audit(total::text)::text
ddl: create table x as select audit('x')
ddl: CREATE VIEW v AS SELECT audit('x')
ddl: CREATE TABLE x AS EXECUTE p
ddl: CREATE MATERIALIZED VIEW m AS SELECT audit('x')
insert: INSERT INTO orders (customer_id, total) VALUES (1, 10), (2, 20) RETURNING id
insert: INSERT INTO orders SELECT * FROM orders ON CONFLICT (id) DO UPDATE SET total = excluded.total + 1 WHERE orders.total < 5
insert: INSERT INTO orders (id) VALUES (nextval('order_numbers'))
insert: INSERT INTO events (payload) VALUES ('{"sql": "SELECT 1"}')
insert: INSERT INTO events (kind) VALUES ('it''s; SELECT 1')
insert: INSERT INTO events (kind) SELECT audit('x')::text
insert: INSERT INTO shop.prices VALUES (1, 2, '[2020-01-01,)')
insert: INSERT INTO "Mixed Case" ("Id", "select") VALUES (1, 'a')
insert: INSERT INTO items (order_id, line) SELECT id, 1 FROM orders RETURNING (SELECT count(*) FROM items)
insert: INSERT INTO active_customers (id, name) VALUES (99, 'x')
insert: WITH a AS (INSERT INTO events (kind) VALUES ('a') RETURNING kind) INSERT INTO events (kind) SELECT kind FROM a
update: UPDATE orders SET total = total + 1, placed = now() WHERE id = $1
update: UPDATE orders SET (total, note) = (1, 'x') WHERE id = 1
update: UPDATE orders SET (total, note) = (SELECT 1, 'x') WHERE id = 1
update: UPDATE customers SET tags[1] = 'x', profile = jsonb_set(profile, '{age}', '5')
update: UPDATE "Mixed Case" SET "update" = 1
update: UPDATE orders SET note = 'SELECT 1'
update: UPDATE pg_settings SET setting = 'on' WHERE name = 'jit'
update: update orders set id = default where false
update: UPDATE orders SET total = 1 FROM customers c JOIN items i ON true WHERE orders.customer_id = c.id
update: UPDATE orders SET total = 1 WHERE CURRENT OF c
script: BEGIN; SELECT 1; COMMIT
script: BEGIN; UPDATE orders SET total = 1; COMMIT
script: BEGIN;SELECT 1
script: SELECT 1;COMMIT
script: SELECT 1; SET search_path = shop
script: SET LOCAL x.y = 'a'; SELECT 1
script: SET x.y = 'a'; SELECT 1; RESET x.y
script: SELECT 1; BEGIN
script: SELECT 1; frobnicate
script: SELECT 1; ROLLBACK
script: START TRANSACTION; DELETE FROM orders; ROLLBACK
script: SELECT pg_advisory_lock(1); SELECT 1
script: SELECT 1; DISCARD ALL
script: SELECT 1; LISTEN x
script: SELECT 1; CALL archive(1)
script: SELECT 1; DO $$BEGIN END$$
script: SELECT 1; EXECUTE p
script: PREPARE p AS SELECT 1; EXECUTE p
script: SELECT 1; SHOW all
script: SAVEPOINT a; SELECT 1; RELEASE a
script: SELECT 1;;DELETE FROM orders
script: SELECT 1; SELECT 1 FOR UPDATE
script: SELECT set_config('a.b', 'c', true); SELECT 1
script: SELECT 1; VACUUM
script: SELECT 'a' ; -- ;
    DELETE FROM orders
