// What has a name of ours and is not ours is never touched; it can be taken over by name, and is ours from then on.
import { describe, expect, test } from '@jest/globals';
import { account } from './harness.ts';
import { stack } from './stacks.ts';
import { strangers, taken } from './strangers.ts';

describe.each(strangers)(
  "somebody else's $address",
  ({ address, makes, stack: one = stack(), stays = {} }) => {
    test('is named with its owner, and left alone', async () => {
      const user = await account();
      await makes(user.aws);
      const before = user.census();
      const refused = {
        code: 'FOREIGN',
        why: expect.stringMatching(new RegExp(`^${address}: it has our name`)),
      };
      await expect(user.plan(one)).rejects.toMatchObject(refused);
      await expect(user.up(one)).rejects.toMatchObject(refused);
      await expect(user.drift(one)).rejects.toMatchObject(refused);
      await user.down(one);
      expect(user.census()).toEqual(before);
    });

    test('is ours once it was adopted', async () => {
      const user = await account();
      await makes(user.aws);
      const plan = await user.plan(one, { adopt: [address] });
      expect(plan.find((change) => change.address === address)).toMatchObject({
        verb: 'update',
        reason: expect.stringMatching(
          /^taken over: it has our name but not our tags: somebody else made it( on \d{4}-\d\d-\d\d)?(, tagged team=orders)?$/,
        ),
      });
      await user.up(one, { adopt: [address] });
      expect(await user.plan(one)).toEqual([]);
      await user.down(one);
      expect(user.census()).toEqual(stays);
    });
  },
);

test.each(taken)(
  "another stack's %s is named with that stack, left alone, and adopted back",
  async (address, tags) => {
    const user = await account();
    await user.up(stack());
    const ids = user.ids();
    await tags(user.aws, (field) => ids[address]?.[field] ?? '', ['slipway:stack', 'other-prod']);
    const why = expect.stringMatching(new RegExp(`${address}: it belongs to the stack other-prod`));
    await expect(user.plan(stack())).rejects.toMatchObject({ code: 'FOREIGN', why });
    await expect(user.up(stack())).rejects.toMatchObject({ code: 'FOREIGN', why });
    await user.up(stack(), { adopt: [address] });
    expect(await user.plan(stack())).toEqual([]);
    await user.down(stack());
    expect(user.census()).toEqual({});
  },
);

test('what is not in the way cannot be adopted', async () => {
  const user = await account();
  await expect(user.plan(stack(), { adopt: ['vpc'] })).rejects.toMatchObject({
    code: 'ARGUMENTS',
    what: 'There is nothing to adopt at vpc.',
  });
  expect(user.census()).toEqual({});
});
