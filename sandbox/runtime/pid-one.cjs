// Makes a container's first program ignore a signal that it does not handle, as the kernel does for process 1 of a container.
'use strict';

const os = require('node:os');
const { isMainThread } = require('node:worker_threads');

/** The handles stay referenced, so that they are not collected. */
const handles = [];

/**
 * Node itself handles SIGTERM and SIGINT, and ends the program. In process 1 the kernel ignores the signal with which Node does
 * that. Therefore this process gets a handler that does nothing. The program does not see it, and can add its own handlers.
 * @param {number} sandboxPid the parent of a container's first process; a process with another parent is not process 1
 * @param {number} signal the number of the signal to ignore; 0 for none
 */
function actAsProcessOne(sandboxPid, signal) {
  if (signal === 0 || !isMainThread || process.ppid !== sandboxPid) return;
  const { noDeprecation } = process;
  try {
    process.noDeprecation = true;
    const { Signal } = process.binding('signal_wrap');
    const handle = new Signal();
    handle.unref();
    handle.onsignal = () => {};
    handle.start(signal);
    handles.push(handle);
  } catch {
    const [name] = Object.entries(os.constants.signals).find(([, number]) => number === signal) ?? [];
    if (name) process.on(name, () => {});
  } finally {
    process.noDeprecation = noDeprecation;
  }
}

module.exports = { actAsProcessOne };
