/** Lines about the machine, the versions, and how the figures of a comparison were measured. */
import { cpus } from 'node:os';
import { terraformSkipReason, terraformVersion } from './terraform.ts';

/** The settings that the lines state. */
interface MeasuredWith {
  /** The number of rounds. */
  readonly rounds: string;
  /** Milliseconds that were added to each call. */
  readonly delay: string;
  readonly only: string;
}

/** @param paceText the pace of the sandbox, in words */
export const aboutLines = ({ rounds, delay, only }: MeasuredWith, paceText: string): string[] => [
  `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`,
  ...(terraformSkipReason() === undefined ? [terraformVersion()] : []),
  ...(only === 'rollouts'
    ? []
    : [
        `In the comparison with Terraform, figures are medians of ${rounds} rounds, with ranges in brackets. Each call was delayed by ${delay} ms.`,
        `In the comparison with the minimum, the sandbox ran at ${paceText}.`,
      ]),
];
