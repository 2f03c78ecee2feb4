// The application of outbox.js, whose arguments and output these are, as it is written with Prisma: the client without
// an engine, on node-postgres. Prisma has a pool of its own and replaces connections by itself.
//
//   node outbox_prisma.js HOST PORT WRITERS ORDERS POLL_MS
'use strict';

const { PrismaClient } = require('@prisma/client');
const { PrismaPg } = require('@prisma/adapter-pg');

const [host, port, writers, orders, pollMs] = process.argv.slice(2);
const patience = 60000;
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
// A connection that is lost in a transaction never returns to the adapter's pool (6.19): there is room for all of them.
const adapter = new PrismaPg({
    host, port: Number(port), user: 'app', database: 'app', max: 1000, connectionTimeoutMillis: patience,
});
const prisma = new PrismaClient({ adapter, transactionOptions: { maxWait: patience, timeout: patience } });

// Of a driver's error the adapter keeps the SQLSTATE; P2034 is its name for 40001 and 40P01.
function stateOf(error) {
    if (error.code === 'P2034') return '40001';
    const cause = error.cause || (error.meta && error.meta.driverAdapterError && error.meta.driverAdapterError.cause) || {};
    return cause.originalCode || error.code || 'lost';
}

async function place(id) {
    let stage = 'before';
    try {
        await prisma.$transaction(async (transaction) => {
            await transaction.order.create({ data: { id, item: `item ${id}` } });
            await transaction.message.create({ data: { orderId: id, body: { placed: id } } });
            stage = 'commit';
        });
        console.log(`ok ${id}`);
    } catch (error) {
        const state = stateOf(error);
        console.log(`${['40001', '40P01'].includes(state) ? 'failed' : 'unknown'} ${id} !${state} ${stage}`);
    }
}

async function write(me) {
    for (let i = 0; i < Number(orders); i++) await place(me * 100000 + i);
}

// One round; how many messages there were.
async function publish() {
    try {
        return await prisma.$transaction(async (transaction) => {
            const messages = await transaction.message.findMany({ where: { sent: false }, orderBy: { orderId: 'asc' }, take: 20 });
            for (const { orderId } of messages) console.log(`published ${orderId}`);
            await transaction.message.updateMany({
                where: { id: { in: messages.map(({ id }) => id) } }, data: { sent: true },
            });
            return messages.length;
        });
    } catch (error) {
        console.log(`poller !${stateOf(error)}`);
        await pause(20);
        return 1;
    }
}

async function poll(state) {
    for (let last = false; ;) {
        const found = await publish();
        if (found === 0 && last) break;
        last = state.written;  // only a round that began when all was written may be the last
        if (found === 0 || !last) await pause(Number(pollMs));
    }
}

async function main() {
    const state = { written: false };
    const start = process.hrtime.bigint();
    const poller = poll(state);
    await Promise.all(Array.from({ length: Number(writers) }, (_, me) => write(me + 1)));
    state.written = true;
    await poller;
    console.log(`done ${(Number(process.hrtime.bigint() - start) / 1e9).toFixed(3)}`);
    process.exit();  // $disconnect() waits for connections that were lost
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
