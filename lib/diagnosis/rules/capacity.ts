/** Rules for what keeps ECS itself from running tasks: quotas, capacity and roles. */
import type { Cause, Rule } from '../rule.ts';

interface CapacityKind {
  readonly pattern: RegExp;
  readonly what: string;
  readonly fix: string;
}

/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html */
const KINDS: readonly CapacityKind[] = [
  {
    pattern: /limit on the number of vCPUs|CPU configuration is above your limit/,
    what: "the account's quota of Fargate vCPUs is used up",
    fix: 'Request more Fargate vCPUs under Service Quotas, or reduce cpu or count of the service.',
  },
  {
    pattern: /limit on the number of tasks|MEMORY configuration is above your limit/,
    what: "the account's quota of Fargate tasks is used up",
    fix: 'Request a higher quota under Service Quotas, or reduce memory or count of the service.',
  },
  {
    pattern: /Capacity is unavailable/,
    what: 'Fargate has no capacity in these availability zones at the moment',
    fix: 'npm run provision, in a few minutes',
  },
  {
    pattern: /InsufficientFreeAddressesInSubnet/,
    what: 'a subnet has no free addresses left',
    fix: 'Configure a larger network.cidr, or reduce count of the service.',
  },
  {
    pattern: /unable to assume the role/,
    what: 'ECS cannot assume a role of the service',
    fix: 'Try again in a minute, since a new role takes time to become usable, or check whether a policy of the account forbids it.',
  },
];

const capacityRule =
  ({ pattern, what, fix }: CapacityKind): Rule =>
  ({ events, tasks }): Cause | undefined => {
    const texts = [...events, ...tasks.map(({ stoppedReason = '' }) => stoppedReason)];
    const text = texts.findLast((one) => pattern.test(one));
    return text === undefined ? undefined : { what, evidence: [text], fix: [fix], isPermanent: false };
  };

export const capacityRules: readonly Rule[] = KINDS.map(capacityRule);
