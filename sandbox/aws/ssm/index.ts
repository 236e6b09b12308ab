/** The sandbox's Systems Manager: the operations of Parameter Store. */
import { labelOperations } from './labels.ts';
import { parameterOperations } from './parameters.ts';
import { parameterReads } from './reading.ts';
import { parameterTagOperations } from './tags.ts';

export const ssmOperations = {
  ...parameterOperations,
  ...parameterReads,
  ...parameterTagOperations,
  ...labelOperations,
};
