// Connects two sockets with each other, for programs on both sides of a container's network namespace.
'use strict';

/**
 * Passes on what each socket receives, until both have ended. A reset of one resets the other.
 * @param {import('node:net').Socket} client accepted, with half-open connections allowed
 * @param {import('node:net').Socket} program connecting or connected, with half-open connections allowed
 */
function relaySockets(client, program) {
  client.setNoDelay(true);
  client.pipe(program);
  program.pipe(client);
  client.on('error', () => program.resetAndDestroy());
  program.on('error', () => client.resetAndDestroy());
  client.on('close', () => program.destroy());
  program.on('close', () => client.destroy());
}

module.exports = { relaySockets };
