// A thread that kills its process when the parent process has ended: unlike the main thread, a configuration cannot block it.
// @ts-check
import { workerData } from 'node:worker_threads';

/** Milliseconds between two looks at the parent. */
const EVERY = 250;

setInterval(() => {
  // An orphan is adopted by another process.
  if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL');
}, EVERY);
