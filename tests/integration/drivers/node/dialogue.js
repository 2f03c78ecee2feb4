// node-postgres in its default mode through transaction pooling: what an application does with it.
//
//   node dialogue.js HOST PORT     prints a line for each part and "all ok" at the end; exit code 1 otherwise
'use strict';

const assert = require('node:assert');
const { Client, Pool } = require('pg');

const [host, port] = process.argv.slice(2);
const login = { host, port: Number(port), user: 'app', database: 'app', connectionTimeoutMillis: 60000 };

async function values(pool) {
    const sql = 'SELECT $1::int AS i, $2::bigint AS b, $3::text AS t, $4::jsonb AS j, $5::bytea AS y, ' +
        '$6::timestamptz AS z, $7::bool AS o, $8::int[] AS a, $9::text AS n, $10::float8 AS f';
    const when = new Date('2024-02-29T12:34:56.789Z');
    const bytes = Buffer.from([0, 1, 254, 255]);
    const { rows, fields } = await pool.query(sql, [
        -7, '9007199254740993', 'größe 😀', { k: [1, null] }, bytes, when, true, [1, 2, 3], null, 0.1]);
    assert.deepStrictEqual(rows[0], {
        i: -7, b: '9007199254740993', t: 'größe 😀', j: { k: [1, null] }, y: bytes, z: when, o: true,
        a: [1, 2, 3], n: null, f: 0.1 });
    assert.deepStrictEqual(fields.map((field) => field.name).join(''), 'ibtjyzoanf');
}

// A named statement is parsed once for each client connection; the servers behind it change.
async function preparedStatements(pool) {
    const ask = async (i) => {
        const add = { name: 'add', text: 'SELECT $1::int + $2::int AS sum', values: [i, 1] };
        const other = { name: `text ${i % 5}`, text: `SELECT ${i % 5} AS k, $1::text AS v`, values: [`v${i}`] };
        assert.strictEqual((await pool.query(add)).rows[0].sum, i + 1);
        assert.deepStrictEqual((await pool.query(other)).rows[0], { k: i % 5, v: `v${i}` });
    };
    await Promise.all(Array.from({ length: 400 }, (_, i) => ask(i)));
}

// The same name means another text on each connection.
async function sameNameOtherText() {
    const clients = await Promise.all([1, 2, 3, 4].map(async () => {
        const client = new Client(login);
        await client.connect();
        return client;
    }));
    const ask = async (client, i) => {
        for (let round = 0; round < 50; round++) {
            const query = { name: 'q', text: `SELECT ${i} AS me, $1::int AS round`, values: [round] };
            assert.deepStrictEqual((await client.query(query)).rows[0], { me: i, round });
        }
    };
    await Promise.all(clients.map(ask));
    await Promise.all(clients.map((client) => client.end()));
}

async function transactions(pool) {
    await pool.query('CREATE TABLE node_accounts (id int PRIMARY KEY, balance int NOT NULL)');
    await pool.query('INSERT INTO node_accounts SELECT g, 100 FROM generate_series(1, 10) g');
    const move = async (i) => {
        const client = await pool.connect();
        try {
            await client.query('BEGIN');
            const [from, to] = [1 + (i % 10), 1 + ((i + 3) % 10)].sort((a, b) => a - b);
            await client.query('UPDATE node_accounts SET balance = balance - 1 WHERE id = $1', [from]);
            await client.query('UPDATE node_accounts SET balance = balance + 1 WHERE id = $1', [to]);
            await client.query(i % 3 === 0 ? 'ROLLBACK' : 'COMMIT');
        } finally {
            client.release();
        }
    };
    await Promise.all(Array.from({ length: 120 }, (_, i) => move(i)));
    const { rows } = await pool.query('SELECT sum(balance)::int AS sum FROM node_accounts');
    assert.strictEqual(rows[0].sum, 1000);
    await pool.query('DROP TABLE node_accounts');
}

async function errors(pool) {
    const client = await pool.connect();
    await assert.rejects(client.query('SELECT 1/0'), { code: '22012' });
    await assert.rejects(client.query('SELECT * FROM node_nowhere WHERE a = $1', [1]), { code: '42P01' });
    await assert.rejects(client.query({ name: 'bad', text: 'SELEC $1', values: [1] }), { code: '42601' });
    await client.query('BEGIN');
    await assert.rejects(client.query('SELECT $1::int', ['x']), { code: '22P02' });
    await assert.rejects(client.query('SELECT 1'), { code: '25P02' });
    await client.query('ROLLBACK');
    assert.strictEqual((await client.query('SELECT 1 AS one')).rows[0].one, 1);
    client.release();
}

// Several statements in one string, and a large result that reaches many read blocks.
async function results(pool) {
    const several = await pool.query('SELECT 1 AS a; SELECT 2 AS b, 3 AS c; SELECT 4 WHERE false');
    assert.deepStrictEqual(several.map((one) => one.rows), [[{ a: 1 }], [{ b: 2, c: 3 }], []]);
    const large = await pool.query("SELECT g, repeat('x', 1000) AS x FROM generate_series(1, $1) g", [5000]);
    assert.strictEqual(large.rows.length, 5000);
    assert.ok(large.rows.every((row, i) => row.g === i + 1 && row.x.length === 1000));
}

// node-postgres queues the queries of one connection: all are answered, in order.
async function queued() {
    const client = new Client(login);
    await client.connect();
    const answers = await Promise.all(
        Array.from({ length: 200 }, (_, i) => client.query('SELECT $1::int AS i', [i])));
    assert.deepStrictEqual(answers.map((answer) => answer.rows[0].i), Array.from({ length: 200 }, (_, i) => i));
    await client.end();
}

async function main() {
    const pool = new Pool({ ...login, max: 12 });
    const parts = { values, preparedStatements, sameNameOtherText, transactions, errors, results, queued };
    for (const [name, part] of Object.entries(parts)) {
        await part(pool);
        console.log(`${name}: ok`);
    }
    await pool.end();
    console.log('all ok');
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
