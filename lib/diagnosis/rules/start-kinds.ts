/** The kinds of messages about tasks that did not start: the image, the execution role, the log group, the network, the command. */
import type { Container } from '../../config/config.ts';
import type { Facts } from '../facts.ts';
import { NO_NETWORK } from '../messages.ts';
import { ROLE_START_KINDS } from './role-starts.ts';
import { SECRET_START_KINDS } from './secret-starts.ts';

/** The facts from which a failed start is described. */
export interface StartContext {
  readonly facts: Facts;
  /** The name of the container, or `the task` if ECS does not say which container failed. */
  readonly name: string;
  readonly configured: Container | undefined;
  readonly match: RegExpExecArray;
}

/** One kind of message about a failed start. */
export interface StartKind {
  readonly pattern: RegExp;
  readonly isPermanent: boolean;
  what(context: StartContext): string;
  fix(context: StartContext): string[];
}

const imageIn = ({ match, configured }: StartContext): string => {
  const image = match.groups?.['image'];
  return image ?? (configured && 'reference' in configured.image ? configured.image.reference : 'its image');
};

/**
 * The kinds of messages, the most specific first.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html
 */
export const START_KINDS: readonly StartKind[] = [
  {
    pattern: /no such host/,
    isPermanent: true,
    what: (context) => `the registry of the image of ${context.name} does not exist: ${imageIn(context)}`,
    fix: ({ name }) => [`Correct the host in image of ${name}.`],
  },
  {
    pattern: NO_NETWORK,
    isPermanent: false,
    what: ({ facts }) =>
      facts.network?.hasWayOut === false
        ? 'the private route table has no route to the NAT gateway, so the tasks reach neither the registry nor AWS'
        : 'the tasks have no way out of the network, so they reach neither the registry nor AWS',
    fix: ({ facts }) => [
      facts.network?.hasWayOut === false
        ? 'npm run provision, which restores the route'
        : 'npm run drift, which shows what someone has changed in the network',
    ],
  },
  ...SECRET_START_KINDS,
  {
    pattern: /descriptor matching platform '(?<platform>[^']+)'|no matching manifest for (?<other>\S+)/,
    isPermanent: true,
    what: ({ name, facts, match }) =>
      `the image of ${name} has no variant for ${match.groups?.['platform'] ?? match.groups?.['other'] ?? `linux/${facts.architecture}`}`,
    fix: ({ name, facts }) => [`Build and push the image of ${name} for linux/${facts.architecture}.`],
  },
  {
    pattern: /toomanyrequests|pull rate limit|Too Many Requests/i,
    isPermanent: false,
    what: (context) =>
      `the registry refuses more pulls of ${imageIn(context)} for now: its rate limit is reached`,
    fix: ({ name }) => [
      `Copy the image of ${name} to Amazon ECR, or wait until the registry accepts pulls again.`,
    ],
  },
  {
    pattern: /no space left on device/,
    isPermanent: true,
    what: ({ name }) => `the image of ${name} does not fit on the disk of the task (20 GiB)`,
    fix: ({ name }) => [`Make the image of ${name} smaller.`],
  },
  {
    pattern: /failed to resolve ref (?<image>\S+?): .*not found|manifest unknown|(?<other>\S+): not found/,
    isPermanent: true,
    what: (context) => `the image ${imageIn(context)} does not exist`,
    fix: ({ name }) => [`Correct image of ${name}, or push the image.`],
  },
  {
    pattern: /pull access denied|repository does not exist|authorization failed/,
    isPermanent: true,
    what: (context) => `the image ${imageIn(context)} does not exist, or needs a login`,
    fix: ({ name }) => [`Correct image of ${name}, or copy the image to Amazon ECR.`],
  },
  ...ROLE_START_KINDS,
  {
    pattern: /specified log group does not exist/,
    isPermanent: true,
    what: ({ facts }) => `the log group ${facts.logGroup} does not exist`,
    fix: () => ['npm run provision, which creates the log group again'],
  },
  {
    pattern: /exec: "(?<command>[^"]+)": executable file not found/,
    isPermanent: true,
    what: ({ name, match }) => `the image of ${name} contains no \`${match.groups?.['command']}\``,
    fix: ({ name }) => [`Correct command of ${name}: its first word must be a program in the image.`],
  },
  {
    pattern: /exec: "(?<command>[^"]+)": stat .*no such file or directory/,
    isPermanent: true,
    what: ({ name, match }) => `the image of ${name} contains no \`${match.groups?.['command']}\``,
    fix: ({ name }) => [`Correct command of ${name}: the path must exist in the image.`],
  },
  {
    pattern: /exec: "(?<command>[^"]+)": permission denied/,
    isPermanent: true,
    what: ({ name, match }) => `\`${match.groups?.['command']}\` in the image of ${name} is not executable`,
    fix: ({ name, match }) => [
      `Make ${match.groups?.['command']} executable in the image (chmod +x), or start it through an interpreter in command of ${name}.`,
    ],
  },
  {
    pattern: /exec format error/,
    isPermanent: true,
    what: ({ name, facts }) => `the program of ${name} is not built for linux/${facts.architecture}`,
    fix: ({ name, facts }) => [`Build the image of ${name} for linux/${facts.architecture}.`],
  },
  {
    pattern:
      /unable to find user (?<user>[^:]+)|no users found|unable to find group|etc\/passwd: no such file/,
    isPermanent: true,
    what: ({ name, configured, match }) =>
      `the image of ${name} has no user ${match.groups?.['user'] ?? configured?.user ?? 'of that name'}`,
    fix: ({ name }) => [`Correct user of ${name}: a numeric user such as 1000:1000 always works.`],
  },
  {
    pattern: /dependent container (?<other>\S+)/,
    isPermanent: false,
    what: ({ name, match }) =>
      `${name} did not start because ${match.groups?.['other']}, on which it depends, failed`,
    fix: ({ match }) => [`Correct ${match.groups?.['other']}: its log shows why it failed.`],
  },
  {
    pattern: /unable to assume the role/,
    isPermanent: false,
    what: () => 'ECS cannot assume a role of the service',
    fix: () => [
      'Try again in a minute, since a new role takes time to become usable, or check whether a policy of the account forbids it.',
    ],
  },
];

/** Messages that name no cause: every other rule knows more than they do. */
export const VAGUE_START_KINDS: readonly StartKind[] = [
  {
    pattern: /container ordering dependency \[(?<other>[^\s(\]]+)/,
    isPermanent: false,
    what: ({ name, match }) =>
      `${name} did not start because ${match.groups?.['other']}, for which it waits, did not reach its condition`,
    fix: ({ name, match }) => [
      `Correct ${match.groups?.['other']}: its log shows why it failed, or change dependsOn of ${name}.`,
    ],
  },
  {
    pattern: /CannotPullContainer/,
    isPermanent: false,
    what: (context) => `the image of ${context.name} cannot be pulled: ${imageIn(context)}`,
    fix: ({ name }) => [`Check image of ${name} and the execution role.`],
  },
  {
    pattern: /logger args|CloudWatch log group/,
    isPermanent: false,
    what: ({ facts }) => `the tasks cannot write to the log group ${facts.logGroup}`,
    fix: () => [
      'npm run drift, which shows whether the log group, the execution role or the network has changed',
    ],
  },
  {
    pattern: /CannotStartContainer|ContainerRuntimeError|container runtime task/,
    isPermanent: false,
    what: ({ name }) => `${name} could not be started`,
    fix: ({ name }) => [`Check command, user and image of ${name}.`],
  },
  {
    pattern: /ResourceInitializationError/,
    isPermanent: false,
    what: () => 'the tasks could not be set up',
    fix: () => ['npm run drift, which shows whether the execution role or the network has changed'],
  },
  {
    pattern: /Task failed to start/,
    isPermanent: false,
    what: ({ name }) => `${name} could not be started`,
    fix: ({ name }) => [`Check command, user and image of ${name}.`],
  },
];
