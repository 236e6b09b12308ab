/** The kinds of messages about tasks that did not start because a secret could not be read. */
import type { StartContext, StartKind } from './start-kinds.ts';

/** Returns the name of a secret without the rest of its ARN, such as `shop/keys`. */
const secretIn = ({ match }: StartContext): string =>
  (match.groups?.['secret'] ?? 'a secret').replace(/^arn:.*:secret:/, '').replace(/-\w{6}$/, '');

/** Returns the name of a secret of the stack itself: its parameter is `/<name>/<stage>/<secret>`. */
function ownName(parameter: string, { logGroup }: StartContext['facts']): string | undefined {
  const [, name, stage, secret] = /^\/([^/]+)\/([^/]+)\/([\w.-]+)$/.exec(parameter) ?? [];
  return logGroup.endsWith(`/${name}-${stage}`) ? secret : undefined;
}

/** Matches the part of a message that names a secret of Secrets Manager. */
const SECRET = String.raw`(?:failed to fetch secret|secret from the service for) (?<secret>arn:\S+?)(?: from secrets manager)?: .*`;

const COMMAND = 'aws secretsmanager';

/**
 * Before the rule for missing permissions, which also covers those to read secrets.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html
 */
export const SECRET_START_KINDS: readonly StartKind[] = [
  {
    pattern: /invalid ssm parameters: (?<names>[^\s]+)/,
    isPermanent: true,
    what: ({ match }) =>
      `Parameter Store has no parameter ${(match.groups?.['names'] ?? '').split(',').join(' and ')}`,
    fix: ({ match, facts }) =>
      (match.groups?.['names'] ?? '').split(',').map((name) => {
        const own = ownName(name, facts);
        return own === undefined
          ? `Create the parameter ${name}, or correct secrets in slipway.config.ts.`
          : `npm run secret -- set ${own}`;
      }),
  },
  {
    pattern: new RegExp(`${SECRET}(?:can't find the specified secret value|staging label)`),
    isPermanent: true,
    what: (context) => `the secret ${secretIn(context)} has no value`,
    fix: (context) => [
      `${COMMAND} put-secret-value --secret-id ${secretIn(context)} --secret-string file://FILE`,
    ],
  },
  {
    pattern: new RegExp(`${SECRET}can't find the specified secret`),
    isPermanent: true,
    what: (context) => `Secrets Manager has no secret ${secretIn(context)}`,
    fix: () => [
      'npm run provision, which looks the secret up again, or correct secrets in slipway.config.ts',
    ],
  },
  {
    pattern: new RegExp(`${SECRET}marked for deletion`),
    isPermanent: true,
    what: (context) => `the secret ${secretIn(context)} is scheduled for deletion`,
    fix: (context) => [`${COMMAND} restore-secret --secret-id ${secretIn(context)}`],
  },
  {
    pattern: /did not contain json key (?<key>\S+)/,
    isPermanent: true,
    what: ({ match }) => `a secret has no JSON key ${match.groups?.['key']}`,
    fix: ({ match }) => [
      `Add the key ${match.groups?.['key']} to the value of the secret, or correct secrets in slipway.config.ts.`,
    ],
  },
  {
    pattern:
      /retrieve secret from asm: .*(?:looking for beginning of|unexpected end of JSON|cannot unmarshal|invalid character)/,
    isPermanent: true,
    what: () => 'a secret of which a JSON key is used has a value that is not JSON',
    fix: () => [
      'Store an object with the key as JSON, or leave out the key in secrets of slipway.config.ts.',
    ],
  },
  {
    pattern: /Access to KMS is not allowed|not authorized to perform: kms:Decrypt/,
    isPermanent: true,
    what: () => "the execution role may not decrypt a secret with the customer's key",
    fix: () => [
      'npm run provision, which restores the policy of the execution role, or allow the role in the policy of the key',
    ],
  },
];
