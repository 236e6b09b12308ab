/** Images that are missing or built for another architecture, and changes by hand in the account during a deploy. */
import { createHash } from 'node:crypto';
import {
  CompleteLayerUploadCommand,
  CreateRepositoryCommand,
  ECRClient,
  InitiateLayerUploadCommand,
  PutImageCommand,
  UploadLayerPartCommand,
} from '@aws-sdk/client-ecr';
import {
  DeleteRouteCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { CloudWatchLogsClient, DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DeleteRolePolicyCommand, IAMClient, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import { eventually, type Machine } from '../../journeys/harness.ts';
import { api, type DeployCase } from '../deploy-case.ts';
import { server } from '../programs.ts';

const REGISTRY = '000000000000.dkr.ecr.eu-west-1.amazonaws.com';
const settings = ({ endpoint }: Machine) => ({
  endpoint,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
});

/** Returns the services of a case whose container runs an image by reference. */
const image = (reference: string) => api({ source: undefined, image: reference });

/** Pushes an image for linux/arm64 without layers: as an index, or as a single image. */
const pushArm =
  (kind: 'index' | 'single', imageTag: string) =>
  async (user: Machine): Promise<void> => {
    const ecr = new ECRClient(settings(user));
    const repositoryName = 'shared/base';
    await ecr.send(new CreateRepositoryCommand({ repositoryName }));
    const config = Buffer.from(
      JSON.stringify({ os: 'linux', architecture: 'arm64', config: { Cmd: ['/app'] } }),
    );
    const { uploadId } = await ecr.send(new InitiateLayerUploadCommand({ repositoryName }));
    await ecr.send(
      new UploadLayerPartCommand({
        repositoryName,
        uploadId,
        partFirstByte: 0,
        partLastByte: config.length - 1,
        layerPartBlob: config,
      }),
    );
    const digest = `sha256:${createHash('sha256').update(config).digest('hex')}`;
    await ecr.send(new CompleteLayerUploadCommand({ repositoryName, uploadId, layerDigests: [digest] }));
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', size: config.length, digest },
      layers: [],
    });
    const single = kind === 'single' ? { imageTag } : {};
    const { image } = await ecr.send(
      new PutImageCommand({ repositoryName, imageManifest: manifest, ...single }),
    );
    if (kind === 'single') return;
    const index = JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [
        {
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          size: manifest.length,
          digest: image?.imageId?.imageDigest,
          platform: { os: 'linux', architecture: 'arm64' },
        },
      ],
    });
    await ecr.send(new PutImageCommand({ repositoryName, imageManifest: index, imageTag }));
  };

export const IMAGES: readonly DeployCase[] = [
  {
    name: 'unknown-registry-image',
    fault: 'the image docker.io/library/no-such-image-slipway:1 does not exist',
    services: image('docker.io/library/no-such-image-slipway:1'),
    cause: /the image docker\.io\/library\/no-such-image-slipway:1/i,
    fix: /image/,
  },
  {
    name: 'missing-repository',
    fault: 'the ECR repository of the image does not exist',
    services: image(`${REGISTRY}/shared/gone:1`),
    cause: /The image \S+shared\/gone:1 of api does not exist/,
    fix: /Correct image of api/,
  },
  {
    name: 'missing-tag',
    fault: 'the ECR repository exists, but not the tag',
    prepare: pushArm('single', '1'),
    services: image(`${REGISTRY}/shared/base:9`),
    cause: /The image \S+shared\/base:9 of api does not exist/,
    fix: /Correct image of api/,
  },
  {
    name: 'other-architecture-index',
    fault: 'the index of the image has only linux/arm64',
    prepare: pushArm('index', 'arm'),
    services: image(`${REGISTRY}/shared/base:arm`),
    cause: /The image \S+shared\/base:arm of api is not built for linux\/amd64/,
    fix: /linux\/amd64/,
  },
  {
    name: 'other-architecture-single',
    fault: 'the image is a single one for linux/arm64',
    prepare: pushArm('single', 'arm1'),
    services: image(`${REGISTRY}/shared/base:arm1`),
    cause: /The image \S+shared\/base:arm1 of api is not built for linux\/amd64/,
    fix: /linux\/amd64/,
  },
];

/** A program that works, but differs from the previous version: otherwise an update would deploy nothing. */
const SECOND_VERSION = server({ first: "console.log('second version');" });

export const BY_HAND: readonly DeployCase[] = [
  {
    name: 'log-group-deleted',
    fault: 'someone deletes the log group during the deploy',
    folders: { app: SECOND_VERSION },
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
    folders: { app: SECOND_VERSION },
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
    folders: { app: SECOND_VERSION },
    services: api(),
    meanwhile: async (user) => {
      const ec2 = new EC2Client(settings(user));
      await eventually(async () => {
        const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({}));
        const routed = RouteTables.find(({ Routes = [] }) =>
          Routes.some(({ NatGatewayId }) => NatGatewayId !== undefined),
        );
        const DestinationCidrBlock = '0.0.0.0/0';
        return (
          routed &&
          ec2.send(new DeleteRouteCommand({ RouteTableId: routed.RouteTableId, DestinationCidrBlock }))
        );
      });
    },
    cause: /the private route table has no route to the NAT gateway/,
    fix: /npm run provision/,
  },
  {
    name: 'security-group-closed',
    fault: 'someone removes the rule of the security group during the deploy',
    cutsOffAll: true,
    folders: { app: SECOND_VERSION },
    services: api(),
    meanwhile: async (user) => {
      const ec2 = new EC2Client(settings(user));
      await eventually(async () => {
        const { SecurityGroups = [] } = await ec2.send(
          new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-name', Values: ['ro-dev-web'] }] }),
        );
        const [group] = SecurityGroups.filter(({ IpPermissions = [] }) => IpPermissions.length > 0);
        const { GroupId, IpPermissions } = group ?? {};
        return group && ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
      });
    },
    cause: /the security group of web lets nothing through to port 5000 of api/,
    fix: /npm run provision/,
  },
];
