-- What the statements of the corpus speak of; run by a superuser in an empty database.
CREATE SCHEMA shop;
CREATE TYPE order_status AS ENUM ('new', 'paid', 'sent', 'lost');
CREATE DOMAIN email_address AS text CHECK (value LIKE '%@%');
CREATE SEQUENCE order_numbers;
CREATE SEQUENCE "Odd Numbers";
CREATE TABLE customers (
    id bigint PRIMARY KEY, name text NOT NULL, email varchar(100), country char(2), created timestamptz DEFAULT now(),
    tags text[], profile jsonb, active boolean DEFAULT true, contact email_address);
CREATE TABLE orders (
    id bigint PRIMARY KEY DEFAULT nextval('order_numbers'), customer_id bigint REFERENCES customers (id),
    status order_status DEFAULT 'new', total numeric(12, 2), placed timestamptz DEFAULT now(), note text);
CREATE TABLE items (
    order_id bigint REFERENCES orders (id), line int, product_id bigint, quantity int, price numeric(12, 2),
    PRIMARY KEY (order_id, line));
CREATE TABLE products (
    id bigint PRIMARY KEY, name text, price numeric(12, 2), stock int, attributes jsonb, weight double precision,
    search tsvector, dimensions int[]);
CREATE TABLE events (id uuid DEFAULT gen_random_uuid(), kind text, payload jsonb, at timestamptz DEFAULT now());
CREATE TABLE employees (id int PRIMARY KEY, manager_id int, name text, salary numeric, hired date, department text);
CREATE TABLE ledger (account int, amount numeric, at timestamp, during tstzrange, place point, host inet);
CREATE TABLE "Mixed Case" ("Id" int PRIMARY KEY, "select" text, "update" int);
CREATE TABLE shop.prices (product_id bigint, price numeric, valid daterange);
CREATE TABLE measurements (sensor int, at timestamptz, value double precision);
CREATE VIEW active_customers AS SELECT * FROM customers WHERE active;
CREATE MATERIALIZED VIEW sales_by_country AS
    SELECT country, sum(total) AS total FROM customers JOIN orders ON customers.id = customer_id GROUP BY country;
CREATE FUNCTION audit(text) RETURNS int LANGUAGE sql AS $$ INSERT INTO events (kind) VALUES ($1) RETURNING 1 $$;
CREATE FUNCTION shop.lower(text) RETURNS int LANGUAGE sql AS $$ INSERT INTO events (kind) VALUES ($1) RETURNING 1 $$;
CREATE FUNCTION "Lower"(text) RETURNS int LANGUAGE sql AS $$ INSERT INTO events (kind) VALUES ($1) RETURNING 1 $$;
CREATE FUNCTION filter(int) RETURNS int LANGUAGE sql AS $$ INSERT INTO events (kind) VALUES ('f') RETURNING $1 $$;
CREATE FUNCTION first(int) RETURNS int LANGUAGE sql AS $$ INSERT INTO events (kind) VALUES ('f') RETURNING $1 $$;
CREATE FUNCTION next_ticket() RETURNS bigint LANGUAGE sql AS $$ SELECT nextval('order_numbers') $$;
CREATE FUNCTION touch(bigint) RETURNS SETOF orders LANGUAGE sql AS $$ UPDATE orders SET placed = now() WHERE id = $1 RETURNING * $$;
CREATE FUNCTION order_total(bigint) RETURNS numeric STABLE LANGUAGE sql AS $$ SELECT total FROM orders WHERE id = $1 $$;
CREATE FUNCTION bump(numeric, numeric) RETURNS numeric LANGUAGE plpgsql AS
    $$ BEGIN UPDATE ledger SET amount = amount + 1; RETURN $1; END $$;
CREATE OPERATOR === (LEFTARG = numeric, RIGHTARG = numeric, FUNCTION = bump);
CREATE FUNCTION checked(text) RETURNS boolean LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO events (kind) VALUES ($1); RETURN true; END $$;
CREATE DOMAIN spy AS text CHECK (checked(value));
CREATE PROCEDURE archive(bigint) LANGUAGE sql AS $$ DELETE FROM orders WHERE id = $1 $$;
INSERT INTO customers (id, name, email, country, tags, profile, contact)
    SELECT i, 'name ' || i, 'a' || i || '@example.com', 'de', ARRAY['a', 'b'], jsonb_build_object('age', i), 'a@example.com'
      FROM generate_series(1, 5) AS i;
INSERT INTO orders (id, customer_id, total) SELECT i, i, i * 10 FROM generate_series(1, 5) AS i;
INSERT INTO items SELECT i, 1, i, 2, 5 FROM generate_series(1, 5) AS i;
INSERT INTO products SELECT i, 'product ' || i, i, 10, '{"color": "red"}', 1.5, to_tsvector('simple', 'red bike'), ARRAY[i, 2] FROM generate_series(1, 5) AS i;
INSERT INTO employees SELECT i, NULLIF(i - 1, 0), 'employee ' || i, i * 1000, '2020-01-01', 'sales' FROM generate_series(1, 5) AS i;
INSERT INTO ledger SELECT i, i, now(), NULL, point(i, i), '192.0.2.1' FROM generate_series(1, 5) AS i;
INSERT INTO measurements SELECT i, now(), i FROM generate_series(1, 5) AS i;
