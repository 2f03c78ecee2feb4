// What the application's test asks weir's console: whom an advisory lock pins.
'use strict';

const assert = require('node:assert');
const { setTimeout: sleep } = require('node:timers/promises');
const { Client } = require('pg');

async function open(host, port) {
    const client = new Client({ host, port, user: 'admin', database: 'pgbouncer' });
    await client.connect();
    return client;
}

async function pins(client, what, database) {
    const { rows } = await client.query(`SHOW ${what}`);
    return rows.filter((row) => row.database === database).map((row) => row.pin_reason).filter(Boolean);
}

// Waits until exactly so many clients, and their servers, are pinned by an advisory lock and by nothing else:
// replies come before weir has asked the server what is left.
async function untilPinned(client, database, expected) {
    const wanted = JSON.stringify(Array(expected).fill('advisory lock'));
    let seen;
    for (const end = Date.now() + 60000; Date.now() < end; await sleep(10)) {
        seen = await Promise.all(['CLIENTS', 'SERVERS'].map((what) => pins(client, what, database)));
        if (seen.every((reasons) => JSON.stringify(reasons) === wanted)) return;
    }
    assert.fail(`pinned are ${JSON.stringify(seen)} rather than ${expected} by an advisory lock`);
}

module.exports = { open, untilPinned };
