/** The gateway endpoint of S3: ECR keeps image layers in S3, and tasks pull them through this endpoint free of charge. */
import { CreateVpcEndpointCommand, ModifyVpcEndpointCommand } from '@aws-sdk/client-ec2';
import { isCode } from '../../lib/aws/errors.ts';
import { retag } from '../../lib/aws/retag.ts';
import { subnetKeys } from '../../lib/derive/subnet-layout.ts';
import { desiredTags, tagFields, toPascalCaseTags, type TagField } from '../../lib/derive/tags.ts';
import { adopt } from '../../lib/engine/adopt.ts';
import { createWithToken } from '../../lib/engine/create-with-token.ts';
import type { ApplyContext, Known, Step } from '../../lib/engine/step.ts';
import type { Desired } from '../../lib/look/context.ts';
import type { Survey } from '../../lib/look/found.ts';
import {
  deletingEndpoints,
  isLiveEndpoint,
  probeEndpointGone,
  type FoundGatewayEndpoint,
} from '../../lib/look/gateway-endpoint.ts';
import { inAnotherVpc } from '../../lib/look/vpc.ts';
import { compare, knownAfter, touches, type DesiredFields } from '../../lib/model/change.ts';
import { only, ONLY, type Items } from '../../lib/model/resources.ts';

type Field = 'vpc' | 'route tables' | TagField;
type Context = ApplyContext<'gatewayEndpoint', Field>;

/**
 * Returns the name of S3's endpoint service. Gateway endpoints have names of the same form in every partition. Only interface
 * endpoints have other names in some partitions, such as `cn.com.amazonaws.cn-north-1.ecr.api`. The CDK has the same rule:
 * @see https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/aws-ec2/lib/vpc-endpoint.ts
 */
const serviceName = ({ config }: Pick<Desired, 'config'>): string => `com.amazonaws.${config.region}.s3`;

/** Returns the ids of the private route tables, sorted. The id of a table that does not exist is undefined. */
const wantedTableIds = (
  { config }: Pick<Desired, 'config'>,
  tables: Items<{ readonly routeTableId: string }>,
): (string | undefined)[] =>
  subnetKeys(config.network, 'private')
    .map((key) => tables.get(key)?.routeTableId)
    .sort();

function desiredFields(desired: Desired, found: Survey): DesiredFields<Field> {
  const tableIds = wantedTableIds(desired, found.privateRoutes);
  return {
    vpc: only(found.vpc)?.vpcId ?? knownAfter('vpc'),
    'route tables': tableIds.includes(undefined) ? knownAfter('privateRoutes') : tableIds.join(', '),
    ...desiredTags(desired, 'gatewayEndpoint', ONLY),
  };
}

export const gatewayEndpoint: Step<'gatewayEndpoint', Field> = {
  diff: (desired, found) =>
    compare({
      noun: 'gatewayEndpoint',
      desired: new Map([[ONLY, desiredFields(desired, found)]]),
      found: found.gatewayEndpoint,
      fieldsOf: ({ vpcId, routeTableIds, tags }) => ({
        vpc: vpcId,
        'route tables': routeTableIds.join(', '),
        ...tagFields(tags),
      }),
      whyUnchangeable: (endpoint) => inAnotherVpc(found)(endpoint) ?? serviceMismatch(desired, endpoint),
    }),

  /** While the endpoint of an interrupted teardown is being deleted, its routes still exist, so AWS refuses new ones. */
  async create(context) {
    try {
      return await send(context);
    } catch (error) {
      if (!isCode(error, 'RouteAlreadyExists')) throw error;
      const deletingIds = await deletingEndpoints(context);
      if (deletingIds.length === 0)
        return adopt(context, `the route to S3 in ${tableIdsOf(context).join(' or ')}`, error);
      for (const id of deletingIds)
        await context.until(`VPC endpoint ${id} to be gone`, 'vpcEndpointGone', () =>
          probeEndpointGone(context.aws, id),
        );
      return send(context);
    }
  },

  async configure(context, endpoint) {
    if (touches(context.change, 'route tables')) await setTables(context, endpoint);
    await retag(context, endpoint.vpcEndpointId);
  },
};

const serviceMismatch = (desired: Desired, { service }: FoundGatewayEndpoint): string | undefined =>
  service === serviceName(desired) ? undefined : `it is an endpoint of ${service}, which cannot be changed`;

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html */
const send = (context: Context): Promise<Known<'gatewayEndpoint'>> =>
  createWithToken<Known<'gatewayEndpoint'>>(context, async (ClientToken) => {
    const { VpcEndpoint } = await context.aws.ec2(
      new CreateVpcEndpointCommand({
        VpcEndpointType: 'Gateway',
        VpcId: only(context.ids.vpc)?.vpcId,
        ServiceName: serviceName(context),
        RouteTableIds: tableIdsOf(context),
        ClientToken,
        TagSpecifications: [{ ResourceType: 'vpc-endpoint', Tags: toPascalCaseTags(context.tags) }],
      }),
    );
    if (!VpcEndpoint?.VpcEndpointId || !isLiveEndpoint(VpcEndpoint)) return undefined;
    return { vpcEndpointId: VpcEndpoint.VpcEndpointId };
  });

const tableIdsOf = (context: Context): string[] =>
  wantedTableIds(context, context.ids.privateRoutes).filter((id) => id !== undefined);

/**
 * Adds missing route tables, and removes surplus ones. A new endpoint already has the right tables. AWS refuses the whole call
 * if a table already has a route to S3. This route is from an earlier call whose response was lost, or belongs to a foreign
 * endpoint.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpoint.html
 */
async function setTables(
  context: Context,
  { vpcEndpointId, routeTableIds: current }: Known<'gatewayEndpoint'>,
): Promise<void> {
  const wanted = tableIdsOf(context);
  const missing = wanted.filter((id) => current && !current.includes(id));
  const surplus = (current ?? []).filter((id) => !wanted.includes(id));
  if (missing.length + surplus.length === 0) return;
  try {
    await context.aws.ec2(
      new ModifyVpcEndpointCommand({
        VpcEndpointId: vpcEndpointId,
        ...(missing.length > 0 && { AddRouteTableIds: missing }),
        ...(surplus.length > 0 && { RemoveRouteTableIds: surplus }),
      }),
    );
  } catch (error) {
    if (!isCode(error, 'RouteAlreadyExists')) throw error;
    const lookForOurs = async () => {
      const { routeTableIds = [] } = (await context.lookAgain()) ?? {};
      return routeTableIds.join() === wanted.join() ? vpcEndpointId : undefined;
    };
    await adopt({ ...context, lookAgain: lookForOurs }, `the route to S3 in ${missing.join(' or ')}`, error);
  }
}
