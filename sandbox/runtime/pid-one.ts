/** Finds out whether the kernel delivers a signal to a container's first program: process 1 gets only signals that it handles. */
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';

/** The masks of signals that reach process 1: those that it handles, and those that it blocks and may fetch later. */
const REACHING = /^Sig(?:Cgt|Blk):\s*([0-9a-f]+)$/gm;

/**
 * Whether the kernel would deliver a signal to a program that is process 1. The answer is known on Linux only; elsewhere it is
 * always yes.
 * @see https://man7.org/linux/man-pages/man2/kill.2.html
 */
export function reachesProcessOne(pid: number, signal: number): boolean {
  if (process.platform !== 'linux' || signal === constants.signals.SIGKILL) return true;
  try {
    const masks = [...readFileSync(`/proc/${pid}/status`, 'utf8').matchAll(REACHING)];
    return masks.some(([, mask = '0']) => (BigInt(`0x${mask}`) >> BigInt(signal - 1)) % 2n === 1n);
  } catch {
    // The process has ended.
    return true;
  }
}
