/** ExecuteCommand, which is always refused, because the sandbox's tasks have no agent for it. */
import type * as ECS from '@aws-sdk/client-ecs';
import type { Operations } from '../../operations.ts';
import { invalid } from './errors.ts';
import { activeClusterOf, findTask } from './lookups.ts';

export const executeCommandOperations = {
  ExecuteCommand: {
    inputMembers: ['cluster', 'task', 'container', 'command', 'interactive'],
    run(input, region) {
      const task = findTask(region, activeClusterOf(region, input.cluster), input.task);
      if (!task) throw invalid('The referenced task was not found.');
      if (!input.command) throw invalid('Command cannot be empty.');
      if (!input.interactive) throw invalid('Interactive is the only mode supported currently.');
      const { container } = input;
      if (container === undefined && task.containers.length > 1) {
        throw invalid('The container must be specified, because the task has several containers.');
      }
      if (container !== undefined && !task.containers.some(({ name }) => name === container)) {
        throw invalid(`The task has no container named ${container}.`);
      }
      throw invalid(
        'The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.',
      );
    },
  },
} satisfies Operations<typeof ECS>;
