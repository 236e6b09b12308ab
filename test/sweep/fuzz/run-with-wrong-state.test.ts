// A provision corrects any wrong contents of its state file: nothing is created twice, lost or reported as changed.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { StateData } from '../../../lib/state/format.ts';
import { account } from '../../converge/harness.ts';
import { stack } from '../../converge/stacks.ts';

type Ids = Record<string, Record<string, string>>;

/** Well-formed ids of resources that do not exist. */
const MISSING_IDS = [
  'vpc-0123456789abcdef0',
  'subnet-0123456789abcdef0',
  'igw-0123456789abcdef0',
  'rtb-0123456789abcdef0',
  'eipalloc-0123456789abcdef0',
  'nat-0123456789abcdef0',
  'sg-0123456789abcdef0',
  'Z0123456789ABCDEFGHIJ',
  'arn:aws:elasticloadbalancing:eu-west-1:000000000000:loadbalancer/app/shop-dev/0123456789abcdef',
  'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/other/0123456789abcdef',
  'arn:aws:ecs:eu-west-1:000000000000:service/shop-dev/other',
  'api.example.org',
];
/** Strings that are not ids. */
const MALFORMED_IDS = [
  '',
  ' ',
  'vpc-*',
  '*',
  '/',
  '../..',
  '%2e%2e',
  'a/b?c=d#e',
  'x'.repeat(2048),
  '<a>&"',
  '-',
  'null',
  '0',
];
/** Addresses that the stack does not have. */
const UNKNOWN_ADDRESSES = [
  'vpc.other',
  'subnets.public-9',
  'subnets',
  'nothing',
  'services.web.x',
  'rules.',
  'record.x',
  'hostedZone.example.org',
  '.',
  '~2',
];

const wrongId = fc.oneof(
  fc.constantFrom(...MISSING_IDS),
  fc.constantFrom(...MALFORMED_IDS),
  fc.string({ unit: 'grapheme-ascii', maxLength: 40 }),
);

/** One error in a state file. */
interface StateError {
  readonly what: 'id' | 'other id' | 'forgotten' | 'address' | 'fields' | 'intent' | 'generation';
  /** Selects the address and the field with the error. */
  readonly random: number;
  readonly text: string;
  readonly address: string;
}
const stateErrors = fc.array(
  fc.record<StateError>({
    what: fc.constantFrom('id', 'id', 'other id', 'forgotten', 'address', 'fields', 'intent', 'generation'),
    random: fc.nat(500),
    text: wrongId,
    address: fc.constantFrom(...UNKNOWN_ADDRESSES),
  }),
  { minLength: 1, maxLength: 6 },
);

/** Returns ids with these errors, and the intents and generations that the errors add. */
function corrupt(ids: Ids, errors: readonly StateError[]): { ids: Ids; more: Partial<StateData> } {
  const corrupted = structuredClone(ids);
  const intents: StateData['intents'] = {};
  const generations: StateData['generations'] = {};
  for (const { what, random, text, address } of errors) {
    const addresses = Object.keys(corrupted);
    const [chosenAddress = 'vpc', otherAddress = 'vpc'] = [
      addresses[random % addresses.length],
      addresses[(random * 7 + 3) % addresses.length],
    ];
    const fields = (corrupted[chosenAddress] ??= {});
    const names = Object.keys(fields);
    if (what === 'id') fields[names[random % names.length] ?? 'vpcId'] = text;
    if (what === 'other id') corrupted[chosenAddress] = { ...corrupted[otherAddress] };
    if (what === 'forgotten') delete corrupted[chosenAddress];
    if (what === 'address') corrupted[address] = { ...fields };
    if (what === 'fields') corrupted[chosenAddress] = { [address]: text };
    if (what === 'intent')
      intents[chosenAddress] = { token: `slipway-${random}`, generation: 1 + random, at: random - 250 };
    if (what === 'generation') generations[chosenAddress] = 1 + random ** 3;
  }
  return { ids: corrupted, more: { intents, generations } };
}

test.each([...MISSING_IDS, ...MALFORMED_IDS])(
  'a provision corrects a state file in which every id is %j',
  async (text) => {
    const user = await account();
    await user.provision(stack());
    const [ids, census] = [user.ids(), user.census()];
    const corrupted = Object.entries(ids).map(([address, fields]) => [
      address,
      Object.fromEntries(Object.keys(fields).map((field) => [field, text])),
    ]);
    user.writeState(Object.fromEntries(corrupted) as Ids);
    expect(await user.provision(stack())).toEqual({ done: [], calls: [] });
    expect(user.census()).toEqual(census);
    expect(user.ids()).toEqual(ids);
    user.writeState(Object.fromEntries(corrupted) as Ids);
    await user.teardown(stack());
    expect(user.census()).toEqual({});
  },
);

test('a provision corrects missing, swapped and malformed ids, forgotten resources and old intents', async () => {
  const user = await account({ lifetime: 'file' });
  await user.provision(stack());
  const [ids, census] = [user.ids(), user.census()];
  await fc.assert(
    fc.asyncProperty(stateErrors, async (errors) => {
      const corrupted = corrupt(ids, errors);
      user.writeState(corrupted.ids, corrupted.more);
      // Everything is as configured, so it is found by tags and names without a mutating call.
      expect(await user.provision(stack())).toEqual({ done: [], calls: [] });
      expect(user.census()).toEqual(census);
      expect(user.ids()).toEqual(ids);
    }),
    { numRuns: 100 },
  );
}, 7_200_000);

test('a first provision and a teardown succeed with a state file of resources that never existed', async () => {
  const undisturbed = await account();
  await undisturbed.provision(stack());
  const ids = undisturbed.ids();
  await fc.assert(
    fc.asyncProperty(stateErrors, async (errors) => {
      const user = await account();
      const corrupted = corrupt(ids, errors);
      user.writeState(corrupted.ids, corrupted.more);
      await user.provision(stack());
      expect(user.census()).toEqual(undisturbed.census());
      expect(await user.plan(stack())).toEqual([]);
      user.writeState(corrupted.ids, corrupted.more);
      await user.teardown(stack());
      expect(user.census()).toEqual({});
    }),
    { numRuns: 25 },
  );
}, 7_200_000);
