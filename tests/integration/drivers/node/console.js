// node-postgres on the console: as it asks by default, with the extended protocol, and with named statements.
//
//   node console.js HOST PORT      prints "all ok" at the end; exit code 1 otherwise
'use strict';

const assert = require('node:assert');
const { Client } = require('pg');

const [host, port] = process.argv.slice(2);
const login = { host, port: Number(port), user: 'admin', database: 'pgbouncer', connectionTimeoutMillis: 60000 };

async function shows(ask) {
    const pools = await ask('SHOW POOLS');
    const app = pools.rows.find((row) => row.database === 'app');
    assert.strictEqual(app.pool_mode, 'transaction');
    assert.strictEqual(Number(app.sv_active), 0);
    const config = await ask('SHOW CONFIG');
    assert.strictEqual(config.rows.find((row) => row.key === 'pool_mode').value, 'transaction');
    const version = await ask('SHOW VERSION');
    assert.strictEqual(version.rows.length, 1);
}

async function pauses(ask) {
    await ask('PAUSE app');
    const paused = await ask('SHOW DATABASES');
    assert.strictEqual(Number(paused.rows.find((row) => row.name === 'app').paused), 1);
    await ask('RESUME app');
    await assert.rejects(ask('RESUME app'));  // it is not paused
    await assert.rejects(ask('NONSENSE'));
    const after = await ask('SHOW DATABASES');
    assert.strictEqual(Number(after.rows.find((row) => row.name === 'app').paused), 0);
}

async function main() {
    const application = new Client({ ...login, user: 'app', database: 'app' });
    await application.connect();
    await application.query('SELECT 1');
    const client = new Client(login);
    await client.connect();
    const modes = {
        default: (text) => client.query(text),
        extended: (text) => client.query({ text, queryMode: 'extended' }),
        named: (text) => client.query({ text, name: text }),
    };
    for (const [mode, ask] of Object.entries(modes)) {
        await shows(ask);
        await pauses(ask);
        console.log(`${mode}: ok`);
    }
    assert.strictEqual((await application.query('SELECT $1::int AS i', [5])).rows[0].i, 5);
    await client.end();
    await application.end();
    console.log('all ok');
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
