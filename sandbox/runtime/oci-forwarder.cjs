// Runs in the network namespace of a container: connects clients of this machine to its programs, and its programs to other containers.
'use strict';

const { readFileSync, watch } = require('node:fs');
const net = require('node:net');
const { all } = require('./listener-records.cjs');

const [, , RECORDS, CONTAINER] = process.argv;

/** How often to look for listeners, in milliseconds: often until the first one is found, then seldom. */
const INTERVAL_MS = { untilFirst: 100, afterwards: 500 };
/** The state of a listening socket in /proc/net/tcp. */
const LISTEN = '0A';

/** The server of each listener, by `address port`. The sandbox opens it, outside of the namespace. */
const servers = new Map();
/** The servers that stand for listeners of other containers of the task, by `address port`. */
const mirrors = new Map();
let reported = '';

/**
 * Reads the listening sockets of this namespace.
 * @see https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html
 */
function listeners() {
  return ['tcp', 'tcp6'].flatMap((name) =>
    linesOf(`/proc/self/net/${name}`).flatMap((line) => {
      const [, local = '', , state] = line.trim().split(/\s+/);
      const [address, port] = local.split(':');
      return state === LISTEN ? [{ address: addressOf(address), port: parseInt(port, 16) }] : [];
    }),
  );
}

function linesOf(file) {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(1);
  } catch {
    return [];
  }
}

/** Converts an address from the kernel's notation: words of four bytes, each in the order of this processor. */
function addressOf(hex) {
  const bytes = Buffer.from(hex, 'hex');
  if (require('node:os').endianness() === 'LE') bytes.swap32();
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  const { address } = new net.SocketAddress({ address: groups.join(':'), family: 'ipv6' });
  return address.replace(/^::ffff:(?=\d+\.)/, '');
}

const keyOf = ({ address, port }) => `${address} ${port}`;

/** Listens wherever another container of the task listens, since the containers of a task share one network on Fargate. */
function mirror() {
  const others = new Map(
    all(RECORDS)
      .filter(({ container }) => container !== CONTAINER)
      .map((record) => [keyOf(record), record]),
  );
  for (const [key, server] of mirrors) if (!others.has(key)) closeMirror(key, server);
  for (const [key, record] of others) if (!mirrors.has(key)) openMirror(key, record);
}

function openMirror(key, { address, port }) {
  const server = net.createServer({ pauseOnConnect: true, allowHalfOpen: true }, (client) => {
    const record = all(RECORDS).find((one) => keyOf(one) === key && one.container !== CONTAINER);
    // The process outside connects: from here, only this namespace can be reached.
    if (record) process.send({ connect: record.realPort }, client, { keepOpen: false }, () => undefined);
    else client.resetAndDestroy();
  });
  // A program of this container has the address already, or the address does not exist here.
  server.on('error', () => closeMirror(key, server));
  server.listen(port, address);
  mirrors.set(key, server);
}

function closeMirror(key, server) {
  if (mirrors.get(key) === server) mirrors.delete(key);
  server.close();
}

function report() {
  mirror();
  const found = listeners().filter((listener) => !mirrors.has(keyOf(listener)));
  const text = JSON.stringify(found);
  if (text !== reported) {
    reported = text;
    process.send({ listeners: found });
  }
  setTimeout(report, found.length === 0 ? INTERVAL_MS.untilFirst : INTERVAL_MS.afterwards);
}

/** Connects a client to the program that listens on an address and a port of this namespace. */
function forward(client, { address, port }) {
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  const program = net.connect({ host, port, allowHalfOpen: true, noDelay: true });
  client.setNoDelay(true);
  client.pipe(program);
  program.pipe(client);
  // A reset on one side resets the other side.
  client.on('error', () => program.resetAndDestroy());
  program.on('error', () => client.resetAndDestroy());
  client.on('close', () => program.destroy());
  program.on('close', () => client.destroy());
}

process.on('message', ({ open, close }, server) => {
  if (open && server) {
    server.on('connection', (client) => forward(client, open));
    server.on('error', () => undefined);
    servers.set(`${open.address} ${open.port}`, server);
  }
  if (close) {
    const key = `${close.address} ${close.port}`;
    servers.get(key)?.close();
    servers.delete(key);
  }
});
// A change of the records takes effect at once, without waiting for the interval.
watch(RECORDS, { persistent: false }, mirror).on('error', () => undefined);
// The sandbox has ended.
process.on('disconnect', () => process.exit());
report();
