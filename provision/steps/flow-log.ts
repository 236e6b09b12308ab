/** The flow log: records the traffic of the VPC in a log group, if the configuration asks for it. */
import { CreateFlowLogsCommand, DeleteFlowLogsCommand } from '@aws-sdk/client-ec2';
import { isCode } from '../../lib/aws/errors.ts';
import { retag } from '../../lib/aws/retag.ts';
import { roleArn } from '../../lib/derive/arns.ts';
import { FLOW_LOGS } from '../../lib/derive/names.ts';
import { desiredTags, tagFields, toPascalCaseTags, type TagField } from '../../lib/derive/tags.ts';
import { adopt } from '../../lib/engine/adopt.ts';
import { createWithToken } from '../../lib/engine/create-with-token.ts';
import { throwingRefusals } from '../../lib/engine/delete.ts';
import type { ApplyContext, Known, Step } from '../../lib/engine/step.ts';
import type { Desired } from '../../lib/look/context.ts';
import type { Survey } from '../../lib/look/found.ts';
import { compare, knownAfter, type DesiredFields } from '../../lib/model/change.ts';
import { only, ONLY } from '../../lib/model/resources.ts';

type Field = 'vpc' | 'traffic' | 'log group' | 'role' | TagField;
type Context = ApplyContext<'flowLog', Field>;

/** Rejected traffic alone would satisfy EC2.6, but accepted traffic shows where an attacker came from. */
const TRAFFIC = 'ALL';
const IMMUTABLE = 'a flow log cannot change: it is deleted, and a new one is created';

const roleArnOf = ({ config, account, names }: Desired): string =>
  roleArn({ region: config.region, account }, names.rolePath, names.role(FLOW_LOGS));

const desiredFields = (desired: Desired, found: Survey): DesiredFields<Field> => ({
  vpc: only(found.vpc)?.vpcId ?? knownAfter('vpc'),
  traffic: TRAFFIC,
  'log group': desired.names.flowLogGroup,
  role: roleArnOf(desired),
  ...desiredTags(desired, 'flowLog', ONLY),
});

export const flowLog: Step<'flowLog', Field> = {
  diff: (desired, found) =>
    compare({
      noun: 'flowLog',
      desired: new Map(desired.config.flowLogs ? [[ONLY, desiredFields(desired, found)]] : []),
      found: found.flowLog,
      fieldsOf: ({ vpcId, traffic, logGroupName, roleArn: role, tags }) => ({
        vpc: vpcId,
        traffic,
        'log group': logGroupName,
        role,
        ...tagFields(tags),
      }),
      immutable: { vpc: IMMUTABLE, traffic: IMMUTABLE, 'log group': IMMUTABLE, role: IMMUTABLE },
    }),

  /** EC2 refuses a second flow log of the same traffic to the same log group, so an old one is deleted first. */
  async create(context) {
    const { existing } = context;
    if (existing) await deleteFlowLog(context, existing.flowLogId);
    const intent = existing ? await context.renewIntent() : context.intent;
    try {
      return await createWithToken<Known<'flowLog'>>({ ...context, intent }, (token) => send(context, token));
    } catch (error) {
      if (!isCode(error, 'FlowLogAlreadyExists')) throw error;
      return adopt(
        context,
        `the traffic of ${only(context.ids.vpc)?.vpcId} to ${context.names.flowLogGroup}`,
        error,
      );
    }
  },

  update: (context, { flowLogId }) => retag(context, flowLogId),
};

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html */
async function send(context: Context, ClientToken: string): Promise<Known<'flowLog'> | undefined> {
  const { aws, ids, names, tags } = context;
  const vpcId = only(ids.vpc)?.vpcId ?? '';
  let flowLogId: string | undefined;
  const noneIsIgnored = () => false;
  await throwingRefusals(async () => {
    const { FlowLogIds = [], Unsuccessful = [] } = await aws.ec2(
      new CreateFlowLogsCommand({
        ResourceType: 'VPC',
        ResourceIds: [vpcId],
        TrafficType: TRAFFIC,
        LogDestinationType: 'cloud-watch-logs',
        LogGroupName: names.flowLogGroup,
        DeliverLogsPermissionArn: roleArnOf(context),
        ClientToken,
        TagSpecifications: [{ ResourceType: 'vpc-flow-log', Tags: toPascalCaseTags(tags) }],
      }),
    );
    [flowLogId] = FlowLogIds;
    return Unsuccessful.map(({ Error: error }) => ({ code: error?.Code, message: error?.Message }));
  }, noneIsIgnored);
  return flowLogId === undefined ? undefined : { flowLogId };
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteFlowLogs.html */
const deleteFlowLog = ({ aws }: Pick<Context, 'aws'>, flowLogId: string): Promise<void> =>
  throwingRefusals(async () => {
    const { Unsuccessful = [] } = await aws.ec2(new DeleteFlowLogsCommand({ FlowLogIds: [flowLogId] }));
    return Unsuccessful.map(({ Error: error }) => ({ code: error?.Code, message: error?.Message }));
  });
