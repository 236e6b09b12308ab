/** For tests of convergence: the sandbox's control plane and both commands in this process, thousands of runs a minute. */
import { setMaxListeners } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from '@jest/globals';
import { parseConfig } from '../../lib/config/load.ts';
import type { StackInput } from '../../lib/config/schema.ts';
import type { Result } from '../../lib/run/main.ts';
import { survey } from '../../lib/look/looks.ts';
import { openSession } from '../../lib/run/session.ts';
import { addressOf, type Name } from '../../lib/resources.ts';
import type { Report } from '../../lib/report.ts';
import type { Options } from '../../lib/run/options.ts';
import type { SandboxDoor } from '../../lib/run/target.ts';
import { emptyState, type StateData } from '../../lib/state/format.ts';
import { provision } from '../../provision/provision.ts';
import { census } from '../../sandbox/census.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { startWholeSandbox } from '../../sandbox/whole.ts';
import { clientsOf, type Clients } from './clients.ts';
import { planOf, takeDown, teardown } from '../../teardown/teardown.ts';

/** How long an account lives. */
type Life = 'test' | 'file';
const closing: Record<Life, (() => Promise<void>)[]> = { test: [], file: [] };
const closeAll = async (which: Life) => {
  for (const close of closing[which].splice(0).reverse()) await close();
};
afterEach(() => closeAll('test'));
afterAll(() => closeAll('file'));

/** What a plan says of one thing, as `--json` does. */
export interface Planned {
  readonly address: string;
  readonly verb: string;
  readonly reason: string;
  readonly fields: readonly { readonly field: string; readonly from?: unknown; readonly to?: unknown }[];
}

/** What a provision did. */
export interface Upped {
  /** As it told it, e.g. `rules.web-api1 update`, in alphabetical order. */
  readonly done: string[];
  /** The mutating calls, as the sandbox's journal has them. */
  readonly calls: string[];
}

/** An account of its own, and a user who works in it. */
export interface Account {
  readonly sandbox: Sandbox;
  /** AWS's clients in the hands of somebody else. */
  readonly aws: Clients;
  /** Provisions. */
  up(stack: StackInput, more?: Partial<Options>): Promise<Upped>;
  /** What `npm run drift` prints, and its exit code. */
  drift(stack: StackInput): Promise<Result>;
  /** Plans, and returns the changes. */
  plan(stack: StackInput, more?: Partial<Options>): Promise<Planned[]>;
  down(stack: StackInput, more?: Partial<Options>): Promise<Result>;
  /** Takes away things of these nouns alone, in AWS's order. */
  lose(stack: StackInput, nouns: ReadonlySet<Name>): Promise<void>;
  /** Everything that exists, by kind. */
  census(): Readonly<Record<string, number>>;
  /** The ids in the state file, by address. */
  ids(stage?: string): Record<string, Record<string, string>>;
  /** Loses the state file. */
  forget(stage?: string): void;
  /** Has a state file of other ids, and of anything else. */
  remember(ids: ReturnType<Account['ids']>, more?: Partial<StateData>): void;
}

/** The program of the folder `app`: answers with its name, and ends politely. */
const PROGRAM = `
import { createServer } from 'node:http';
const server = createServer((_, response) => response.end(process.env.NAME));
server.listen(Number(process.env.PORT));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
`;

/**
 * A new account; it is gone with the test, or with all tests of the file.
 * @param real whether tasks really run and load balancers really answer
 */
export async function account({
  real = false,
  lives = 'test',
}: { real?: boolean; lives?: Life } = {}): Promise<Account> {
  const home = mkdtempSync(join(tmpdir(), 'slipway-converge-'));
  const sandbox = real
    ? await startWholeSandbox({ seed: 'converge', httpPort: 0, pace: 300 })
    : await startSandbox({ seed: 'converge' });
  mkdirSync(join(home, 'app'));
  writeFileSync(join(home, 'app/main.ts'), PROGRAM);
  const aws = clientsOf(sandbox.url);
  closing[lives].push(async () => {
    Object.values(aws).forEach((client) => client.destroy());
    await sandbox.close();
    rmSync(home, { recursive: true, force: true });
  });
  const door: SandboxDoor = {
    url: sandbox.url,
    pid: process.pid,
    folder: join(home, 'sandbox'),
    started: false,
    background: false,
    resolve: async (name, port) => {
      if (!real) return undefined;
      const answer = await fetch(`${sandbox.url}/_sandbox/resolve?name=${name}&port=${port}`);
      return ((await answer.json()) ?? undefined) as { host: string; port: number } | undefined;
    },
    census: async () => census(sandbox.world),
    stop: async () => undefined,
  };
  const run = async (
    command: typeof provision,
    stack: StackInput,
    more: Partial<Options>,
    report: Report,
  ) => {
    process.env['SLIPWAY_HOME'] = home;
    const options: Options = { ...OPTIONS, ...more };
    const { signal } = new AbortController();
    setMaxListeners(0, signal);
    return command(
      { options, report, signal, interactive: false },
      {
        openSandbox: async () => door,
        load: async ({ stage, target, builder }) =>
          parseConfig(stack, { stage, target, builder, folder: home, file: 'slipway.config.ts' }),
      },
    );
  };
  const stateFile = (stage: string) => join(home, `${stage}.json`);
  return {
    sandbox,
    aws,
    async up(stack, more = {}) {
      const before = sandbox.journal.entries().length;
      const done: string[] = [];
      await run(provision, stack, more, (event) => {
        if (event.type !== 'thing' || !(event.word in VERBS)) return;
        done.push(`${addressOf(event.step, event.key)} ${VERBS[event.word as keyof typeof VERBS]}`);
      });
      const calls = sandbox.journal
        .entries()
        .slice(before)
        .filter(({ mutating }) => mutating)
        .map(({ service, operation }) => `${service}:${operation}`);
      return { done: done.sort(), calls };
    },
    async plan(stack, more = {}) {
      const { json } = await run(provision, stack, { plan: true, ...more }, SILENT);
      return (json as { plan: { changes: Planned[] } }).plan.changes;
    },
    drift: (stack) => run(provision, stack, { drift: true }, SILENT),
    down: (stack, more = {}) => run(teardown, stack, more, SILENT),
    async lose(stack, nouns) {
      await run(
        async ({ options, report, signal }, outside) => {
          const session = await openSession(options, { command: 'teardown', report, signal, ...outside });
          const found = await survey(session.see());
          const changes = planOf(found, session.see().names.stack).filter(({ step }) => nouns.has(step));
          await takeDown(session, found, changes);
          await session.close();
          return { exitCode: 0, text: '', json: {} };
        },
        stack,
        {},
        SILENT,
      );
    },
    census: () => census(sandbox.world),
    ids: (stage = 'dev') =>
      (JSON.parse(readFileSync(stateFile(stage), 'utf8')) as { resources: ReturnType<Account['ids']> })
        .resources,
    forget: (stage = 'dev') => rmSync(stateFile(stage)),
    remember(ids, more = {}) {
      const guard = { stack: 'shop-dev', account: '000000000000', region: 'eu-west-1', endpoint: 'sandbox' };
      writeFileSync(stateFile('dev'), JSON.stringify({ ...emptyState(guard), resources: ids, ...more }));
    },
  };
}

const SILENT: Report = () => undefined;
const VERBS = { created: 'create', updated: 'update', replaced: 'replace', removed: 'remove' };

const OPTIONS: Options = {
  stage: 'dev',
  target: 'sandbox',
  config: undefined,
  plan: false,
  yes: true,
  json: true,
  wait: false,
  builder: undefined,
  drift: false,
  adopt: [],
};

/** One line a change, without ids. */
export const planInWords = (plan: readonly Planned[]): string[] =>
  plan.map(({ address, verb, fields }) => {
    const names = verb === 'create' || verb === 'remove' ? [] : fields.map(({ field }) => field);
    return [`${verb} ${address}`, names.join(', ')].filter(Boolean).join(': ');
  });
