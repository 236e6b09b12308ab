/** ExecuteCommand: opens a session in a container of a running task, over which a client talks to the command. */
import type * as ECS from '@aws-sdk/client-ecs';
import type { Operations } from '../../operations.ts';
import { refusal } from '../../protocol/refusal.ts';
import { canAgentConnect, isAgentRunning } from './execute-agent.ts';
import { invalid } from './errors.ts';
import { activeClusterOf, findTask } from './lookups.ts';

/** The refusal if no client can reach the agent. */
const notConnected = () =>
  refusal(
    'TargetNotConnectedException',
    'The execute command failed due to an internal error. Try again later.',
  );

export const executeCommandOperations = {
  /** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommand.html */
  ExecuteCommand: {
    inputMembers: ['cluster', 'task', 'container', 'command', 'interactive'],
    run(input, region) {
      const cluster = activeClusterOf(region, input.cluster);
      const task = findTask(region, cluster, input.task);
      if (!task) throw invalid('The referenced task was not found.');
      const { command } = input;
      if (!command) throw invalid('Command cannot be empty.');
      if (!input.interactive) throw invalid('Interactive is the only mode supported currently.');
      const { container: name } = input;
      if (name === undefined && task.containers.length > 1) {
        throw invalid('The container must be specified, because the task has several containers.');
      }
      const container = task.containers.find((one) => name === undefined || one.name === name);
      if (!container) throw invalid(`The task has no container named ${name}.`);
      if (!task.enableExecuteCommand || !isAgentRunning(container)) {
        throw invalid(
          'The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.',
        );
      }
      const session = canAgentConnect(region, task)
        ? region.plane.openSession?.(region, {
            taskArn: task.taskArn,
            container: container.name ?? '',
            command,
          })
        : undefined;
      if (!session) throw notConnected();
      return {
        clusterArn: cluster.clusterArn,
        containerArn: container.containerArn,
        containerName: container.name,
        interactive: true,
        session,
        taskArn: task.taskArn,
      };
    },
  },
} satisfies Operations<typeof ECS>;
