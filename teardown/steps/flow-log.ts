/** Removes the flow log, which EC2 deletes at once. Its log group is removed afterwards, so that no record is lost. */
import { DeleteFlowLogsCommand } from '@aws-sdk/client-ec2';
import { throwingRefusals } from '../../lib/engine/delete.ts';
import type { Removal } from '../../lib/engine/step.ts';

export const flowLog: Removal<'flowLog'> = {
  /** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteFlowLogs.html */
  remove: ({ aws, existing }) =>
    throwingRefusals(async () => {
      const { Unsuccessful = [] } = await aws.ec2(
        new DeleteFlowLogsCommand({ FlowLogIds: [existing.flowLogId] }),
      );
      return Unsuccessful.map(({ Error: error }) => ({ code: error?.Code, message: error?.Message }));
    }),
};
