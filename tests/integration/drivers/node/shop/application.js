// A small shop as its users write it, on node-postgres through transaction pooling: two instances that migrate
// at once, orders in transactions, triggers, JSONB, a queue of jobs. May run again on what it has left.
//
//   node application.js HOST PORT DATABASE MIGRATIONS      MIGRATIONS: how many must still be to be made;
//                                                          prints "all ok" at the end; exit code 1 otherwise
'use strict';

const assert = require('node:assert');
const { Pool } = require('pg');
const console_ = require('./console');
const { migrate } = require('./migrations');

const [host, port, database, missing] = process.argv.slice(2);
const login = { host, port: Number(port), user: 'app', database, connectionTimeoutMillis: 60000 };
const ORDERS = 60;

async function inTransaction(pool, work) {
    const client = await pool.connect();
    try {
        await client.query('BEGIN');
        const result = await work(client);
        await client.query('COMMIT');
        return result;
    } catch (error) {
        await client.query('ROLLBACK');
        throw error;
    } finally {
        client.release();
    }
}

const one = async (pool, text, values) => (await pool.query(text, values)).rows[0];

// Two instances start: one makes all migrations, the other waits for its lock and finds nothing to do. Each is
// pinned while it holds the lock and no longer.
async function migrations() {
    const admin = await console_.open(host, Number(port));
    const whileLocked = () => console_.untilPinned(admin, database, 1);
    const instances = await Promise.all([1, 2].map(() => migrate(login, whileLocked)));
    assert.strictEqual(instances[0].made + instances[1].made, Number(missing));
    assert.ok(instances.some((instance) => instance.made === 0));
    await console_.untilPinned(admin, database, 0);
    // What a DO block has set is its session's at most.
    const fresh = new Pool(login);
    assert.strictEqual((await one(fresh, 'SHOW statement_timeout')).statement_timeout, '0');
    await fresh.end();
    await Promise.all([...instances.map((instance) => instance.client.end()), admin.end()]);
}

// An order of one to three products; the trigger on its lines takes them from the stock.
async function order(pool, i, products) {
    return inTransaction(pool, async (client) => {
        const { id } = await one(client, 'INSERT INTO orders (customer) VALUES ($1) RETURNING id', [
            { name: `customer ${i}`, address: { city: i % 2 ? 'Köln' : 'Kiel', zip: String(10000 + i) } }]);
        const chosen = products.filter((_, n) => n % 4 === i % 4).slice(0, 1 + (i % 3));
        for (const product of chosen) {
            await client.query({
                name: 'add line', text: 'INSERT INTO lines VALUES ($1, $2, $3)', values: [id, product.id, 1] });
        }
        if (i % 10 === 9) throw new Error('changed my mind');
        const taken = await one(client, 'SELECT count(*)::int AS n FROM lines WHERE order_id = $1', [id]);
        assert.strictEqual(taken.n, chosen.length);
        await client.query("UPDATE orders SET state = 'paid' WHERE id = $1", [id]);
        return id;
    });
}

async function orders(pool) {
    const { rows: products } = await pool.query('SELECT id, stock FROM products ORDER BY name');
    assert.ok(products.every(({ id }) => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]/.test(id)));
    const state = () => one(pool, `SELECT (SELECT sum(stock) FROM products)::int AS stock,
        (SELECT count(*) FROM orders)::int AS orders, (SELECT count(*) FROM audit)::int AS audit,
        coalesce((SELECT sum(amount) FROM lines), 0)::int AS sold`);
    const before = await state();
    const results = await Promise.allSettled(
        Array.from({ length: ORDERS }, (_, i) => order(pool, i, products)));
    const made = results.filter((result) => result.status === 'fulfilled').map((result) => result.value);
    for (const { reason } of results.filter((result) => result.status === 'rejected'))
        assert.strictEqual(reason.message, 'changed my mind');
    const after = await state();
    assert.strictEqual(made.length, ORDERS - ORDERS / 10);
    assert.strictEqual(new Set(made).size, made.length);
    assert.strictEqual(after.orders - before.orders, made.length);
    assert.strictEqual(after.audit - before.audit, 2 * made.length);
    assert.strictEqual(before.stock - after.stock, after.sold - before.sold);
    const trail = await pool.query(
        "SELECT what, before->>'state' AS old, after->>'state' AS new FROM audit WHERE after->>'id' = $1 ORDER BY id",
        [made[0]]);
    assert.deepStrictEqual(trail.rows, [
        { what: 'insert', old: null, new: 'open' }, { what: 'update', old: 'open', new: 'paid' }]);
}

// What a trigger refuses leaves nothing behind, and the connection is good for the next order.
async function soldOut(pool) {
    const product = await one(pool, 'SELECT id, stock, updated_at FROM products ORDER BY stock, id LIMIT 1');
    const greedy = inTransaction(pool, async (client) => {
        const { id } = await one(client, "INSERT INTO orders (customer) VALUES ('{}') RETURNING id");
        await client.query('INSERT INTO lines VALUES ($1, $2, $3)', [id, product.id, product.stock + 1]);
    });
    await assert.rejects(greedy, { code: '23514', table: 'products', where: /take_stock/ });
    const left = await one(pool, "SELECT count(*)::int AS n FROM orders WHERE customer = '{}'");
    assert.strictEqual(left.n, 0);
    const same = await one(pool, 'SELECT stock, updated_at FROM products WHERE id = $1', [product.id]);
    assert.deepStrictEqual(same, { stock: product.stock, updated_at: product.updated_at });
}

async function documents(pool) {
    const tea = await pool.query('SELECT name FROM products WHERE attributes @> $1 ORDER BY name', [{ kind: 'tea' }]);
    assert.deepStrictEqual(tea.rows.map((row) => row.name), ['product 12', 'product 3', 'product 6', 'product 9']);
    const changed = await one(pool,
        `UPDATE products SET attributes = jsonb_set(attributes, '{tags,0}', to_jsonb($2::text))
         WHERE name = $1 RETURNING attributes, updated_at IS NOT NULL AS touched`, ['product 7', 'ü"\\7']);
    assert.deepStrictEqual(changed, {
        attributes: { kind: 'cup', price: 70, tags: ['ü"\\7', 'größe "7"'] }, touched: true });
    const paths = await one(pool,
        `SELECT count(*) FILTER (WHERE attributes @? '$.tags[*] ? (@ like_regex "^t1[0-2]$")')::int AS regex,
                count(*) FILTER (WHERE attributes ?| ARRAY['price', 'none'])::int AS keyed,
                jsonb_agg(attributes->'price' ORDER BY name) FILTER (WHERE name LIKE '%1') AS prices
         FROM products`);
    assert.deepStrictEqual(paths, { regex: 3, keyed: 12, prices: [10, 110] });
    const cities = await pool.query(
        "SELECT customer #>> '{address,city}' AS city FROM orders GROUP BY 1 ORDER BY 1");
    assert.deepStrictEqual(cities.rows, [{ city: 'Kiel' }, { city: 'Köln' }]);
}

// Three workers take jobs from one table; each job is done once.
async function jobs(pool) {
    await pool.query('TRUNCATE jobs_2');
    await pool.query("INSERT INTO jobs_2 (id, body) SELECT n, jsonb_build_object('n', n) FROM generate_series(1, 30) n");
    const done = [];
    const take = (client) => one(client,
        `UPDATE jobs_2 SET state = 'done' WHERE id = (
             SELECT id FROM jobs_2 WHERE state = 'waiting' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING body`);
    const work = async () => {
        for (;;) {
            const job = await inTransaction(pool, take);
            if (!job) return;
            done.push(job.body.n);
        }
    };
    await Promise.all([work(), work(), work()]);
    assert.deepStrictEqual(done.sort((a, b) => a - b), Array.from({ length: 30 }, (_, n) => n + 1));
}

async function main() {
    await migrations();
    // Unqualified names are found by the start-up options of each connection.
    const pool = new Pool({ ...login, max: 8, options: '-c search_path=shop' });
    for (const part of [orders, soldOut, documents, jobs]) {
        await part(pool);
        console.log(`${part.name}: ok`);
    }
    await pool.end();
    console.log('all ok');
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
