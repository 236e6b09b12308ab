/** Refuses inputs that violate AWS's models, in the words of each service. */
import { refusal, type Refusal } from '../protocol/refusal.ts';
import { violationsOf, type Violation } from './constraints.ts';

type RefusalMaker = (violations: readonly Violation[]) => Refusal;

const quoted = (value: unknown): string => {
  if (value === undefined) return 'null';
  return `'${typeof value === 'string' ? value : JSON.stringify(value)}'`;
};

/** Makes the refusals of most services, which report all violations in one message. */
const reportingAll =
  (code: string): RefusalMaker =>
  (violations) => {
    const count = violations.length;
    const messages = violations.map(
      ({ value, path, constraint, isSensitive }) =>
        `Value ${isSensitive ? '' : `${quoted(value)} `}at '${path}' failed to satisfy constraint: ${constraint}`,
    );
    return refusal(
      code,
      `${count} validation error${count === 1 ? '' : 's'} detected: ${messages.join('; ')}`,
    );
  };

/** Makes the refusals of a service that reports only the first violation. */
const reportingFirst =
  (refusalOf: (violation: Violation) => Refusal): RefusalMaker =>
  ([violation]) =>
    refusalOf(violation as Violation);

const ecrRefusal = reportingFirst(({ path, kind, constraint }) => {
  const rule =
    kind === 'pattern'
      ? `must satisfy regular expression '${constraint.replace(/^.*?pattern: /, '')}'`
      : constraint;
  return refusal(
    'InvalidParameterException',
    `Invalid parameter at '${path}' failed to satisfy constraint: '${rule}'`,
  );
});

const ec2Refusal = reportingFirst(({ value, path }) =>
  refusal('InvalidParameterValue', `Value (${String(value)}) for parameter ${path} is invalid.`),
);

/** CloudWatch Logs has a separate message for a name that is too long (LocalStack's `test_logs_groups.snapshot.json`). */
const logsRefusal: RefusalMaker = (violations) =>
  violations.some(({ kind, path }) => kind === 'max' && /^log(Group|Stream)Name$/.test(path))
    ? refusal(
        'InvalidParameterException',
        'Invalid LogGroup or LogStream, both must have length less than or equal to 512.',
      )
    : reportingAll('InvalidParameterException')(violations);

interface Validation {
  readonly refusalOf: RefusalMaker;
  /** Whether this validation refuses a violation. The code in sandbox/aws refuses all other violations. */
  readonly covers?: (violation: Violation) => boolean;
}

const isEnumViolation = ({ kind }: Violation): boolean => kind === 'enum';

/** Each service's validation, keyed by the name in request signatures. The catalogue of AWS semantics lists the sources. */
const VALIDATIONS: Readonly<Record<string, Validation>> = {
  ec2: { refusalOf: ec2Refusal, covers: isEnumViolation },
  elasticloadbalancing: { refusalOf: reportingAll('ValidationError') },
  ecs: { refusalOf: reportingAll('InvalidParameterException'), covers: isEnumViolation },
  'application-autoscaling': { refusalOf: reportingAll('ValidationException') },
  ecr: { refusalOf: ecrRefusal },
  logs: { refusalOf: logsRefusal },
  acm: { refusalOf: reportingAll('ValidationException') },
  wafv2: { refusalOf: reportingAll('ValidationException') },
  monitoring: { refusalOf: reportingAll('ValidationError') },
  iam: {
    refusalOf: reportingAll('ValidationError'),
    covers: ({ kind, path }) =>
      kind !== 'pattern' || ['description', 'versionId'].includes(path) || path.startsWith('tags.'),
  },
  sts: { refusalOf: reportingAll('ValidationError') },
  ssm: { refusalOf: reportingAll('ValidationException') },
  secretsmanager: { refusalOf: reportingAll('ValidationException') },
  // The code in sandbox/aws checks a batch change by change, and reports the faults of all changes.
  route53: {
    refusalOf: reportingAll('InvalidInput'),
    covers: (violation) => !isEnumViolation(violation) && !violation.path.startsWith('changeBatch'),
  },
};

/**
 * Checks an input against AWS's model.
 * @param service the name that request signatures use for the service
 * @throws Refusal in the words of the service
 */
export function validate(service: string, operation: string, input: object): void {
  const validation = VALIDATIONS[service];
  if (validation === undefined) return;
  const { refusalOf, covers = () => true } = validation;
  const violations = violationsOf(service, operation, input).filter(covers);
  if (violations.length > 0) throw refusalOf(violations);
}
