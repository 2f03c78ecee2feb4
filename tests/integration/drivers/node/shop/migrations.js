// The schema of the shop, as migrations that several instances of the application may start at once: a session
// advisory lock lets one of them do the work.
'use strict';

const assert = require('node:assert');
const { Client } = require('pg');

const LOCK = 815;

const migrations = [
    ['001 tables', `
        CREATE TYPE shop.order_state AS ENUM ('open', 'paid');
        CREATE TABLE shop.products (
            id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
            name text NOT NULL UNIQUE,
            stock int NOT NULL CHECK (stock >= 0),
            attributes jsonb NOT NULL DEFAULT '{}',
            updated_at timestamptz);
        CREATE INDEX products_attributes ON shop.products USING gin (attributes jsonb_path_ops);
        CREATE TABLE shop.orders (
            id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
            number bigint GENERATED ALWAYS AS IDENTITY,
            state shop.order_state NOT NULL DEFAULT 'open',
            customer jsonb NOT NULL);
        CREATE TABLE shop.lines (
            order_id uuid NOT NULL REFERENCES shop.orders ON DELETE CASCADE,
            product_id uuid NOT NULL REFERENCES shop.products,
            amount int NOT NULL CHECK (amount > 0),
            PRIMARY KEY (order_id, product_id));
        CREATE TABLE shop.audit (
            id bigserial PRIMARY KEY, what text NOT NULL, before jsonb, after jsonb NOT NULL);`],
    ['002 triggers', `
        CREATE FUNCTION shop.take_stock() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE shop.products SET stock = stock - NEW.amount WHERE id = NEW.product_id;
            RETURN NEW;
        END $$;
        CREATE TRIGGER take_stock AFTER INSERT ON shop.lines FOR EACH ROW EXECUTE FUNCTION shop.take_stock();
        CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.updated_at := clock_timestamp();
            RETURN NEW;
        END $$;
        CREATE TRIGGER touch BEFORE UPDATE ON shop.products FOR EACH ROW
            WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION shop.touch();
        CREATE FUNCTION shop.note() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO shop.audit (what, before, after)
            VALUES (lower(TG_OP), CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) END, to_jsonb(NEW));
            RETURN NEW;
        END $$;
        CREATE TRIGGER note AFTER INSERT OR UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.note();`],
    ['003 jobs', `
        DO $$
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_type WHERE typname = 'job_state') THEN
                CREATE TYPE shop.job_state AS ENUM ('waiting', 'done');
            END IF;
            FOR kind IN 1 .. 3 LOOP
                EXECUTE format('CREATE TABLE shop.jobs_%s (id int PRIMARY KEY, body jsonb NOT NULL, '
                               'state shop.job_state NOT NULL DEFAULT ''waiting'')', kind);
            END LOOP;
            PERFORM set_config('statement_timeout', '77s', false);
        END $$;`],
    ['004 products', `
        INSERT INTO shop.products (name, stock, attributes)
        SELECT 'product ' || n, 40, jsonb_build_object('kind', CASE n % 3 WHEN 0 THEN 'tea' ELSE 'cup' END,
               'price', n * 10, 'tags', jsonb_build_array('t' || n, 'größe "' || n || '"'))
        FROM generate_series(1, 12) n;`],
];

// What one instance does when it starts; returns how many migrations it has made. `whileLocked` runs while
// it holds the lock.
async function migrate(login, whileLocked) {
    const client = new Client(login);
    await client.connect();
    await client.query(`SELECT pg_advisory_lock(${LOCK})`);
    await whileLocked();
    await client.query('CREATE SCHEMA IF NOT EXISTS shop');
    await client.query('CREATE TABLE IF NOT EXISTS shop.migrations (name text PRIMARY KEY)');
    const done = await client.query('SELECT name FROM shop.migrations');
    let made = 0;
    for (const [name, text] of migrations) {
        if (done.rows.some((row) => row.name === name)) continue;
        await client.query('BEGIN');
        await client.query(text);
        await client.query('INSERT INTO shop.migrations (name) VALUES ($1)', [name]);
        await client.query('COMMIT');
        made += 1;
    }
    const unlocked = await client.query('SELECT pg_advisory_unlock($1) AS ok', [LOCK]);
    assert.strictEqual(unlocked.rows[0].ok, true);
    return { client, made };
}

module.exports = { migrate };
