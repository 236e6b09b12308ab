// A process is killed at each step of moving a state file of an earlier Slipway: the state is never lost, and the next run completes the move.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { systemClock } from '../../../lib/model/clock.ts';
import { emptyState } from '../../../lib/state/format.ts';
import { moveFormerState } from '../../../lib/state/former-file.ts';
import { openState } from '../../../lib/state/state.ts';
import { compileProgram, newFolder, startProgram } from '../../program.ts';
import { KILL_AT_OPERATION } from './kill-at-operation.ts';

const guard = { stack: 'shop-dev', account: '111122223333', region: 'eu-west-1', endpoint: 'aws' };
const STATE = JSON.stringify({ ...emptyState(guard), resources: { vpc: { vpcId: 'vpc-1' } } });

/** A program that moves `<from>/dev.json` and kills itself before or after its nth file operation. */
const MOVER = `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { moveFormerState } from 'lib/state/former-file.ts';
const [from, to, nth, when] = process.argv.slice(2);
${KILL_AT_OPERATION}
const handle = await fs.promises.open(from + '/dev.json');
for (const name of ['chmod', 'writeFile', 'sync']) wrap(Object.getPrototypeOf(handle), name);
for (const name of ['chmod', 'link', 'mkdir', 'open', 'readFile', 'rename', 'rm', 'writeFile']) wrap(fs.promises, name);
syncBuiltinESMExports();
await moveFormerState(
  { file: from + '/dev.json', lock: from + '/dev.lock' },
  { file: to + '/shop-dev.json', stack: 'shop-dev', command: 'npm run provision', clock: { now: Date.now } },
);
fs.writeSync(1, 'done\\n');
`;

test.each([
  ['in the same folder', ''],
  ['to another folder', 'beside'],
])(
  'if a move %s is killed at any step, the next run completes the move',
  async (_, folder) => {
    const program = await compileProgram(MOVER);
    const steps = new Set<string>();
    for (let nth = 1; !steps.has('done'); nth += 1) {
      for (const when of ['before', 'after']) {
        const from = newFolder();
        const to = join(from, folder);
        mkdirSync(to, { recursive: true });
        writeFileSync(join(from, 'dev.json'), STATE);
        const mover = startProgram(program, [from, to, String(nth), when]);
        const step = (await mover.nextLine()) ?? '';
        steps.add(step);
        expect({ step, ended: await mover.ended }).toEqual({ step, ended: step === 'done' ? 0 : 'SIGKILL' });
        const file = join(to, 'shop-dev.json');
        const copies = [join(from, 'dev.json'), file].filter((name) => existsSync(name));
        expect(copies.map((name) => readFileSync(name, 'utf8'))).toContain(STATE);

        const clock = systemClock;
        const former = { file: join(from, 'dev.json'), lock: join(from, 'dev.lock') };
        await moveFormerState(former, { file, stack: 'shop-dev', command: 'npm run teardown', clock });
        expect((await openState(file, guard, clock)).data.resources).toEqual({ vpc: { vpcId: 'vpc-1' } });
        const left = readdirSync(from, { recursive: true }).filter((name) => name !== folder);
        expect({ step, when, left }).toEqual({ step, when, left: [join(folder, 'shop-dev.json')] });
      }
    }
    expect([...steps]).toEqual(expect.arrayContaining(['link', 'rename', 'rm', 'done']));
  },
  300_000,
);
