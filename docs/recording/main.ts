/** Records a first provision and a teardown in a terminal, and writes docs/first-run.svg: `npm run docs:record`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { framesOf, type Output } from './frames.ts';
import { animatedSvg } from './svg.ts';

const SIZE = { columns: 96, rows: 26 };
const COMMANDS = [
  'npm run -s provision',
  'curl http://api.slipway.localhost:8080/api1',
  'npm run -s teardown',
];
/** Milliseconds for which a command is shown before it runs. */
const TYPED_MS = 800;

const ROOT = join(import.meta.dirname, '../..');
const home = mkdtempSync(join(tmpdir(), 'slipway-recording-'));
const outputs: Output[] = [];
let now = 0;

/** Runs a command in a pseudo-terminal of util-linux's `script`, and records what it writes. */
async function record(command: string): Promise<void> {
  outputs.push({ at: now, text: `\u001b[1m$ ${command}\u001b[0m\r\n` });
  const start = performance.now() - now - TYPED_MS;
  const script = `stty cols ${SIZE.columns} rows ${SIZE.rows}; ${command}`;
  const child = spawn('script', ['--quiet', '--return', '--command', script, '/dev/null'], {
    cwd: ROOT,
    env: { ...process.env, SLIPWAY_HOME: home, TERM: 'xterm-256color' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => outputs.push({ at: performance.now() - start, text }));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`${command} ended with ${code}`);
  now = performance.now() - start + TYPED_MS;
  outputs.push({ at: now, text: '\r\n' });
}

try {
  for (const command of COMMANDS) await record(command);
} finally {
  rmSync(home, { recursive: true, force: true });
}
const frames = await framesOf(outputs, SIZE);
const title = 'A first provision on the sandbox, a request to the stack, and its teardown';
writeFileSync(join(ROOT, 'docs/first-run.svg'), animatedSvg(frames, { ...SIZE, title }));
