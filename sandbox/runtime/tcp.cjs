// Gives a Node process its task's network: maps the task's addresses and ports to free ports of this machine's loopback.
'use strict';

const net = require('node:net');
const os = require('node:os');
// The functions are saved here because the program may later replace them with fake timers.
const { clearTimeout, setTimeout } = require('node:timers');
const listeners = require('./listener-records.cjs');

const { ECONNREFUSED, EADDRINUSE, EADDRNOTAVAIL, ETIMEDOUT } = os.constants.errno;

/** The private ranges of VPCs, and the link-local addresses, which may serve credentials of this machine. */
const UNREACHABLE = ranges(['10.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16], ['169.254.0.0', 16]);
UNREACHABLE.addAddress('fd00:ec2::254', 'ipv6');
const LOOPBACK = ranges(['127.0.0.0', 8]);
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * Gives this process the network of its task.
 *
 * A listener on any port of the task actually listens on a free port of 127.0.0.1, which is recorded in the task's
 * folder. Connections to the task's own addresses are redirected to that port. The patch is at the boundary between Node
 * and libuv. There it covers every way to listen and to connect (net, http, tls, fetch, cluster, connections raced over
 * IPv6 and IPv4), and Node itself creates the errors.
 * @param {{ container: string, ports: string, privateIp: string, connectTimeoutMs: number }} task
 */
function patchTcp({ container, ports, privateIp, connectTimeoutMs }) {
  const sample = net._createServerHandle('127.0.0.1', 0, 4);
  const TCP = sample.constructor;
  const SERVER = sample.getProviderType();
  sample.close();
  const { bind, listen, connect, connect6, getsockname, getpeername, close } = TCP.prototype;

  const requested = new WeakMap(); // server → the address and port that its program requested
  const open = new Map(); // server → the address and port that the task sees, the real port, and the file of its record
  const peers = new WeakMap(); // connection → the address and port that its program requested
  const pending = new WeakMap(); // connection → cancels its delayed result

  const isLocal = (address) => LOOPBACK.check(address, familyOf(address)) || address === privateIp;

  function bindLocally(handle, text, port) {
    // This machine chooses the source address of an outgoing connection.
    if (handle.getProviderType() !== SERVER) return 0;
    const address = canonical(text);
    if (address !== '0.0.0.0' && address !== '::' && !isLocal(address)) return -EADDRNOTAVAIL;
    requested.set(handle, { address, port });
    return bind.call(handle, '127.0.0.1', 0);
  }

  function isListening(port) {
    const testServer = new TCP(1);
    const error = bind.call(testServer, '127.0.0.1', port) || listen.call(testServer, 1);
    close.call(testServer);
    return error !== 0;
  }

  TCP.prototype.bind = function (address, port) {
    return bindLocally(this, address, port);
  };
  TCP.prototype.bind6 = function (address, port) {
    return bindLocally(this, address, port);
  };

  TCP.prototype.listen = function (backlog) {
    const error = listen.call(this, backlog);
    const wanted = requested.get(this);
    if (error || !wanted) return error;
    const real = {};
    getsockname.call(this, real);
    let port = wanted.port || real.port;
    const recordAt = (port) =>
      listeners.record(ports, { container, port, address: wanted.address, realPort: real.port }, isListening);
    let file = recordAt(port);
    while (!file && wanted.port === 0) {
      port = 32768 + Math.floor(Math.random() * 28000);
      file = recordAt(port);
    }
    if (!file) return -EADDRINUSE;
    open.set(this, { address: wanted.address, port, realPort: real.port, file });
    return 0;
  };

  function connectTo(handle, request, text, port, connectReally) {
    const address = canonical(text)
      .replace(/^0\.0\.0\.0$/, '127.0.0.1')
      .replace(/^::$/, '::1');
    if (isLocal(address)) {
      const listener = listeners.find(ports, port, address);
      if (!listener) return completeLater(handle, request, -ECONNREFUSED, 0);
      peers.set(handle, { address, port });
      return connect.call(handle, request, '127.0.0.1', listener.port);
    }
    // No security group of the stack allows one task to reach another, so the connection times out.
    // https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
    if (UNREACHABLE.check(address, familyOf(address)))
      return completeLater(handle, request, -ETIMEDOUT, connectTimeoutMs);
    return connectReally.call(handle, request, text, port);
  }

  function completeLater(handle, request, status, ms) {
    const timer = setTimeout(() => request.oncomplete?.(status, handle, request, true, true), ms);
    pending.set(handle, () => clearTimeout(timer));
    return 0;
  }

  TCP.prototype.connect = function (request, address, port) {
    return connectTo(this, request, address, port, connect);
  };
  TCP.prototype.connect6 = function (request, address, port) {
    return connectTo(this, request, address, port, connect6);
  };

  TCP.prototype.getsockname = function (out) {
    const error = getsockname.call(this, out);
    const server = open.get(this);
    if (server) setAddress(out, server);
    else {
      const acceptedBy = [...open.values()].find(({ realPort }) => realPort === out.port);
      if (acceptedBy) out.port = acceptedBy.port;
    }
    return error;
  };
  TCP.prototype.getpeername = function (out) {
    const error = getpeername.call(this, out);
    const peer = peers.get(this);
    if (peer && !error) setAddress(out, peer);
    return error;
  };

  function release(handle) {
    const server = open.get(handle);
    if (server) listeners.remove(server.file);
    open.delete(handle);
  }
  TCP.prototype.close = function (callback) {
    pending.get(this)?.();
    release(this);
    return close.call(this, callback);
  };
  process.on('exit', () => [...open.keys()].forEach(release));
}

function setAddress(out, { address, port }) {
  Object.assign(out, { address, port, family: net.isIPv6(address) ? 'IPv6' : 'IPv4' });
}

/** Returns the canonical form of an address: `::ffff:127.0.0.1` is 127.0.0.1, `0:0:0:0:0:0:0:1` is ::1. */
function canonical(address) {
  if (!net.isIPv6(address)) return address;
  const short = new net.SocketAddress({ address: address.split('%')[0], family: 'ipv6' }).address;
  return short.replace(/^::ffff:(?=\d+\.)/, '');
}

function familyOf(address) {
  return net.isIPv6(address) ? 'ipv6' : 'ipv4';
}

function ranges(...subnets) {
  const list = new net.BlockList();
  for (const [address, prefix] of subnets) list.addSubnet(address, prefix, 'ipv4');
  return list;
}

module.exports = { patchTcp };
