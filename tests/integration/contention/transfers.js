// node-postgres as an application uses it, many clients on few rows, without a retry loop: see transfers.py, whose
// arguments and output these are.
//
//   node transfers.js HOST PORT MODE CLIENTS TRANSACTIONS SEED [retry]
'use strict';

const { Client } = require('pg');

const [host, port, mode, clients, transactions, seed, retry] = process.argv.slice(2);
const login = { host, port: Number(port), user: 'app', database: 'app', connectionTimeoutMillis: 60000 };
const hotAccounts = 8, hotLists = 5;
const serialization = ['40001', '40P01'];

// A small generator of its own, so that a seed repeats a run: Math.random cannot be seeded.
function chanceOf(start) {
    let state = start >>> 0;
    return (below) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor((state / 4294967296) * below);
    };
}

async function connect() {
    const client = new Client(login);
    client.lost = false;
    client.on('error', () => { client.lost = true; });
    client.on('end', () => { client.lost = true; });
    await client.connect();
    return client;
}

async function blind(client, from, to, amount) {
    await client.query('UPDATE accounts SET balance = balance - $1 WHERE id = $2', [amount, from]);
    await client.query('UPDATE accounts SET balance = balance + $1 WHERE id = $2', [amount, to]);
}

async function lock(client, from, to, amount) {
    await client.query('SELECT id FROM accounts WHERE id IN ($1, $2) ORDER BY id FOR UPDATE', [from, to]);
    await blind(client, from, to, amount);
}

async function rmw(client, from, to, amount) {
    for (const [account, change] of [[from, -amount], [to, amount]]) {
        const { rows } = await client.query('SELECT balance FROM accounts WHERE id = $1', [account]);
        await client.query({ name: 'put', text: 'UPDATE accounts SET balance = $1 WHERE id = $2',
            values: [Number(rows[0].balance) + change, account] });
    }
}

function transfer(number, chance) {
    const from = 1 + chance(hotAccounts);
    const to = 1 + ((from + chance(hotAccounts - 1)) % hotAccounts);
    const amount = 1 + chance(9);
    const work = async (client) => {
        await { blind, lock, rmw }[mode](client, from, to, amount);
        await client.query('INSERT INTO transfers VALUES ($1, $2, $3, $4)', [number, from, to, amount]);
        return String(number);
    };
    return { work, intended: String(number) };
}

function lists(number, chance) {
    const steps = [0, 1, 2, 3].map((i) => (
        { append: chance(2) === 0, key: 1 + chance(hotLists), value: number * 4 + i }));
    const work = async (client) => {
        const said = [];
        for (const { append, key, value } of steps) {
            if (append) {
                await client.query('UPDATE lists SET items = items || $1::int WHERE id = $2', [value, key]);
                said.push(`a:${key}:${value}`);
            } else {
                const { rows } = await client.query('SELECT items FROM lists WHERE id = $1', [key]);
                said.push(`r:${key}:${rows[0].items.join(',')}`);
            }
        }
        return said.join(' ');
    };
    const appends = steps.filter((step) => step.append).map(({ key, value }) => `a:${key}:${value}`);
    return { work, intended: appends.join(' ') };
}

async function attempt(client, { work, intended }) {
    try {
        await client.query('BEGIN ISOLATION LEVEL SERIALIZABLE');
        const said = await work(client);
        await client.query('COMMIT');
        return { line: `ok ${said}`, again: false };
    } catch (error) {
        if (serialization.includes(error.code)) {
            await client.query('ROLLBACK').catch(() => {});
            return { line: `failed ${intended} !${error.code}`, again: true };
        }
        if (!client.lost) await client.query('ROLLBACK').catch(() => {});
        return { line: `unknown ${intended} !${error.code || 'lost'}`, again: false };
    }
}

async function run(me, lines) {
    const chance = chanceOf(Number(seed) * 1000 + me);
    let client = await connect();
    for (let i = 0; i < Number(transactions); i++) {
        const one = (mode === 'lists' ? lists : transfer)(me * 100000 + i + 1, chance);
        let result = await attempt(client, one);
        while (retry && result.again) result = await attempt(client, one);
        lines.push(result.line);
        if (client.lost) client = await connect();
    }
    await client.end();
}

async function main() {
    const lines = [];
    const start = process.hrtime.bigint();
    await Promise.all(Array.from({ length: Number(clients) }, (_, me) => run(me, lines)));
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    console.log(lines.join('\n'));
    console.log(`done ${seconds.toFixed(3)}`);
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
