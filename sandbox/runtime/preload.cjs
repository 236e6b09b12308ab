// Puts a Node process into its task's network without changing the program. Every Node process of a task preloads it.
'use strict';

const { ChildProcess } = require('node:child_process');
const dns = require('node:dns');
const { syncBuiltinESMExports } = require('node:module');
const os = require('node:os');
const { actAsProcessOne } = require('./pid-one.cjs');
const { patchTcp } = require('./tcp.cjs');
const { watchUnixSockets } = require('./unix-sockets.cjs');

/**
 * Puts this process into a task; further calls have no effect.
 * @param {{ container: string, ports: string, privateIp: string, hostname: string, connectTimeoutMs: number, nodeOption: string,
 *   sandboxPid: number, ignoredSignal: number }} task
 *   `container` is the container's name, `ports` is the folder of the listener records, `nodeOption` is the option that makes
 *   Node load this file, and the container's first process ignores `ignoredSignal` (0 for none) unless it handles it
 */
function enter(task) {
  const marker = Symbol.for('slipway.task');
  if (globalThis[marker]) return;
  Object.defineProperty(globalThis, marker, { value: true });
  actAsProcessOne(task.sandboxPid, task.ignoredSignal);
  patchTcp(task);
  watchUnixSockets(task);
  patchIdentity(task);
  patchChildren(task);
  syncBuiltinESMExports();
}

/** Shows the task's host name and network interface, as Fargate does. */
function patchIdentity({ privateIp, hostname }) {
  const mac = `02:00:${privateIp
    .split('.')
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join(':')}`;
  const loopback = { address: '127.0.0.1', netmask: '255.0.0.0', mac: '00:00:00:00:00:00', internal: true };
  const taskInterface = { address: privateIp, netmask: '255.255.255.0', mac, internal: false };
  os.networkInterfaces = () => ({
    lo: [{ ...loopback, family: 'IPv4', cidr: '127.0.0.1/8' }],
    eth1: [{ ...taskInterface, family: 'IPv4', cidr: `${privateIp}/24` }],
  });
  os.hostname = () => hostname;
  // The DNS server of a VPC resolves the task's host name; the DNS server of this machine does not.
  for (const resolver of [dns, dns.promises]) {
    const { lookup } = resolver;
    resolver.lookup = (name, ...rest) => lookup(name === hostname ? privateIp : name, ...rest);
    Object.defineProperties(resolver.lookup, Object.getOwnPropertyDescriptors(lookup));
  }
}

/** Puts child processes into the task as well, even when they are started with a different environment. */
function patchChildren({ nodeOption }) {
  const { spawn } = ChildProcess.prototype;
  ChildProcess.prototype.spawn = function (options) {
    const pairs = options.envPairs ?? [];
    const index = pairs.findIndex((pair) => pair.startsWith('NODE_OPTIONS='));
    const nodeOptions = index === -1 ? '' : pairs[index].slice('NODE_OPTIONS='.length);
    if (!nodeOptions.includes(nodeOption)) {
      pairs.splice(
        index === -1 ? pairs.length : index,
        1,
        `NODE_OPTIONS=${nodeOption} ${nodeOptions}`.trim(),
      );
      options.envPairs = pairs;
    }
    return spawn.call(this, options);
  };
}

module.exports = { enter };
