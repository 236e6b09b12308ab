/** Refuses inputs that violate AWS's models, in the words of each service. */
import { refusal, type Refusal } from '../protocol/refusal.ts';
import { violationsOf, type Violation } from './constraints.ts';

type Words = (violations: readonly Violation[]) => Refusal;

const quoted = (value: unknown): string => {
  if (value === undefined) return 'null';
  return `'${typeof value === 'string' ? value : JSON.stringify(value)}'`;
};

/** The words of most services: all violations in one message. */
const allViolations =
  (code: string): Words =>
  (violations) => {
    const count = violations.length;
    const each = violations.map(
      ({ value, path, constraint }) =>
        `Value ${quoted(value)} at '${path}' failed to satisfy constraint: ${constraint}`,
    );
    return refusal(code, `${count} validation error${count === 1 ? '' : 's'} detected: ${each.join('; ')}`);
  };

/** The words of a service that reports only the first violation. */
const firstViolation =
  (words: (violation: Violation) => Refusal): Words =>
  ([violation]) =>
    words(violation as Violation);

const ecr = firstViolation(({ path, kind, constraint }) => {
  const rule =
    kind === 'pattern'
      ? `must satisfy regular expression '${constraint.replace(/^.*?pattern: /, '')}'`
      : constraint;
  return refusal(
    'InvalidParameterException',
    `Invalid parameter at '${path}' failed to satisfy constraint: '${rule}'`,
  );
});

const ec2 = firstViolation(({ value, path }) =>
  refusal('InvalidParameterValue', `Value (${String(value)}) for parameter ${path} is invalid.`),
);

interface Validation {
  readonly words: Words;
  /** Whether a violation is refused in these words. The code in sandbox/aws refuses all others. */
  readonly covers?: (violation: Violation) => boolean;
  /** The operations whose inputs only the code in sandbox/aws checks. */
  readonly exceptFor?: readonly string[];
}

const isEnumViolation = ({ kind }: Violation): boolean => kind === 'enum';

/** The validation of each service, by its name in a signature. The catalogue of AWS semantics lists the sources of the words. */
const VALIDATIONS: Readonly<Record<string, Validation>> = {
  ec2: { words: ec2, covers: isEnumViolation },
  elasticloadbalancing: { words: allViolations('ValidationError') },
  ecs: { words: allViolations('InvalidParameterException'), covers: isEnumViolation },
  'application-autoscaling': { words: allViolations('ValidationException') },
  ecr: { words: ecr },
  logs: { words: allViolations('InvalidParameterException') },
  iam: {
    words: allViolations('ValidationError'),
    covers: ({ kind, path }) => kind !== 'pattern' || path === 'description' || path.startsWith('tags.'),
  },
  sts: { words: allViolations('ValidationError') },
  // The code in sandbox/aws checks a batch change by change, and reports the faults of all changes.
  route53: {
    words: allViolations('InvalidInput'),
    covers: (violation) => !isEnumViolation(violation),
    exceptFor: ['ChangeResourceRecordSets'],
  },
};

/**
 * Checks an input against AWS's model.
 * @param service the name of the service in a signature
 * @throws Refusal in the words of the service
 */
export function validate(service: string, operation: string, input: object): void {
  const validation = VALIDATIONS[service];
  if (validation === undefined) return;
  const { words, covers = () => true, exceptFor = [] } = validation;
  if (exceptFor.includes(operation)) return;
  const violations = violationsOf(service, operation, input).filter(covers);
  if (violations.length > 0) throw words(violations);
}
