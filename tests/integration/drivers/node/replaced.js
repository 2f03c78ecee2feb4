// A pool of node-postgres, as applications use it, while the poolers in front of the database are replaced:
// whoever is told 57P01 takes another connection and does it again. Any other error ends the program.
//
//   node replaced.js HOST PORT      works until SIGTERM; then prints "done N, again M" and "all ok"
'use strict';

const { Pool } = require('pg');

const [host, port] = process.argv.slice(2);
const kWorkers = 6;
const pool = new Pool({ host, port: Number(port), user: 'app', database: 'app', max: kWorkers });
const kAdminShutdown = '57P01';

let ending = false;
let done = 0;
let again = 0;
let strangers = 0;
process.on('SIGTERM', () => { ending = true; });

// The pool has dropped the connection already.
pool.on('error', (error) => {
    if (error.code === kAdminShutdown) again += 1;
    else { strangers += 1; console.error('an idle connection:', error); }
});

async function transfer(worker) {
    const client = await pool.connect();
    let told;  // between two queries: the next one then fails with no word of the reason
    const listen = (error) => { told = error; };
    client.on('error', listen);
    let failure;
    try {
        await client.query('BEGIN');
        await client.query('INSERT INTO replaced VALUES ($1)', [worker]);
        await client.query('COMMIT');
    } catch (error) {
        failure = told ?? error;
    }
    client.removeListener('error', listen);
    client.release(failure);  // one that has failed is not used again
    if (failure) throw failure;
}

async function work(worker) {
    while (!ending) {
        try {
            if (done % 2 === 0) await transfer(worker);
            else await pool.query('INSERT INTO replaced VALUES ($1)', [worker]);
            done += 1;
        } catch (error) {
            if (error.code !== kAdminShutdown) throw error;
            again += 1;
        }
    }
}

async function main() {
    await Promise.all(Array.from({ length: kWorkers }, (_, worker) => work(worker)));
    await pool.end();
    if (strangers > 0) throw new Error(`${strangers} errors of idle connections`);
    console.log(`done ${done}, again ${again}`);
    console.log('all ok');
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
