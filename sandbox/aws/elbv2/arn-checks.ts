/** Refuses malformed ARNs anywhere in the input of a call, before the call runs. */
import type { AnyOperation, Caller } from '../../operations.ts';
import type { Region } from '../../world/region.ts';
import { elbArn } from './arns.ts';
import { validation } from './errors.ts';

interface ArnForm {
  /** The name of the kind in AWS's refusals. */
  readonly displayName: string;
  /** The part of an ARN after the account. */
  readonly resource: RegExp;
}

/** The form of the ARN in each input member. A member that contains a list of ARNs has the same name plus `s`. */
const FORMS: Readonly<Record<string, ArnForm>> = {
  LoadBalancerArn: { displayName: 'load balancer', resource: /^loadbalancer\/(app|net|gwy)(\/[^/]+){2}$/ },
  TargetGroupArn: { displayName: 'target group', resource: /^targetgroup(\/[^/]+){2}$/ },
  ListenerArn: { displayName: 'listener', resource: /^listener\/(app|net|gwy)(\/[^/]+){3}$/ },
  RuleArn: { displayName: 'listener rule', resource: /^listener-rule\/(app|net|gwy)(\/[^/]+){4}$/ },
};

/**
 * Checks the ARNs of an input. AWS refuses an ARN of another region or account as malformed, too (hashicorp/terraform#18060).
 * @throws ValidationError
 */
function checkArns(region: Region, input: object): void {
  for (const [member, value] of Object.entries(input) as [string, unknown][]) {
    const form = FORMS[member] ?? FORMS[member.replace(/s$/, '')];
    const values = Array.isArray(value) ? (value as unknown[]) : [value];
    for (const item of values) {
      if (typeof item === 'object' && item !== null) checkArns(region, item);
      else if (form && typeof item === 'string') checkArn(region, form, item);
    }
  }
}

function checkArn(region: Region, { displayName, resource }: ArnForm, arn: string): void {
  const prefix = elbArn(region, '');
  const isValid = arn.startsWith(prefix) && resource.test(arn.slice(prefix.length));
  if (!isValid) throw validation(`'${arn}' is not a valid ${displayName} ARN`);
}

/** Returns the same operations, each of which checks the ARNs of its input first. */
export const withArnChecks = <T extends object>(operations: T): T =>
  Object.fromEntries(
    Object.entries(operations as Record<string, AnyOperation>).map(([name, operation]) => [
      name,
      {
        ...operation,
        run(input: Record<string, unknown>, region: Region, caller: Caller) {
          checkArns(region, input);
          return operation.run(input, region, caller);
        },
      },
    ]),
  ) as T;
