// Records a task's listeners, one file per listener in the task's folder, so that all processes of the task see them.
'use strict';

// The functions are saved here because the program may later replace them with fakes.
const { createHash } = require('node:crypto');
const { linkSync, readFileSync, readdirSync, rmSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { isIPv4 } = require('node:net');
const { threadId } = require('node:worker_threads');

let written = 0;

/**
 * Returns every record for a port, including the records of dead processes. A record has the requested address, the real
 * port, the process and the file.
 */
function recordsFor(folder, port) {
  const files = namesIn(folder).filter((name) => name.startsWith(`${port}-`));
  return files.map((name) => path.join(folder, name)).flatMap((file) => read(file) ?? []);
}

/**
 * Records a listener of this process.
 * @param listener the container, the address and port that its program requested, and the real port
 * @param isListening tests whether anything listens on a port of 127.0.0.1; needed because a worker thread that ends may
 *   leave a stale record, although its process is alive
 * @returns {string | undefined} the file to remove when the listener closes; undefined when the address is in use
 */
function record(folder, { container, port, address, realPort }, isListening) {
  for (const other of recordsFor(folder, port)) {
    if (!overlap(other.address, address)) continue;
    if (isAlive(other.pid) && isListening(other.port)) return undefined;
    remove(other.file);
  }
  const file = path.join(folder, `${port}-${address}`);
  const draft = path.join(folder, `.${process.pid}-${threadId}-${written++}`);
  writeFileSync(draft, JSON.stringify({ container, address, port: realPort, pid: process.pid }));
  try {
    // Unlike a rename, a link fails if another process has already created the file.
    linkSync(draft, file);
    remember(folder, container, port, address);
    return file;
  } catch (error) {
    if (error.code === 'EEXIST') return undefined;
    throw error;
  } finally {
    remove(draft);
  }
}

/**
 * Notes that a container listens on an address. The note remains when the listener closes, so that the sandbox can report
 * where a container that has ended listened.
 */
function remember(folder, container, port, host) {
  const file = path.join(folder, `listened-${container}-${port}-${host}`);
  try {
    writeFileSync(file, JSON.stringify({ container, host, port }), { flag: 'wx' });
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
}

/**
 * Records that this process listens on a Unix socket, and remembers it.
 * @returns {string} the file to remove when the listener closes
 */
function recordSocket(folder, container, socket) {
  const name = `socket-${createHash('sha256').update(`${container} ${socket}`).digest('hex').slice(0, 16)}`;
  const file = path.join(folder, name);
  writeFileSync(file, JSON.stringify({ container, address: socket, pid: process.pid }));
  writeFileSync(
    path.join(folder, `listened-${name}`),
    JSON.stringify({ container, host: socket, record: name }),
  );
  return file;
}

/** Finds the listener that a connection to an address and port of this task reaches. */
function find(folder, port, address) {
  return recordsFor(folder, port).find(
    ({ pid, address: listening }) => isAlive(pid) && overlap(listening, address),
  );
}

/** Whether two listeners on the same port conflict on Linux, where `::` also listens on IPv4. */
function overlap(one, other) {
  if (one === other || one === '::' || other === '::') return true;
  return isIPv4(one) && isIPv4(other) && (one === '0.0.0.0' || other === '0.0.0.0');
}

/**
 * Returns all listeners of a task whose processes are alive.
 * @returns {{ container: string, address: string, port: number, realPort: number }[]}
 */
function all(folder) {
  return namesIn(folder).flatMap((name) => {
    const [, port] = /^(\d+)-/.exec(name) ?? [];
    const found = port === undefined ? undefined : read(path.join(folder, name));
    if (!found || !isAlive(found.pid)) return [];
    return [{ container: found.container, address: found.address, port: Number(port), realPort: found.port }];
  });
}

function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file) {
  try {
    return { ...JSON.parse(readFileSync(file, 'utf8')), file };
  } catch {
    return undefined;
  }
}

function remove(file) {
  rmSync(file, { force: true });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

module.exports = { all, record, recordSocket, find, remove };
