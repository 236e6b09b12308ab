/** Composes the problems of a path that always or sometimes fails although AWS reports everything as healthy. Pure. */
import { messageOf } from '../../lib/aws/errors.ts';
import type { RoutedContainer, Service } from '../../lib/config/config.ts';
import type { Cause } from '../../lib/diagnosis/cause.ts';
import { problem, type Problem } from '../../lib/model/problem.ts';
import type { PathAnswer } from './path-answer.ts';
import { answersText, isGood } from './sample.ts';

/** A path of a service, and what is known about its container. */
export interface CheckedPath {
  readonly url: string;
  readonly service: Service;
  readonly container: RoutedContainer;
  /** The lines of the container's log that hold an error, with a heading. */
  readonly log: readonly string[];
  /** Whether this run has replaced an earlier version, which a rollback can restore. */
  readonly hasEarlierVersion: boolean;
  /** Why tasks or targets of the service are not healthy any more; undefined if they are, or if no cause is known. */
  readonly cause: Cause | undefined;
}

const CHECK_AGAIN = 'npm run provision, to check again';

/** A path that was never answered by its service. */
export const unanswered = (path: CheckedPath, error: unknown): Problem =>
  problem('UNANSWERED', {
    what: sentence(`${path.url} does not answer`, path.cause),
    why: [messageOf(error), ...(path.cause?.evidence ?? [])].join('\n'),
    now: path.cause
      ? `Everything is created, but ${path.container.name} is not healthy.`
      : 'Everything is created, and healthy according to AWS.',
    fix: [...(path.cause ? [...path.cause.fix, ...rollback(path)] : []), `curl -v ${path.url}`, CHECK_AGAIN],
    cause: error,
  });

const sentence = (what: string, cause: Cause | undefined): string =>
  cause ? `${what}: ${cause.what}.` : `${what}.`;

/** A path that the program answers with an error every time, usually while its health check passes. */
export function alwaysFails(path: CheckedPath, answers: readonly PathAnswer[]): Problem {
  const { url, container, log, cause } = path;
  const { name, health } = container;
  return problem('UNANSWERED', {
    what: `${name} answers every request to ${container.path} with an error: ${answersText(answers)}.`,
    why: cause
      ? [`${cause.what}.`, ...cause.evidence].join('\n')
      : [
          `Its health check, GET ${health.path}, passes, so the load balancer sends requests to it; only the program's answer to ${container.path} fails.`,
          ...log,
        ].join('\n'),
    now: `${name} is in service, and ${url} fails for every client.`,
    fix: [
      ...(cause?.fix ?? [`Correct the program of ${name}, then npm run provision`]),
      ...rollback(path),
      ...(cause
        ? []
        : [
            `Make health.path fail while ${name} cannot serve ${container.path}: ECS then keeps the old version if the next one has this fault`,
          ]),
      logs(path),
    ],
  });
}

/** A path that works for some requests and fails for others. */
export function sometimesFails(path: CheckedPath, answers: readonly PathAnswer[]): Problem {
  const { url, service, container, log, cause } = path;
  const bad = answers.filter((answer) => !isGood(answer));
  return problem('UNANSWERED', {
    what: sentence(`${url} fails for ${bad.length} of ${answers.length} requests`, cause),
    why: [
      `The answers: ${answersText(answers)}.`,
      ...senderTexts(bad, container.name),
      ...(service.count > 1
        ? [
            `The load balancer sends requests to ${service.count} tasks in turn; probably not all of them work.`,
          ]
        : []),
      ...(cause?.evidence ?? log),
    ].join('\n'),
    now: cause
      ? `${container.name} is in service, but not healthy.`
      : `${container.name} is in service, and healthy according to AWS.`,
    fix: [...(cause?.fix ?? []), ...rollback(path), logs(path), CHECK_AGAIN],
  });
}

const rollback = ({ service, hasEarlierVersion }: CheckedPath): string[] =>
  hasEarlierVersion ? [rollbackAdvice(service.name)] : [];

/** Advises to restore an earlier revision. */
export const rollbackAdvice = (service: string): string =>
  `npm run rollback -- ${service}, to restore the previous version`;

const logs = ({ service, container }: CheckedPath): string => logsAdvice(`${service.name}/${container.name}`);

/**
 * Advises to read what containers have printed.
 * @param containers the name of a service, or `<service>/<container>`
 */
export const logsAdvice = (containers: string): string =>
  `npm run logs -- ${containers} --since 1h, for the complete logs`;

/** Explains who sent the errors: the program, or the load balancer because no task answered. */
function senderTexts(bad: readonly PathAnswer[], name: string): string[] {
  const from = (sender: PathAnswer['from']) => bad.filter((answer) => answer.from === sender);
  const [program, balancer] = [from('program'), from('balancer')];
  return [
    ...(program.length > 0 ? [`The program of ${name} sent ${answersText(program)}.`] : []),
    ...(balancer.length > 0
      ? [
          `The load balancer sent ${answersText(balancer)}: no task answered, or a task closed the connection.`,
        ]
      : []),
  ];
}
