// Lets the program of a trial run listen on free ports of 127.0.0.1, and reports these ports to the parent process.
'use strict';

const net = require('node:net');
const { isMainThread, Worker } = require('node:worker_threads');

// Threads of the program load this file, too, but only the main thread has a parent to report to.
if (!isMainThread) return;

const report = process.send.bind(process);
process.channel.unref();
// The program runs as it does in a container, where it has no parent to talk to.
delete process.send;
// A thread watches the parent, because the program may block this one. It ends the program and removes the program's folder.
const watchParent = `
const { rmSync } = require('node:fs');
const { parentPid, folder } = require('node:worker_threads').workerData;
setInterval(() => {
  if (process.ppid === parentPid) return;
  rmSync(folder, { recursive: true, force: true });
  process.kill(process.pid, 'SIGKILL');
}, 250);`;
const workerData = { parentPid: process.ppid, folder: __dirname };
new Worker(watchParent, { eval: true, workerData, env: {}, execArgv: [] }).unref();

const sample = net._createServerHandle('127.0.0.1', 0, 4);
const TCP = sample.constructor;
const SERVER = sample.getProviderType();
sample.close();
const { bind, bind6, listen, getsockname } = TCP.prototype;

/** The port that the program requested for each server handle. */
const requestedPorts = new WeakMap();

/** Binds a server to a free port of the loopback, and any other socket as the program asks. */
const bindLocally = (originalBind) =>
  function (address, port, ...rest) {
    if (this.getProviderType() !== SERVER) return originalBind.call(this, address, port, ...rest);
    requestedPorts.set(this, port);
    return bind.call(this, '127.0.0.1', 0);
  };
TCP.prototype.bind = bindLocally(bind);
TCP.prototype.bind6 = bindLocally(bind6);

TCP.prototype.listen = function (backlog) {
  const error = listen.call(this, backlog);
  const requested = requestedPorts.get(this);
  if (error || requested === undefined) return error;
  const actual = {};
  getsockname.call(this, actual);
  report({ requested, actual: actual.port });
  return error;
};
