// Which program of a task listens where: one file a listener in the task's folder, so that every process of the task can see it.
'use strict';

// Taken now, since a program may put fakes in their place.
const { linkSync, readFileSync, readdirSync, rmSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { isIPv4 } = require('node:net');
const { threadId } = require('node:worker_threads');

let written = 0;

/** Every claim on a port, of the living and of the dead: the address asked for, the real port, the process, the file. */
function claimsOn(folder, port) {
  const files = namesIn(folder).filter((name) => name.startsWith(`${port}-`));
  return files.map((name) => path.join(folder, name)).flatMap((file) => read(file) ?? []);
}

/**
 * Takes an address and port for a listener of this process.
 * @param isListening tells whether a port of 127.0.0.1 has a listener: a worker thread may end without a word
 * @returns {string | undefined} the file to remove when the listener closes; undefined when the address is in use
 */
function claim(folder, port, address, realPort, isListening) {
  for (const other of claimsOn(folder, port)) {
    if (!overlap(other.address, address)) continue;
    if (isAlive(other.pid) && isListening(other.port)) return undefined;
    remove(other.file);
  }
  const file = path.join(folder, `${port}-${address}`);
  const draft = path.join(folder, `.${process.pid}-${threadId}-${written++}`);
  writeFileSync(draft, JSON.stringify({ address, port: realPort, pid: process.pid }));
  try {
    // Unlike a rename, a link fails when another process was faster.
    linkSync(draft, file);
    return file;
  } catch (error) {
    if (error.code === 'EEXIST') return undefined;
    throw error;
  } finally {
    remove(draft);
  }
}

/** The listener that a connection to an address and port of this task reaches. */
function find(folder, port, address) {
  return claimsOn(folder, port).find((claim) => isAlive(claim.pid) && overlap(claim.address, address));
}

/** Whether two listeners would be in each other's way, as Linux sees it; `::` listens on IPv4 too. */
function overlap(one, other) {
  if (one === other || one === '::' || other === '::') return true;
  return isIPv4(one) && isIPv4(other) && (one === '0.0.0.0' || other === '0.0.0.0');
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

module.exports = { claim, find, remove };
