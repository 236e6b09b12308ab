// The permissions that a preflight asks for are those that a provision uses: compared with the calls in the journal of a sandbox.
import { writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parseConfig } from '../../lib/config/parse.ts';
import { namesOf } from '../../lib/derive/names.ts';
import { nouns } from '../../lib/model/architecture.ts';
import { requiredActions } from '../../lib/preflight/required-actions.ts';
import { diffAll } from '../../provision/plan.ts';
import type { StackInput } from '../../lib/config/schema.ts';
import { ENVIRONMENT_FILE, everythingOn } from '../everything/stack.ts';
import { createSurroundings } from '../everything/surroundings.ts';
import { account } from './harness.ts';
import { stack } from './stacks.ts';
import { useFolder } from '../unit/lib/state/folder.ts';

const path = useFolder();

/** The prefixes of IAM for the names of the services in the sandbox. */
const PREFIXES: Readonly<Record<string, string>> = { elbv2: 'elasticloadbalancing' };
/** The actions of IAM whose names differ from those of the operations. */
const ACTIONS: Readonly<Record<string, string>> = {
  PutBucketEncryption: 'PutEncryptionConfiguration',
  PutBucketLifecycleConfiguration: 'PutLifecycleConfiguration',
  PutPublicAccessBlock: 'PutBucketPublicAccessBlock',
};
/** What AWS checks beside the action of the call, such as the tags in a create, and what only reads. */
const BESIDE_CALLS =
  /:(CreateTags|AddTags|TagResource|TagRole|PassRole|SetWebACL|AddTagsToCertificate|BatchCheckLayerAvailability)$/;

/** Returns the actions that a first provision needs, according to the preflight. */
function actionsOf(given: StackInput): Set<string> {
  writeFileSync(path(ENVIRONMENT_FILE.name), ENVIRONMENT_FILE.text);
  const config = parseConfig(given, {
    stage: 'dev',
    target: 'sandbox',
    folder: path(''),
    file: 'slipway.config.ts',
    needsSources: false,
  });
  const desired = { config, names: namesOf(config), account: '000000000000' };
  const nothing = {
    ...Object.fromEntries(nouns.map((noun) => [noun, new Map()])),
    zones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
  } as never;
  const { changes } = diffAll(desired, nothing);
  return new Set(requiredActions(desired, changes).flatMap(({ actions }) => actions));
}

test.each([
  ['a stack with every capability', everythingOn()],
  ['a small stack', stack()],
])('%s', async (_title, desired) => {
  const user = await account();
  await createSurroundings(user.sandbox.url);
  const { calls } = await user.provision(desired);
  const called = new Set(
    calls.map((call) => {
      const [service = '', operation = ''] = call.split(':');
      return `${PREFIXES[service] ?? service}:${ACTIONS[operation] ?? operation}`;
    }),
  );
  const required = actionsOf(desired);
  expect([...called].filter((action) => !required.has(action)).sort()).toEqual([]);
  const unused = [...required].filter((action) => !called.has(action) && !BESIDE_CALLS.test(action));
  expect(unused.sort()).toEqual([]);
});
