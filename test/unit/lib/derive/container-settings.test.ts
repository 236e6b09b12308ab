// The settings of a container, as members of its definition and as fields of a plan.
import { expect, test } from '@jest/globals';
import { settingFields, settingMembers, settingsIn } from '../../../../lib/derive/container-settings.ts';

const settings = {
  cpu: 128,
  memory: 512,
  memoryReservation: 256,
  entryPoint: ['env', 'A=1'],
  dependsOn: { migrate: 'SUCCESS', db: 'HEALTHY' },
} as const;

test('every setting has a member, and every member has a field', () => {
  const members = settingMembers({ ...settings, ulimits: { nofile: { soft: 1024, hard: 65_536 } } });
  expect(members).toEqual({
    cpu: 128,
    memory: 512,
    memoryReservation: 256,
    entryPoint: ['env', 'A=1'],
    dependsOn: [
      { containerName: 'migrate', condition: 'SUCCESS' },
      { containerName: 'db', condition: 'HEALTHY' },
    ],
    ulimits: [{ name: 'nofile', softLimit: 1024, hardLimit: 65_536 }],
  });
  expect(settingFields(members)).toEqual({
    cpu: 128,
    memory: 512,
    'memory reservation': 256,
    'entry point': '["env","A=1"]',
    'starts after': 'db (HEALTHY), migrate (SUCCESS)',
    limits: 'nofile 1024 to 65536',
  });
  expect(settingsIn(members)).toEqual(settings);
});

test('one number is both limits of open files', () => {
  const members = settingMembers({ ulimits: { nofile: 65_536 } });
  expect(members.ulimits).toEqual([{ name: 'nofile', softLimit: 65_536, hardLimit: 65_536 }]);
  expect(settingFields(members)).toMatchObject({ limits: 'nofile 65536' });
});

test('what ECS reports for a container without settings equals what is registered for it', () => {
  const reported = { cpu: 0, entryPoint: [], dependsOn: [], ulimits: [] };
  expect(settingFields(reported)).toEqual(settingFields(settingMembers({})));
});
