// An application with a transactional outbox on node-postgres: each order and the message that tells of it are written
// in one transaction; a poller reads the messages, publishes and marks them. Neither repeats a transaction; both
// connect again when their connection is lost.
//
//   node outbox.js HOST PORT WRITERS ORDERS POLL_MS
//
// One line for each order: "ok ID", or "unknown ID !SQLSTATE before" or "... commit", by what was under way;
// "failed" instead of "unknown" after 40001 and 40P01. "published ID" by the poller, at least once for each message,
// "poller !SQLSTATE" for its troubles. The last line is "done" and the seconds.
'use strict';

const { Client } = require('pg');

const [host, port, writers, orders, pollMs] = process.argv.slice(2);
const login = { host, port: Number(port), user: 'app', database: 'app', connectionTimeoutMillis: 60000 };
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

// A connection that is made anew when it was lost, however long the database is away.
class Connection {
    async use() {
        while (!this.client || this.client.lost) {
            if (this.client) this.client.end().catch(() => {});
            const client = new Client(login);
            client.lost = false;
            client.on('error', () => { client.lost = true; });
            client.on('end', () => { client.lost = true; });
            await client.connect().catch(() => { client.lost = true; });
            this.client = client;
            if (client.lost) await pause(20);
        }
        return this.client;
    }
    async fail() {
        if (!this.client.lost) await this.client.query('ROLLBACK').catch(() => { this.client.lost = true; });
    }
    async end() {
        if (!this.client.lost) await this.client.end();
    }
}

async function place(connection, id) {
    let stage = 'before';
    try {
        const client = await connection.use();
        await client.query('BEGIN');
        await client.query('INSERT INTO orders (id, item) VALUES ($1, $2)', [id, `item ${id}`]);
        await client.query('INSERT INTO outbox (order_id, body) VALUES ($1, $2)', [id, { placed: id }]);
        stage = 'commit';
        await client.query('COMMIT');
        console.log(`ok ${id}`);
    } catch (error) {
        const undone = ['40001', '40P01'].includes(error.code);
        console.log(`${undone ? 'failed' : 'unknown'} ${id} !${error.code || 'lost'} ${stage}`);
        await connection.fail();
    }
}

async function write(me) {
    const connection = new Connection();
    for (let i = 0; i < Number(orders); i++) await place(connection, me * 100000 + i);
    await connection.end();
}

// One round; how many messages there were, or still are in the hands of a connection that was lost: its locks end a
// moment after it.
async function publish(connection) {
    try {
        const client = await connection.use();
        await client.query('BEGIN');
        const { rows } = await client.query(
            'SELECT id, order_id FROM outbox WHERE NOT sent ORDER BY id LIMIT 20 FOR UPDATE SKIP LOCKED');
        for (const { order_id: order } of rows) console.log(`published ${order}`);
        await client.query('UPDATE outbox SET sent = true WHERE id = ANY($1)', [rows.map((row) => row.id)]);
        await client.query('COMMIT');
        if (rows.length > 0) return rows.length;
        const { rows: left } = await client.query('SELECT count(*)::int AS count FROM outbox WHERE NOT sent');
        return left[0].count;
    } catch (error) {
        console.log(`poller !${error.code || 'lost'}`);
        await connection.fail();
        return 1;
    }
}

async function poll(state) {
    const connection = new Connection();
    for (let last = false; ;) {
        const found = await publish(connection);
        if (found === 0 && last) break;
        last = state.written;  // only a round that began when all was written may be the last
        if (found === 0 || !last) await pause(Number(pollMs));
    }
    await connection.end();
}

async function main() {
    const state = { written: false };
    const start = process.hrtime.bigint();
    const poller = poll(state);
    await Promise.all(Array.from({ length: Number(writers) }, (_, me) => write(me + 1)));
    state.written = true;
    await poller;
    console.log(`done ${(Number(process.hrtime.bigint() - start) / 1e9).toFixed(3)}`);
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
