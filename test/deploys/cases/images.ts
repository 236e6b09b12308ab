/** Images that are missing or built for another architecture, and changes by hand in the account during a deploy. */
import {
  BatchDeleteImageCommand,
  CreateRepositoryCommand,
  ECRClient,
  PutImageCommand,
} from '@aws-sdk/client-ecr';
import { DeleteRouteCommand, DescribeRouteTablesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CloudWatchLogsClient, DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DeleteRolePolicyCommand, IAMClient, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import type { Machine } from '../../journeys/harness.ts';
import { api, type DeployCase, GOOD_PROGRAM } from '../deploy-case.ts';

const REGISTRY = '000000000000.dkr.ecr.eu-west-1.amazonaws.com';
const settings = ({ endpoint }: Machine) => ({
  endpoint,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
});

/** Returns a case whose container runs an image by reference. */
const image = (reference: string) => api({ source: undefined, image: reference });

const INDEX = JSON.stringify({
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.index.v1+json',
  manifests: [],
});

/** Creates a repository. */
async function createRepository(user: Machine, repositoryName: string): Promise<ECRClient> {
  const ecr = new ECRClient(settings(user));
  await ecr.send(new CreateRepositoryCommand({ repositoryName }));
  return ecr;
}
void [INDEX, PutImageCommand, BatchDeleteImageCommand];

export const IMAGES: readonly DeployCase[] = [
  {
    name: 'unknown-registry-image',
    fault: 'the image docker.io/library/no-such-image-slipway:1 does not exist',
    services: image('docker.io/library/no-such-image-slipway:1'),
    cause: /docker\.io\/library\/no-such-image-slipway:1/,
    fix: /image/,
  },
  {
    name: 'missing-repository',
    fault: 'the ECR repository of the image does not exist',
    services: image(`${REGISTRY}/shared/gone:1`),
    cause: /shared\/gone/,
    fix: /repository|image/,
  },
  {
    name: 'missing-tag',
    fault: 'the ECR repository exists, but not the tag',
    prepare: async (user) => void (await createRepository(user, 'shared/base')),
    services: image(`${REGISTRY}/shared/base:9`),
    cause: /shared\/base:9/,
    fix: /tag|image/,
  },
];

export const BY_HAND: readonly DeployCase[] = [
  {
    name: 'log-group-deleted',
    fault: 'someone deletes the log group during the deploy',
    folders: { app: GOOD_PROGRAM },
    services: api(),
    meanwhile: async (user) => {
      const logs = new CloudWatchLogsClient(settings(user));
      await logs.send(new DeleteLogGroupCommand({ logGroupName: '/slipway/ro-dev' }));
    },
    cause: /the log group \/slipway\/ro-dev does not exist/,
    fix: /npm run provision/,
  },
  {
    name: 'execution-role-stripped',
    fault: 'someone removes the policy of the execution role during the deploy',
    folders: { app: GOOD_PROGRAM },
    services: api(),
    meanwhile: async (user) => {
      const iam = new IAMClient(settings(user));
      const RoleName = 'ro-dev-execution';
      const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
      for (const PolicyName of PolicyNames)
        await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
    },
    cause: /the execution role lacks/,
    fix: /npm run provision/,
  },
  {
    name: 'nat-route-removed',
    fault: 'someone removes the route to the NAT gateway during the deploy',
    folders: { app: GOOD_PROGRAM },
    services: api(),
    meanwhile: async (user) => {
      const ec2 = new EC2Client(settings(user));
      const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({}));
      for (const { RouteTableId, Routes = [] } of RouteTables) {
        const hasNat = Routes.some(({ NatGatewayId }) => NatGatewayId !== undefined);
        if (hasNat)
          await ec2.send(new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock: '0.0.0.0/0' }));
      }
    },
    cause: /the tasks have no way out of the network/,
  },
];
