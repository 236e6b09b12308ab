/** For tests of convergence: the sandbox's control plane and both commands in this process, thousands of runs a minute. */
import { setMaxListeners } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from '@jest/globals';
import { parseConfig } from '../../lib/config/parse.ts';
import type { StackInput } from '../../lib/config/schema.ts';
import type { CommandResult } from '../../lib/run/main.ts';
import { survey } from '../../lib/engine/survey.ts';
import { openSession } from '../../lib/run/session.ts';
import { addressOf, type Noun } from '../../lib/model/resources.ts';
import type { Report } from '../../lib/model/report.ts';
import type { Options } from '../../lib/run/options.ts';
import type { SandboxHandle } from '../../lib/run/target.ts';
import { systemClock, type Clock } from '../../lib/model/clock.ts';
import { emptyState, type StateData } from '../../lib/state/format.ts';
import { awsWaits, quickWaits } from '../../lib/engine/waits.ts';
import { provision } from '../../provision/run.ts';
import { census } from '../../sandbox/census.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import type { DataPlane } from '../../sandbox/data-plane/data-plane.ts';
import type { Weather } from '../../sandbox/chaos/weather.ts';
import { startSandboxWithTasks } from '../../sandbox/sandbox-with-tasks.ts';
import type { SandboxClock as SandboxClock } from '../../sandbox/world/clock.ts';
import { certificate } from '../certificate.ts';
import { clientsOf, type Clients } from './clients.ts';
import type { Moment } from './moments.ts';
import { removalsOf, takeDown, teardown } from '../../teardown/run.ts';

/** How long an account lives. */
type Life = 'test' | 'file';

/** What an account is to be like. */
interface Ask {
  readonly real?: boolean;
  readonly lives?: Life;
  readonly clock?: Clock & SandboxClock;
  readonly weather?: Weather;
  readonly limits?: boolean;
  readonly plane?: DataPlane;
  readonly from?: Moment;
  readonly door?: Partial<SandboxHandle>;
}

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
  /** Ends it before its test does. */
  close(): Promise<void>;
  /** Provisions. */
  up(stack: StackInput, more?: Partial<Options>): Promise<Upped>;
  /** What `npm run drift` prints, and its exit code. */
  drift(stack: StackInput): Promise<CommandResult>;
  /** Plans, and returns the changes. */
  plan(stack: StackInput, more?: Partial<Options>): Promise<Planned[]>;
  down(stack: StackInput, more?: Partial<Options>): Promise<CommandResult>;
  /** Takes away things of these nouns alone, in AWS's order. */
  lose(stack: StackInput, nouns: ReadonlySet<Noun>): Promise<void>;
  /** Everything that exists, by kind. */
  census(): Readonly<Record<string, number>>;
  /** The ids in the state file, by address. */
  ids(stage?: string): Record<string, Record<string, string>>;
  /** All of it as it is now. */
  moment(): Moment;
  /** Loses the state file. */
  forget(stage?: string): void;
  /**
   * Ends the run that is under way as SIGKILL would: what it has on disk at this moment is what the next run finds, and
   * what it still does reaches nobody.
   */
  die(): void;
  /** Has a state file of other ids, and of anything else. */
  remember(ids: ReturnType<Account['ids']>, more?: Partial<StateData>): void;
}

/** The program of the folder `app`: answers with its name, over TLS if it is told so, and ends politely. */
const PROGRAM = `
import http from 'node:http';
import https from 'node:https';
const answer = (_, response) => response.end(process.env.NAME);
const server = process.env.PROTOCOL === 'HTTPS'
  ? https.createServer(${JSON.stringify(certificate)}, answer)
  : http.createServer(answer);
server.listen(Number(process.env.PORT));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
`;

/**
 * A new account; it is gone with the test, or with all tests of the file.
 * @param real whether tasks really run and load balancers really answer
 * @param clock what both sides go by; then AWS takes as long as it takes, and without one no time at all
 * @param limits whether calls keep within AWS's rate limits
 * @param plane what pretends to run tasks; they all start unless told
 * @param from how it begins; empty unless told
 * @param door what is otherwise with the sandbox than that it runs and goes on
 */
export async function account({
  real = false,
  lives = 'test',
  clock,
  weather,
  limits = false,
  plane,
  from,
  door: otherwise,
}: Ask = {}): Promise<Account> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-converge-'));
  const sandbox = real
    ? await startSandboxWithTasks({ seed: 'converge', httpPort: 0, pace: 300 })
    : await startSandbox({ seed: 'converge', weather, plane, ...(clock && { clock, pace: 1 }) });
  const time = clock
    ? { clock, waits: awsWaits, ...(limits && { limits: 1 }) }
    : { clock: systemClock, waits: soon };
  let home = join(folder, 'home');
  mkdirSync(join(folder, 'app'));
  writeFileSync(join(folder, 'app/main.ts'), PROGRAM);
  const aws = clientsOf(sandbox.url);
  let isClosed = false;
  const close = async () => {
    if (isClosed) return;
    isClosed = true;
    Object.values(aws).forEach((client) => client.destroy());
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  };
  closing[lives].push(close);
  const door: SandboxHandle = {
    url: sandbox.url,
    pid: process.pid,
    folder: join(folder, 'home', 'sandbox'),
    started: false,
    background: false,
    limits: undefined,
    resolve: async (name, port) => {
      if (!real) return undefined;
      const answer = await fetch(`${sandbox.url}/_sandbox/resolve?name=${name}&port=${port}`);
      return ((await answer.json()) ?? undefined) as { host: string; port: number } | undefined;
    },
    census: async () => census(sandbox.world),
    isAlive: () => true,
    stop: async () => undefined,
    ...otherwise,
  };
  let running = new AbortController();
  const read = async (stack: StackInput, { stage, target, builder }: Options) =>
    parseConfig(stack, { stage, target, builder, folder, file: 'slipway.config.ts' });
  const run = async (
    command: typeof provision,
    stack: StackInput,
    more: Partial<Options>,
    report: Report,
  ) => {
    const options: Options = { ...OPTIONS, ...more };
    const { signal } = (running = new AbortController());
    setMaxListeners(0, signal);
    return command(
      { options, report, signal, interactive: false },
      {
        home,
        time,
        openSandbox: async () => door,
        config: read(stack, options),
      },
    );
  };
  const stateFile = (stage: string) => join(home, `${stage}.json`);
  const write = (text: string) => {
    mkdirSync(home, { recursive: true });
    writeFileSync(stateFile('dev'), text);
  };
  if (from) {
    // Its rows are live.
    sandbox.world.restore(structuredClone(from.world));
    write(from.state);
  }
  return {
    sandbox,
    aws,
    close,
    async up(stack, more = {}) {
      const before = sandbox.journal.entries().length;
      const done: string[] = [];
      await run(provision, stack, more, (event) => {
        if (event.type !== 'thing' || !(event.status in VERBS)) return;
        done.push(`${addressOf(event.noun, event.key)} ${VERBS[event.status as keyof typeof VERBS]}`);
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
          const session = await openSession(options, {
            command: 'teardown',
            report,
            signal,
            survey,
            ...outside,
          });
          const found = await session.found;
          const changes = removalsOf(found, session.lookContext().names.stack).filter(({ noun: step }) =>
            nouns.has(step),
          );
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
    moment: () => ({
      world: structuredClone(sandbox.world.snapshot()),
      state: readFileSync(stateFile('dev'), 'utf8'),
      at: time.clock.now(),
    }),
    forget: (stage = 'dev') => rmSync(stateFile(stage)),
    die() {
      const left = join(folder, `home-${Math.random().toString(36).slice(2)}`);
      if (existsSync(home))
        cpSync(home, left, { recursive: true, filter: (file) => !file.includes('.lock') });
      home = left;
      running.abort();
    },
    remember(ids, more = {}) {
      const guard = { stack: 'shop-dev', account: '000000000000', region: 'eu-west-1', endpoint: 'sandbox' };
      write(JSON.stringify({ ...emptyState(guard), resources: ids, ...more }));
    },
  };
}

/** Nothing here takes longer than a moment. */
const soon = quickWaits(10);

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
