/** Runs the Python tests of this folder against a sandbox. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { services } from '../../sandbox/services.ts';

/** The outcome of a Python test. */
export interface Outcome {
  readonly code: number;
  /** The report of the failures. It is empty if the tests succeeded. */
  readonly failures: string;
}

/** The operations that the sandbox implements. The keys are the names of the services in signatures. */
const implementedOperations = () =>
  Object.fromEntries(
    Object.entries(services).map(([name, service]) => [name, Object.keys(service.operations)]),
  );

/**
 * Runs the tests of a Python module with `unittest`, in an environment that has only PATH in common with this process.
 * @param module the name of a file of this folder, without its extension
 */
export function runPythonTests({ url }: Sandbox, module: string): Promise<Outcome> {
  const home = mkdtempSync(join(tmpdir(), 'slipway-boto3-'));
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    AWS_EC2_METADATA_DISABLED: 'true',
    PYTHONDONTWRITEBYTECODE: '1',
    SLIPWAY_TEST_ENDPOINT: url,
    SLIPWAY_TEST_OPERATIONS: JSON.stringify(implementedOperations()),
  };
  return new Promise((resolve) => {
    execFile(
      'python3',
      ['-m', 'unittest', '--failfast', module],
      { cwd: import.meta.dirname, env, killSignal: 'SIGKILL', timeout: 240_000 },
      (error, _output, report) => {
        rmSync(home, { recursive: true, force: true });
        // Python before 3.12 succeeds even if it finds no tests.
        const succeeded = error === null && /^Ran [1-9]\d* tests? in /m.test(report);
        resolve(succeeded ? { code: 0, failures: '' } : { code: Number(error?.code ?? 1), failures: report });
      },
    );
  });
}
