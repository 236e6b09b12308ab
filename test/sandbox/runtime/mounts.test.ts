// The script that changes mounts makes every writable mount read-only, whatever its path, and puts a volume at /tmp.
import { expect, test } from '@jest/globals';
import { mountScript, writableMounts } from '../../../sandbox/runtime/mounts.ts';

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

const MOUNTS = [...writableMounts(MOUNTINFO), { path: "/odd'$x", options: [] }];
const SETTINGS = { writableFolder: '/home/a user/tasks/1/ports', readOnly: true, neededFolders: [] };

test('the script quotes paths, keeps options, and fails only for the mount that contains the tasks', () => {
  expect(mountScript('/bin/mount', MOUNTS, '/home/a user/tasks', SETTINGS).split('\n')).toEqual([
    `'/bin/mount' --bind '/home/a user/tasks/1/ports' '/home/a user/tasks/1/ports' || exit 125`,
    `'/bin/mount' -o remount,bind,ro,relatime '/' 2>/dev/null || :`,
    `'/bin/mount' -o remount,bind,ro,nosuid,nodev '/home/a user' || exit 125`,
    `'/bin/mount' -o remount,bind,ro '/devices' 2>/dev/null || :`,
    `'/bin/mount' -o remount,bind,ro '/odd'\\''$x' 2>/dev/null || :`,
    'exec "$@"',
  ]);
});

test('a volume at /tmp keeps the needed folders below /tmp visible, and remounts only these read-only', () => {
  const settings = {
    writableFolder: '/tmp/x/tasks/1/ports',
    readOnly: true,
    temporaryFolder: '/tmp/x/tasks/1/volumes/t',
    neededFolders: ['/tmp/x/tasks/1', '/tmp/x/tasks/1/root', '/tmp/x/images/a', '/usr/bin'],
  };
  const script = mountScript('/bin/mount', [{ path: '/', options: ['nodev'] }], '/tmp/x/tasks', settings);
  expect(script.split('\n')).toEqual([
    `'/bin/mount' --bind '/tmp/x/tasks/1/ports' '/tmp/x/tasks/1/ports' || exit 125`,
    `'/bin/mount' --bind '/tmp/x/tasks/1/volumes/t' '/tmp/x/tasks/1/volumes/t' || exit 125`,
    `'/bin/mount' --bind '/tmp/x/tasks/1' '/tmp/x/tasks/1/volumes/t/x/tasks/1' || exit 125`,
    `'/bin/mount' --bind '/tmp/x/images/a' '/tmp/x/tasks/1/volumes/t/x/images/a' || exit 125`,
    `'/bin/mount' --bind '/tmp/x/tasks/1/ports' '/tmp/x/tasks/1/volumes/t/x/tasks/1/ports' || exit 125`,
    `'/bin/mount' -o remount,bind,ro,nodev '/' || exit 125`,
    `'/bin/mount' -o remount,bind,ro,nodev '/tmp/x/tasks/1/volumes/t/x/tasks/1' || exit 125`,
    `'/bin/mount' -o remount,bind,ro,nodev '/tmp/x/tasks/1/volumes/t/x/images/a' || exit 125`,
    `'/bin/mount' --rbind '/tmp/x/tasks/1/volumes/t' '/tmp' || exit 125`,
    'exec "$@"',
  ]);
});

test('without a read-only root nothing is remounted', () => {
  const script = mountScript('/bin/mount', MOUNTS, '/', {
    ...SETTINGS,
    readOnly: false,
    temporaryFolder: '/srv/t',
  });
  expect(script).not.toContain('remount');
});
