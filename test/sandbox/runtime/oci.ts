/** A program without Node for the tests of OCI runtimes: compiled on this machine, so that it needs no other file. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findOciRuntime } from '../../../sandbox/runtime/find-oci-runtime.ts';

/** Compiles the server. Returns undefined on a machine without a C compiler that can link statically. */
function compiledServer(): Uint8Array | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-server-'));
  try {
    const file = join(folder, 'server');
    const source = resolve('test/sandbox/runtime/server.c');
    const { status } = spawnSync('cc', ['-static', '-w', '-o', file, source], { stdio: 'ignore' });
    return status === 0 ? readFileSync(file) : undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The runtime and the program, where the machine has a runtime and a compiler. */
export function ociPrograms(): { runtime: string; server: Uint8Array } | undefined {
  const runtime = findOciRuntime();
  const server = runtime === undefined ? undefined : compiledServer();
  return runtime !== undefined && server !== undefined ? { runtime, server } : undefined;
}
