// Makes a container's first program ignore a signal that it does not handle, as the kernel does for process 1 of a container.
'use strict';

const os = require('node:os');
const { isMainThread } = require('node:worker_threads');

/**
 * Node itself handles SIGTERM and SIGINT, and ends the program. In process 1 the kernel ignores the signal with which Node does
 * that. Therefore this process gets a handler that does nothing. The program does not see it, and can add its own handlers.
 * @param {number} sandboxPid the parent of a container's first process; a process with another parent is not process 1
 * @param {number} signal the number of the signal to ignore; 0 for none
 */
function actAsProcessOne(sandboxPid, signal) {
  if (signal === 0 || !isMainThread || process.ppid !== sandboxPid) return;
  const [name] = Object.entries(os.constants.signals).find(([, number]) => number === signal) ?? [];
  if (name === undefined) return;
  const ignore = () => {};
  process.on(name, ignore);
  // Node stops handling a signal when it notices that the last listener was removed. It does not notice this for this signal.
  const observers = process.rawListeners('removeListener');
  process.removeAllListeners('removeListener');
  for (const observer of observers)
    process.on('removeListener', (type, listener) => {
      if (type !== name) observer.call(process, type, listener);
    });
  process.off(name, ignore);
}

module.exports = { actAsProcessOne };
