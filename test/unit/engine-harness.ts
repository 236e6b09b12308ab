/** For unit tests of the engine: fake steps and removals that log their calls, and a run with a real state file. */
import { beforeEach } from '@jest/globals';
import type { AlsoRemoved, Removal, RemoveContext, Step } from '../../lib/engine/step.ts';
import { localWaits } from '../../lib/engine/waits.ts';
import { namesOf } from '../../lib/derive/names.ts';
import type { Desired, LookContext } from '../../lib/look/context.ts';
import type { Found } from '../../lib/look/found.ts';
import { architecture, nouns, type Ids, type Noun } from '../../lib/model/architecture.ts';
import { changeAddress, type Change, type Verb } from '../../lib/model/change.ts';
import type { Event } from '../../lib/model/report.ts';
import { addressOf, ONLY } from '../../lib/model/resources.ts';
import { DEFAULT_OPTIONS, type Options } from '../../lib/run/options.ts';
import type { Run } from '../../lib/run/run.ts';
import type { Session } from '../../lib/run/session.ts';
import { openState, type State } from '../../lib/state/state.ts';
import { apply } from '../../provision/apply.ts';
import { steps, type Plan } from '../../provision/plan.ts';
import { removals } from '../../teardown/plan.ts';
import { ACCOUNT, config, lookContextOf, mocks, ourTags, surveyOf, testClock } from './step-harness.ts';
import { useFolder } from './lib/state/folder.ts';

/** The resources that a survey finds: for each noun, the resource of each key. */
export type Resources = NonNullable<Parameters<typeof surveyOf>[0]>;

const path = useFolder();

/** The calls of steps and removals, and the completed writes of the state, in order: `create vpc`, `recorded vpc`, … */
export let log: string[] = [];
/** The reported events, in order, without those that announce steps. */
export let events: Event[] = [];
/** The events that announce steps: the planned ones, and each that starts. */
export let announcements: Event[] = [];
/** The changes that the fake diffs return. */
export let diffs: Partial<Record<Noun, Change[]>> = {};
/** Aborts the run. */
export let abort = new AbortController();
export let run: Run;

/** Replaces members of a noun's step. */
export const fakeStep = <N extends Noun>(noun: N, members: Partial<Step<N>>): void =>
  void Object.assign(steps[noun], members);

/** Replaces a noun's removal. */
export const fakeRemoval = <N extends Noun>(noun: N, remove: Removal<N>['remove']): void =>
  void Object.assign(removals[noun], { remove });

const isAnnouncement = (event: Event): boolean =>
  event.type === 'steps' || (event.type === 'resource' && event.status === 'started');

beforeEach(async () => {
  log = [];
  events = [];
  announcements = [];
  diffs = {};
  abort = new AbortController();
  for (const noun of nouns) {
    const step = steps[noun] as unknown as Record<string, unknown>;
    for (const member of Object.keys(step)) delete step[member];
    fakeStep(noun, {
      diff: () => diffs[noun] ?? [],
      create: async ({ change }) => {
        log.push(`create ${changeAddress(change)}`);
        return idsFor(noun, change.key);
      },
      update: async ({ change }) => void log.push(`update ${changeAddress(change)}`),
    });
    fakeRemoval(
      noun,
      async ({ key }: RemoveContext<Noun>) => void log.push(`remove ${addressOf(noun, key)}`),
    );
  }
  const clock = testClock();
  const guard = { stack: 'shop-dev', account: ACCOUNT, region: 'eu-west-1', endpoint: 'aws' };
  run = {
    command: 'npm run provision',
    region: 'eu-west-1',
    endpoint: undefined,
    clock,
    signal: abort.signal,
    waits: localWaits,
    report: (event) => void (isAnnouncement(event) ? announcements : events).push(event),
    state: withLoggedWrites(await openState(path('dev.json'), guard, clock)),
    waitUntilReady: true,
  };
});

/** Returns a state that also logs each write once it has completed. */
const withLoggedWrites = (state: State): State => ({
  ...state,
  async intend(address) {
    const intent = await state.intend(address);
    log.push(`intent ${address}`);
    return intent;
  },
  async record(address, ids) {
    await state.record(address, ids);
    log.push(`recorded ${address}`);
  },
  async forget(address) {
    await state.forget(address);
    log.push(`forgot ${address}`);
  },
});

/** Made-up ids of a resource, e.g. `vpcId-of-vpc`. */
export const idsFor = <N extends Noun>(noun: N, key: string = ONLY): Ids[N] =>
  Object.fromEntries(
    architecture[noun].ids.map((field: string) => [field, `${field}-of-${addressOf(noun, key)}`]),
  ) as Ids[N];

/** A found resource with made-up ids, our tags and the fields in `more`. */
export const foundFor = <N extends Noun>(noun: N, key: string = ONLY, more: object = {}): Found[N] =>
  ({ ...idsFor(noun, key), tags: ourTags(noun, key), ...more }) as unknown as Found[N];

/** One found resource of a noun for each key, with made-up ids. */
export const foundAt = <N extends Noun>(noun: N, ...keys: string[]): Record<string, Found[N]> =>
  Object.fromEntries(keys.map((key) => [key, foundFor(noun, key)]));

/** A change of one resource. */
export const change = (noun: Noun, key: string, verb: Verb, more: Partial<Change> = {}): Change => ({
  noun,
  key,
  verb,
  fields: [],
  reason: `reason of ${addressOf(noun, key)}`,
  ...more,
});

/** A plan with these changes. */
export const planOf = (changes: readonly Change[], found: Resources = {}): Plan => ({
  found: surveyOf(found),
  names: namesOf(config()),
  changes,
  planned: { changesOf: (noun) => changes.filter((one) => one.noun === noun), isReplaced: () => false },
  kept: [],
});

/** The context of a run's looks, with mocked clients. */
export const engineContext = (stack = config()): LookContext & Desired => lookContextOf(stack, run.clock);

/** Applies a plan with these changes. */
export const applyChanges = (
  changes: readonly Change[],
  found: Resources = {},
  hooks?: Parameters<typeof apply>[3],
) => apply(run, engineContext(), planOf(changes, found), hooks);

/** The create of one resource. */
export const creation = (noun: Noun, key = ''): Change => change(noun, key, 'create');

/** A session whose run is `run`. */
export const sessionOf = (found: Resources = {}, overrides: Partial<Session> = {}): Session => {
  const stack = overrides.config ?? config();
  return {
    config: stack,
    account: ACCOUNT,
    connectedTarget: {
      settings: { region: stack.region },
      waits: run.waits,
      endpointName: 'aws',
      sandbox: undefined,
    },
    run,
    found: Promise.resolve(surveyOf(found)),
    lookContext: () => engineContext(stack),
    explain: (error) => error as Error,
    closeSandbox: async () => false,
    close: async () => undefined,
    ...overrides,
  };
};

/** Lets every mocked AWS client answer as in an empty account. */
export function mockEmptyAccount(): void {
  for (const mock of Object.values(mocks)) {
    mock.send.callsFake(((command: { constructor: { name: string } }) =>
      Promise.resolve(RESPONSES[command.constructor.name] ?? {})) as never);
  }
}

const RESPONSES: Readonly<Record<string, object>> = {
  GetCallerIdentityCommand: { Account: ACCOUNT },
  DescribeAvailabilityZonesCommand: {
    AvailabilityZones: ['a', 'b', 'c'].map((zone) => ({ ZoneName: `eu-west-1${zone}` })),
  },
};

/** The part of a removal's context that describes a run which also removes these resources, and no others. */
export const alsoRemoving = (others: Readonly<Record<string, Promise<void>>>): AlsoRemoved => ({
  willRemoveAll: () => false,
  removalOf: (key) => others[key],
});

/** A file in the current test's folder. */
export const fileOf = (name: string): string => path(name);

/** The options of a run without flags. */
export const defaultOptions: Options = DEFAULT_OPTIONS;
