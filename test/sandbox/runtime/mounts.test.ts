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
const PROGRAMS = { mount: '/bin/mount', umount: '/bin/umount', pivotRoot: '/sbin/pivot_root' };
const SETTINGS = {
  writableFolder: '/home/a user/tasks/1/ports',
  readOnly: true,
  volumes: [],
  neededFolders: [],
};

test('the script quotes paths, keeps options, and fails only for the mount that contains the tasks', () => {
  expect(mountScript(PROGRAMS, MOUNTS, '/home/a user/tasks', SETTINGS).split('\n')).toEqual([
    `'/bin/mount' --bind '/home/a user/tasks/1/ports' '/home/a user/tasks/1/ports' || exit 125`,
    `'/bin/mount' -o remount,bind,ro,relatime '/' 2>/dev/null || :`,
    `'/bin/mount' -o remount,bind,ro,nosuid,nodev '/home/a user' || exit 125`,
    `'/bin/mount' -o remount,bind,ro '/devices' 2>/dev/null || :`,
    `'/bin/mount' -o remount,bind,ro '/odd'\\''$x' 2>/dev/null || :`,
    'exec "$@"',
  ]);
});

test('a volume at /tmp keeps the needed folders below /tmp visible, as they are after the remounts', () => {
  const settings = {
    writableFolder: '/tmp/x/tasks/1/ports',
    readOnly: true,
    volumes: [{ from: '/tmp/x/tasks/1/volumes/t', to: '/tmp' }],
    neededFolders: ['/tmp/x/tasks/1', '/tmp/x/tasks/1/root', '/tmp/x/images/a', '/usr/bin'],
  };
  const script = mountScript(PROGRAMS, [{ path: '/', options: ['nodev'] }], '/tmp/x/tasks', settings);
  expect(script.split('\n')).toEqual([
    `'/bin/mount' --bind '/tmp/x/tasks/1/ports' '/tmp/x/tasks/1/ports' || exit 125`,
    `'/bin/mount' --bind '/tmp/x/tasks/1/volumes/t' '/tmp/x/tasks/1/volumes/t' || exit 125`,
    `'/bin/mount' -o remount,bind,ro,nodev '/' || exit 125`,
    `'/bin/mount' --rbind '/tmp/x/tasks/1' '/tmp/x/tasks/1/volumes/t/x/tasks/1' || exit 125`,
    `'/bin/mount' --rbind '/tmp/x/images/a' '/tmp/x/tasks/1/volumes/t/x/images/a' || exit 125`,
    `'/bin/mount' --rbind '/tmp/x/tasks/1/volumes/t' '/tmp' || exit 125`,
    'exec "$@"',
  ]);
});

test('without a read-only root nothing is remounted', () => {
  const script = mountScript(PROGRAMS, MOUNTS, '/', {
    ...SETTINGS,
    readOnly: false,
    volumes: [{ from: '/srv/t', to: '/tmp' }],
  });
  expect(script).not.toContain('remount');
});

test('a volume at a path that this machine lacks is in another root, which then replaces the root', () => {
  const root = {
    folder: '/srv/root',
    parts: [{ from: '/bin', to: '/srv/root/bin' }],
    volumes: [{ from: '/srv/v', to: '/srv/root/data' }],
  };
  const settings = { ...SETTINGS, volumes: [{ from: '/srv/v', to: '/srv/image/data' }], root };
  expect(mountScript(PROGRAMS, [{ path: '/', options: [] }], '/', settings).split('\n')).toEqual([
    `'/bin/mount' --bind '/home/a user/tasks/1/ports' '/home/a user/tasks/1/ports' || exit 125`,
    `'/bin/mount' --bind '/srv/v' '/srv/v' || exit 125`,
    `'/bin/mount' -o remount,bind,ro '/' || exit 125`,
    `'/bin/mount' --rbind '/srv/v' '/srv/image/data' || exit 125`,
    'folder=$PWD',
    `'/bin/mount' --bind '/srv/root' '/srv/root' || exit 125`,
    `'/bin/mount' --rbind '/bin' '/srv/root/bin' || exit 125`,
    `'/bin/mount' --rbind '/srv/v' '/srv/root/data' || exit 125`,
    `cd '/srv/root' && '/sbin/pivot_root' . . && '/bin/umount' -l . && cd "$folder" || exit 125`,
    'exec "$@"',
  ]);
});
