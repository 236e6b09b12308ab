// The script that makes file systems read-only covers every writable mount, whatever its path.
import { expect, test } from '@jest/globals';
import { readOnlyScript, writableMounts } from '../../../sandbox/runtime/mounts.ts';

const MOUNTINFO = `22 27 0:21 / /proc rw,relatime - proc proc rw
24 27 0:6 / /dev rw,relatime - devtmpfs devtmpfs rw
25 24 0:23 / /dev/shm rw,relatime - tmpfs tmpfs rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
28 27 0:25 / /snap/core ro,nosuid,nodev,relatime - squashfs x ro
29 27 0:30 / /home/a\\040user rw,nosuid,nodev - ext4 /dev/vdb rw
30 27 0:31 / /run rw,nosuid,noexec,noatime - tmpfs tmpfs rw
31 27 0:32 / /devices rw - ext4 /dev/vdc rw
32 27 0:33 / /run ro - tmpfs tmpfs ro
`;

test('writable mounts are found, except file systems of the kernel and mounts that another mount hides', () => {
  expect(writableMounts(MOUNTINFO)).toEqual([
    { path: '/', options: ['relatime'] },
    { path: '/home/a user', options: ['nosuid', 'nodev'] },
    { path: '/devices', options: [] },
  ]);
});

test('the script quotes paths, keeps options, and fails only for the mount that contains the tasks', () => {
  const mounts = [...writableMounts(MOUNTINFO), { path: "/odd'$x", options: [] }];
  expect(readOnlyScript('/bin/mount', mounts, '/home/a user/tasks').split('\n')).toEqual([
    `'/bin/mount' --bind "$1" "$1" || exit 125`,
    `'/bin/mount' -o remount,bind,ro,relatime '/' 2>/dev/null || :`,
    `'/bin/mount' -o remount,bind,ro,nosuid,nodev '/home/a user' || exit 125`,
    `'/bin/mount' -o remount,bind,ro '/devices' 2>/dev/null || :`,
    `'/bin/mount' -o remount,bind,ro '/odd'\\''$x' 2>/dev/null || :`,
    'shift',
    'exec "$@"',
  ]);
});
