// Zones that nothing delegates to yet, with real tasks and requests: which URL a run checks, what the run prints, and how it ends.
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import { expect, test } from '@jest/globals';
import type { StackInput } from '../../lib/config/schema.ts';
import { account } from './harness.ts';

const stackWith = ({ createZone }: { createZone: boolean }): StackInput => ({
  name: 'shop',
  region: 'eu-west-1',
  domain: { name: 'api.eu.shop.localhost', zone: 'eu.shop.localhost', createZone },
  services: {
    web: {
      containers: {
        app: {
          source: 'app',
          port: 8000,
          path: '/app',
          health: { intervalSeconds: 5, timeoutSeconds: 2 },
          environment: { NAME: 'app', PORT: '8000', PROTOCOL: 'HTTP' },
        },
      },
    },
  },
});

const createZoneCommand = (Name: string) => new CreateHostedZoneCommand({ Name, CallerReference: Name });

test("a stack in a new zone is checked at the load balancer's name until the suggested NS record is added", async () => {
  const user = await account({ realTasks: true });
  await user.aws.route53.send(createZoneCommand('shop.localhost'));
  await user.provision(stackWith({ createZone: true }), { wait: true });
  const { warnings, notes, result } = user.output();
  const url = result?.text;
  expect(url).toMatch(/^http:\/\/shop-dev-\d+\.eu-west-1\.elb\.amazonaws\.localhost:\d+$/);
  const { nameServers, delegated } = result?.json as { nameServers: string[]; delegated: boolean };
  expect(nameServers).toHaveLength(4);
  expect(delegated).toBe(false);
  expect(warnings).toEqual([
    expect.stringContaining(
      "nothing delegates eu.shop.localhost to its name servers. Add this NS record to the account's zone shop.localhost:",
    ),
  ]);
  expect(notes).toContain(`name servers of eu.shop.localhost: ${nameServers.join(', ')}`);
  expect(notes).toContain(`GET ${url}/app  200`);
  expect(notes.slice(-5, -1)).toEqual(nameServers);

  // Sends what the suggested AWS CLI command would send.
  const [, HostedZoneId, batch = ''] =
    /--hosted-zone-id (\S+) --change-batch '(.*)' --region/.exec(notes.at(-1) ?? '') ?? [];
  const ChangeBatch = JSON.parse(batch) as { Changes: [] };
  await user.aws.route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch }));
  await user.provision(stackWith({ createZone: true }), { wait: true });
  const second = user.output();
  expect(second.result?.text).toMatch(/^http:\/\/api\.eu\.shop\.localhost:\d+$/);
  expect(second.result?.json).toMatchObject({ nameServers, delegated: true });
  expect(second.warnings).toEqual([]);
});

test('every run fails if the zone already exists and nothing delegates to it', async () => {
  const user = await account({ realTasks: true });
  await user.aws.route53.send(createZoneCommand('shop.localhost'));
  await user.aws.route53.send(createZoneCommand('eu.shop.localhost'));
  for (const _run of ['first', 'second'])
    await expect(user.provision(stackWith({ createZone: false }), { wait: true })).rejects.toMatchObject({
      code: 'UNANSWERED',
      what: 'api.eu.shop.localhost leads nowhere.',
      fix: [
        'Make the parent of eu.shop.localhost, or its registrar, delegate to this zone.',
        'npm run provision, to check again',
      ],
    });
});
