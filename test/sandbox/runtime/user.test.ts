// The user of a container is looked up in the files of its image.
import { expect, test } from '@jest/globals';
import { resolveUser } from '../../../sandbox/runtime/user.ts';
import { TestTask } from './support.ts';

const PASSWD = 'root:x:0:0:root:/root:/bin/sh\napp:x:101:102::/home/app:/bin/sh\n';
const GROUP = 'root:x:0:\nstaff:x:50:app\n';

test.each([
  ['', 0, 0],
  ['root', 0, 0],
  ['app', 101, 102],
  ['101', 101, 102],
  ['77', 77, 0],
  ['app:staff', 101, 50],
  ['77:staff', 77, 50],
  ['app:9', 101, 9],
  ['4:', 4, 0],
])('%j is the user %i and the group %i', async (text, uid, gid) => {
  await using task = await TestTask.create({ 'etc/passwd': PASSWD, 'etc/group': GROUP });
  expect(await resolveUser(task.rootfs, text)).toEqual({ uid, gid });
});

test.each([
  ['nobody', 'no users found'],
  ['app:wheel', 'no groups found'],
])('%j, which the image does not have, is refused: %s', async (text, reason) => {
  await using task = await TestTask.create({ 'etc/passwd': PASSWD, 'etc/group': GROUP });
  await expect(resolveUser(task.rootfs, text)).rejects.toThrow(
    expect.objectContaining({
      name: 'CannotStartContainerError',
      message: expect.stringContaining(`unable to create new container: ${reason}`),
    }),
  );
});

test('an image without a base image has the users of the official Node images', async () => {
  await using task = await TestTask.create();
  expect(await resolveUser(task.rootfs, 'node:node')).toEqual({ uid: 1000, gid: 1000 });
  await expect(resolveUser(task.rootfs, 'app')).rejects.toThrow('no users found');
});
