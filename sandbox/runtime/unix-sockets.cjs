// Records the Unix sockets on which a Node process listens. They need no mapping, but they explain why a port has no listener.
'use strict';

const net = require('node:net');
const listeners = require('./listener-records.cjs');

/** Node passes this in place of the port and the family when a server listens on a path. */
const IS_PATH = -1;

/** @param {{ container: string, ports: string }} task the container's name, and the folder of the listener records */
function watchUnixSockets({ container, ports }) {
  const { _listen2: listen } = net.Server.prototype;
  // Without this function of Node, the sockets stay unknown.
  if (typeof listen !== 'function') return;
  net.Server.prototype._listen2 = function (path, port, family, ...rest) {
    listen.call(this, path, port, family, ...rest);
    if (port !== IS_PATH || family !== IS_PATH || typeof path !== 'string' || !this._handle) return;
    const { close } = this._handle;
    const file = listeners.recordSocket(ports, container, path);
    this._handle.close = function (callback) {
      listeners.remove(file);
      return close.call(this, callback);
    };
  };
}

module.exports = { watchUnixSockets };
