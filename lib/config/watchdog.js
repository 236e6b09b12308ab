// A thread that kills its process when the parent process ends. A configuration can block the main thread, but not this one.
// @ts-check
import { workerData } from 'node:worker_threads';

/** Milliseconds between two checks. */
const CHECK_INTERVAL_MS = 250;

setInterval(() => {
  // When its parent ends, a process gets another parent.
  if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL');
}, CHECK_INTERVAL_MS);
