/** For convergence tests: runs the sandbox's control plane and both commands in the process of the test. */
import { setMaxListeners } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from '@jest/globals';
import { parseConfig } from '../../lib/config/parse.ts';
import type { PlannedChange, ProvisionResult, RunOutput } from './run-results.ts';
import type { StackInput } from '../../lib/config/schema.ts';
import type { CommandResult } from '../../lib/run/main.ts';
import { survey } from '../../lib/engine/survey.ts';
import { openSession } from '../../lib/run/session.ts';
import type { Noun } from '../../lib/model/architecture.ts';
import { addressOf } from '../../lib/model/resources.ts';
import type { Report } from '../../lib/model/report.ts';
import { DEFAULT_OPTIONS, type Options } from '../../lib/run/options.ts';
import type { SandboxHandle } from '../../lib/run/target.ts';
import { systemClock, type Clock } from '../../lib/model/clock.ts';
import { LAST_GOOD_TAG } from '../../lib/derive/tags.ts';
import { emptyState, type StateData } from '../../lib/state/format.ts';
import { awsWaits, NO_PROOF, quickWaits } from '../../lib/engine/waits.ts';
import { history } from '../../history/run.ts';
import { provision } from '../../provision/run.ts';
import { rollback } from '../../rollback/run.ts';
import { status } from '../../status/run.ts';
import { runSecret } from '../../secret/run.ts';
import { census } from '../../sandbox/census.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import type { DataPlane } from '../../sandbox/data-plane/data-plane.ts';
import type { Weather } from '../../sandbox/chaos/weather.ts';
import { startSandboxWithTasks } from '../../sandbox/sandbox-with-tasks.ts';
import type { TaskDefinitionRow } from '../../sandbox/aws/ecs/store.ts';
import type { SandboxClock } from '../../sandbox/world/clock.ts';
import type { World } from '../../sandbox/world/world.ts';
import { certificate } from '../certificate.ts';
import { ENVIRONMENT_FILE } from '../everything/stack.ts';
import { clientsOf, type Clients } from './clients.ts';
import type { AccountSnapshot } from './account-snapshots.ts';
import { removalsOf, takeDown, teardown } from '../../teardown/run.ts';

/** When an account is closed: after its test, or after all tests of the file. */
type Lifetime = 'test' | 'file';

/** The options of `account`. The comment of that function describes them. */
interface AccountOptions {
  readonly realTasks?: boolean;
  readonly lifetime?: Lifetime;
  readonly clock?: Clock & SandboxClock;
  readonly weather?: Weather;
  readonly limitsRequestRate?: boolean;
  readonly plane?: DataPlane;
  readonly from?: AccountSnapshot;
  readonly handle?: Partial<SandboxHandle>;
}

const cleanups: Record<Lifetime, (() => Promise<void>)[]> = { test: [], file: [] };
const closeAll = async (lifetime: Lifetime) => {
  for (const close of cleanups[lifetime].splice(0).reverse()) await close();
};
afterEach(() => closeAll('test'));
afterAll(() => closeAll('file'));

/** The function of a command. */
type RunCommand = (...args: Parameters<typeof provision>) => Promise<CommandResult>;

/** A new AWS account in a sandbox, and a user who runs the commands in it. */
export interface Account {
  readonly sandbox: Sandbox;
  /** AWS clients of another user of the account. */
  readonly aws: Clients;
  /** Closes the account before its test ends. */
  close(): Promise<void>;
  /** Provisions a stack. */
  provision(stack: StackInput, options?: Partial<Options>): Promise<ProvisionResult>;
  /** Returns what `npm run drift` prints, and its exit code. */
  drift(stack: StackInput): Promise<CommandResult>;
  /** Returns the changes of a plan. */
  plan(stack: StackInput, options?: Partial<Options>): Promise<PlannedChange[]>;
  teardown(stack: StackInput, options?: Partial<Options>): Promise<CommandResult>;
  /** Returns what `npm run status` prints, and its exit code. */
  status(stack: StackInput): Promise<CommandResult<object>>;
  /** Returns what `npm run history` prints. */
  history(stack: StackInput, options?: Partial<Options>): Promise<CommandResult>;
  /** Stores, lists or removes secrets. @param value the value to store */
  secret(stack: StackInput, options: Partial<Options>, value?: string): Promise<CommandResult>;
  /** Rolls a service back. */
  rollback(stack: StackInput, options?: Partial<Options>): Promise<CommandResult>;
  /** Returns what another command prints. */
  runCommand(command: RunCommand, stack: StackInput, options?: Partial<Options>): Promise<CommandResult>;
  /** Returns the notes and warnings of the last run, and its result if the run succeeded. */
  output(): RunOutput;
  /** Removes only the resources of these nouns, in the order of a teardown. */
  removeNouns(stack: StackInput, nouns: ReadonlySet<Noun>): Promise<void>;
  /** Counts the existing resources of each kind. */
  census(): Readonly<Record<string, number>>;
  /** Returns the addresses in the state file, each with its ids. */
  ids(stage?: string): Record<string, Record<string, string>>;
  /** Copies the world and the state file. */
  snapshot(): AccountSnapshot;
  /** Deletes the state file. */
  deleteState(stage?: string): void;
  /**
   * Ends the current run as SIGKILL would. The next run finds the files as they are at this moment. Later writes of the killed
   * run do not affect these files.
   */
  kill(): void;
  /** Writes a state file with the given ids. */
  writeState(ids: ReturnType<Account['ids']>, otherFields?: Partial<StateData>): void;
}

/**
 * The program in the folder `app`. It answers requests with NAME, uses TLS or gRPC if PROTOCOL says so, and shuts down gracefully. If
 * HEALTH is set, it answers only /app, /side and that path. OTHERS decides what happens to any other request: a status code, or
 * `hang`, which means no answer. With `exit`, the program ends at once.
 */
const APP_PROGRAM = `
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
const { NAME, PORT, PROTOCOL, HEALTH, OTHERS = '404' } = process.env;
if (OTHERS === 'exit') process.exit(1);
const answer = ({ url }, response) => {
  const isKnown = HEALTH === undefined || ['/app', '/side', HEALTH].includes(url);
  if (!isKnown && OTHERS === 'hang') return;
  response.writeHead(isKnown ? 200 : Number(OTHERS)).end(NAME);
};
const server = PROTOCOL === 'HTTPS'
  ? https.createServer(${JSON.stringify(certificate)}, answer)
  : PROTOCOL === 'GRPC' ? http2.createServer() : http.createServer(answer);
if (PROTOCOL === 'GRPC') server.on('stream', (stream) => {
  const message = Buffer.concat([Buffer.from([0, 0, 0, 0, NAME.length]), Buffer.from(NAME)]);
  stream.on('error', () => {}).respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': 0 })).resume().end(message);
}).on('session', (session) => process.on('SIGTERM', () => session.close()));
server.listen(Number(PORT));
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
});
`;

/**
 * Opens a new account. With the lifetime `test`, the account is closed after the test; with `file`, after all tests of the file.
 * @param realTasks whether tasks run as processes and load balancers answer requests
 * @param clock the clock that Slipway and the sandbox share. With a clock, AWS takes as long as in reality; without a clock, AWS
 * takes no time.
 * @param limitsRequestRate whether Slipway limits its own request rate
 * @param plane the simulated data plane; by default all tasks start
 * @param from the initial state of the account; by default, the account is empty
 * @param handle changed properties of the sandbox handle; by default the sandbox is already running and keeps running
 */
export async function account({
  realTasks = false,
  lifetime = 'test',
  clock,
  weather,
  limitsRequestRate = false,
  plane,
  from,
  handle: handleOverrides,
}: AccountOptions = {}): Promise<Account> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-converge-'));
  const sandbox = realTasks
    ? await startSandboxWithTasks({ seed: 'converge', httpPort: 0, pace: 300 })
    : await startSandbox({ seed: 'converge', weather, plane, ...(clock && { clock, pace: 1 }) });
  const time = clock
    ? { clock, waits: awsWaits, ...(limitsRequestRate && { rateLimitFactor: 1 }) }
    : { clock: systemClock, waits: SHORT_WAITS };
  let home = join(folder, 'home');
  mkdirSync(join(folder, 'app'));
  writeFileSync(join(folder, 'app/main.ts'), APP_PROGRAM);
  writeFileSync(join(folder, ENVIRONMENT_FILE.name), ENVIRONMENT_FILE.text);
  const aws = clientsOf(sandbox.url);
  let isClosed = false;
  const close = async () => {
    if (isClosed) return;
    isClosed = true;
    Object.values(aws).forEach((client) => client.destroy());
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  };
  cleanups[lifetime].push(close);
  const sandboxHandle: SandboxHandle = {
    url: sandbox.url,
    pid: process.pid,
    folder: join(folder, 'home', 'sandbox'),
    started: false,
    background: false,
    rateLimitFactor: undefined,
    authority: async () => ({
      certificate: sandbox.world.authority().certificate,
      file: join(folder, 'authority.pem'),
    }),
    resolve: async (name, port) => {
      if (!realTasks) return undefined;
      const answer = await fetch(`${sandbox.url}/_sandbox/resolve?name=${name}&port=${port}`);
      return ((await answer.json()) ?? undefined) as { host: string; port: number } | undefined;
    },
    nameServers: async (zone) =>
      (await (await fetch(`${sandbox.url}/_sandbox/name-servers?name=${zone}`)).json()) as string[],
    listeners: async (taskId) => {
      if (!realTasks) return undefined;
      const answer = await fetch(`${sandbox.url}/_sandbox/listeners?task=${taskId}`);
      return ((await answer.json()) ?? undefined) as Awaited<ReturnType<SandboxHandle['listeners']>>;
    },
    census: async () => census(sandbox.world),
    isAlive: () => true,
    stop: async () => undefined,
    ...handleOverrides,
  };
  let currentRun = new AbortController();
  let output: RunOutput = { warnings: [], notes: [], result: undefined };
  const readConfig = async (
    stack: StackInput,
    { stage, target, builder, deploy, service }: Options,
    needsSources: boolean,
  ) => {
    const builtService = deploy ? service : undefined;
    const file = 'slipway.config.ts';
    return parseConfig(stack, { stage, target, builder, folder, file, needsSources, builtService });
  };
  const run = async (
    command: RunCommand,
    stack: StackInput,
    changedOptions: Partial<Options>,
    report: Report,
  ) => {
    const options: Options = { ...OPTIONS, ...changedOptions };
    const { signal } = (currentRun = new AbortController());
    setMaxListeners(0, signal);
    const warnings: string[] = [];
    const notes: string[] = [];
    output = { warnings, notes, result: undefined };
    const listener: Report = (event) => {
      if (event.type === 'warning') warnings.push(event.text);
      if (event.type === 'note') notes.push(event.text);
      report(event);
    };
    const result = await command(
      { options, report: listener, signal, interactive: false },
      {
        home,
        time,
        openSandbox: async () => sandboxHandle,
        config: readConfig(stack, options, command === provision),
      },
    );
    output = { warnings, notes, result };
    return result;
  };
  /** Returns the path of the state file of the only stack of a stage. */
  const stateFile = (stage: string) => {
    const names = existsSync(home) ? readdirSync(home) : [];
    return join(home, names.find((name) => name.endsWith(`-${stage}.json`)) ?? `shop-${stage}.json`);
  };
  const writeStateFile = (text: string) => {
    const { stack } = JSON.parse(text) as StateData;
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, `${stack}.json`), text);
  };
  if (from) {
    // The world later changes the rows that it restores, so it gets a copy of the snapshot.
    sandbox.world.restore(structuredClone(from.world));
    writeStateFile(from.state);
  }
  return {
    sandbox,
    aws,
    close,
    async provision(stack, options = {}) {
      const callsBefore = sandbox.journal.entries().length;
      const done: string[] = [];
      await run(provision, stack, options, (event) => {
        if (event.type !== 'resource' || !(event.status in VERBS)) return;
        done.push(`${addressOf(event.noun, event.key)} ${VERBS[event.status as keyof typeof VERBS]}`);
      });
      const calls = sandbox.journal
        .entries()
        .slice(callsBefore)
        .filter(({ mutating }) => mutating)
        .map(({ service, operation }) => `${service}:${operation}`);
      return { done: done.sort(), calls };
    },
    async plan(stack, options = {}) {
      const { json } = await run(provision, stack, { plan: true, ...options }, SILENT);
      return (json as { plan: { changes: PlannedChange[] } }).plan.changes;
    },
    drift: (stack) => run(provision, stack, { drift: true }, SILENT),
    output: () => output,
    teardown: (stack, options = {}) => run(teardown, stack, options, SILENT),
    status: (stack) => run(status, stack, {}, SILENT),
    history: (stack, options = {}) => run(history, stack, options, SILENT),
    secret: (stack, options, value = '') =>
      run((...args) => runSecret(...args, value), stack, options, SILENT),
    rollback: (stack, options = {}) => run(rollback, stack, options, SILENT),
    runCommand: (command, stack, options = {}) => run(command, stack, options, SILENT),
    async removeNouns(stack, nouns) {
      await run(
        async ({ options, report, signal }, dependencies) => {
          const session = await openSession(options, {
            command: 'teardown',
            report,
            signal,
            survey,
            ...dependencies,
          });
          const found = await session.found;
          const changes = removalsOf(found, session.lookContext().names.stack).filter(({ noun }) =>
            nouns.has(noun),
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
    census: () => censusOfStacks(sandbox.world),
    ids: (stage = 'dev') =>
      (JSON.parse(readFileSync(stateFile(stage), 'utf8')) as { resources: ReturnType<Account['ids']> })
        .resources,
    snapshot: () => ({
      world: structuredClone(sandbox.world.snapshot()),
      state: readFileSync(stateFile('dev'), 'utf8'),
      takenAt: time.clock.now(),
    }),
    deleteState: (stage = 'dev') => rmSync(stateFile(stage)),
    kill() {
      const copiedHome = join(folder, `home-${Math.random().toString(36).slice(2)}`);
      if (existsSync(home))
        cpSync(home, copiedHome, { recursive: true, filter: (file) => !file.includes('.lock') });
      home = copiedHome;
      currentRun.abort();
    },
    writeState(ids, otherFields = {}) {
      const guard = { stack: 'shop-dev', account: '000000000000', region: 'eu-west-1', endpoint: 'sandbox' };
      writeStateFile(JSON.stringify({ ...emptyState(guard), resources: ids, ...otherFields }));
    },
  };
}

/** The waits in an account without a clock. They end almost immediately. */
const SHORT_WAITS = quickWaits(10, NO_PROOF);

const SILENT: Report = () => undefined;
const VERBS = { created: 'create', updated: 'update', replaced: 'replace', removed: 'remove' };

const OPTIONS: Options = { ...DEFAULT_OPTIONS, yes: true, json: true, wait: false };

/** Returns one line per change, without ids. */
export const planInWords = (plan: readonly PlannedChange[]): string[] =>
  plan.map(({ address, verb, fields }) => {
    const changedFields = verb === 'create' || verb === 'remove' ? [] : fields.map(({ field }) => field);
    return [`${verb} ${address}`, changedFields.join(', ')].filter(Boolean).join(': ');
  });

/**
 * Counts the resources. Leaves out the last good revisions that runs without waiting keep until the new revisions serve. A last good
 * revision without a newer one counts, so that a teardown has to delete it.
 */
function censusOfStacks(world: World): Record<string, number> {
  const counts = census(world);
  const active = world
    .regions()
    .flatMap(({ ecs }) => ecs.taskDefinitions.filter(({ status }) => status === 'ACTIVE'));
  const isLastGood = ({ tags }: TaskDefinitionRow) => tags.some(({ key }) => key === LAST_GOOD_TAG);
  const families = new Set(active.filter((row) => !isLastGood(row)).map(({ family }) => family));
  const keptCount = active.filter((row) => isLastGood(row) && families.has(row.family)).length;
  return keptCount === 0
    ? counts
    : { ...counts, 'ecs.taskDefinitions': (counts['ecs.taskDefinitions'] ?? 0) - keptCount };
}
