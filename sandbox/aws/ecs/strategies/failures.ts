/** The failures of deployments that shift traffic, in ECS's wording. They are always rolled back. */
import type { FailureReason } from '../deployment-failures.ts';
import type { Stage } from './stages.ts';

/** @param because the end of the sentence `Service deployment rolled back because …` */
const failure = (because: string, failedBy: FailureReason['failedBy']): FailureReason => ({
  event: `Service deployment rolled back because ${because}`,
  rolloutStateReason: `ECS deployment failed: Service deployment rolled back because ${because}`,
  detector: 'ECS deployment failed',
  because,
  rollsBack: true,
  failedBy,
});

/**
 * The failure of a deployment whose rules, target groups or infrastructure role are wrong.
 * @param detail the text after `invalid networking configuration`, from the punctuation mark on
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting-blue-green.html
 */
export const networkingFailure = (detail: string): FailureReason =>
  failure(`of invalid networking configuration${detail}`, 'networking');

/** The failure of a deployment in the hooks of a stage. ECS shifts traffic in an internal hook. @param detail a sentence */
export const hookFailure = (stage: Stage, detail: string): FailureReason =>
  failure(`${stage} lifecycle hook(s) failed. ${detail}`, 'hook');

export const RULES_NOT_FOUND = networkingFailure('. One or more rules not found');

export const cannotManage = (roleArn: string): FailureReason =>
  networkingFailure(
    `. ECS was unable to manage the ELB resources due to missing permissions on ECS Infrastructure Role '${roleArn}'.`,
  );
