/** Rules for programs that the health checks cannot connect to: they listen elsewhere, not yet, or not at all. */
import type { Container } from '../../config/config.ts';
import { checkedContainer, failedChecks, isChecked, type FailedCheck } from '../checks.ts';
import { configuredContainer, type Facts, type Listener } from '../facts.ts';
import { excerptOf } from '../excerpt.ts';
import { logEvidence } from '../evidence.ts';
import { lifetimeSeconds } from '../exited.ts';
import { loggedListeners } from '../listeners.ts';
import type { Cause, Rule } from '../rule.ts';

/** The facts by which a failed connection is judged. */
interface ListeningContext {
  readonly facts: Facts;
  readonly check: FailedCheck;
  readonly name: string;
  readonly port: number;
  readonly configured: Container;
  /** Where the program listens; undefined if it is unknown. */
  readonly listeners: readonly Listener[] | undefined;
  /** The seconds that the task ran; undefined if it is unknown. */
  readonly seconds: number | undefined;
  /** Whether the grace period is over, so that failing checks count. */
  readonly isGraceOver: boolean;
}

type Judgement = Pick<Cause, 'what' | 'fix' | 'isPermanent'> | undefined;

/** Tries a judgement on each failed check that got no answer. */
const listeningRule =
  (judge: (context: ListeningContext) => Judgement): Rule =>
  (facts) => {
    for (const check of failedChecks(facts)) {
      const configured = configuredContainer(facts, check.container);
      if (configured?.port === undefined || typeof check.result === 'number') continue;
      const container = checkedContainer(facts, check);
      const log = container?.log ?? [];
      const known = container?.listeners ?? loggedListeners(log);
      const task = check.task ?? facts.tasks[0];
      const seconds = task && lifetimeSeconds(task, facts.now);
      const judged = judge({
        facts,
        check,
        configured,
        name: check.container,
        port: configured.port,
        listeners: known,
        seconds,
        isGraceOver: seconds !== undefined && seconds >= facts.service.graceSeconds,
      });
      if (!judged) continue;
      return {
        ...judged,
        container: check.container,
        evidence: [check.report, ...logEvidence(check.container, excerptOf(log))],
      };
    }
    return undefined;
  };

const isLoopback = (address: string): boolean => /^(127\.|::1$|localhost$|\[::1\]$)/.test(address);

/** The listeners on the configured port. */
const onPort = ({ listeners = [], port }: ListeningContext): readonly Listener[] =>
  listeners.filter((listener) => listener.port === port);

const closedPort = listeningRule(({ name, port, facts, check }) =>
  check.by !== 'load balancer' || !facts.network?.closedPorts.includes(port)
    ? undefined
    : {
        what: `the security group of ${facts.service.name} lets nothing through to port ${port} of ${name}`,
        fix: ['npm run provision, which restores the rules of the security group'],
        isPermanent: true,
      },
);

const loopbackOnly = listeningRule((context) => {
  const { name, port, facts } = context;
  const ours = onPort(context);
  if (!isChecked(facts, name) || ours.length === 0 || !ours.every(({ address }) => isLoopback(address)))
    return undefined;
  return {
    what: `${name} listens on ${ours[0]?.address} only`,
    fix: [`Make ${name} listen on 0.0.0.0:${port}: the load balancer cannot reach a loopback address.`],
    isPermanent: true,
  };
});

/** A port set by a variable is certain; otherwise the program may still open its main port after another, such as that of metrics. */
const otherPort = listeningRule((context) => {
  const { name, port, configured, listeners = [], facts, isGraceOver } = context;
  if (onPort(context).length > 0) return undefined;
  const taken = facts.service.containers.filter((other) => other.name !== name).map((other) => other.port);
  const others = listeners.filter((one) => one.port !== undefined && !taken.includes(one.port));
  const [other] = [...others.filter(({ address }) => !isLoopback(address)), ...others];
  if (other?.port === undefined) return undefined;
  const isSetByVariable = configured.environment['PORT'] === String(other.port);
  return {
    what: `${name} listens on ${other.port} but port is ${port}`,
    fix: [
      isSetByVariable
        ? `Remove PORT from environment of ${name}, or set port of ${name} to ${other.port}.`
        : `Set port of ${name} to ${other.port}, or make it listen on ${port}, the value of PORT.`,
    ],
    isPermanent: isSetByVariable || isGraceOver,
  };
});

const unixSocket = listeningRule((context) => {
  const { name, port, listeners = [], isGraceOver } = context;
  const [socket] = listeners.filter((listener) => listener.port === undefined);
  if (!socket || listeners.some((listener) => listener.port !== undefined)) return undefined;
  return {
    what: `${name} listens on the Unix socket ${socket.address} only, and not on port ${port}`,
    fix: [`Make ${name} listen on 0.0.0.0:${port}.`],
    isPermanent: isGraceOver,
  };
});

/** A program that accepts a connection and then closes it without an answer speaks another protocol. */
const otherProtocol = listeningRule((context) => {
  const { name, port, configured, check, isGraceOver } = context;
  const isReachable = onPort(context).some(({ address }) => !isLoopback(address));
  if (!isReachable || check.result !== 'failed') return undefined;
  const others = { HTTP: 'HTTPS', HTTPS: 'HTTP', HTTP2: 'HTTP', GRPC: 'HTTP' } as const;
  const other = others[configured.protocol];
  return {
    what: `${name} listens on ${port} but does not speak ${configured.protocol} there`,
    fix: [`Set protocol of ${name} to ${other}, or make it speak ${configured.protocol} on port ${port}.`],
    isPermanent: isGraceOver,
  };
});

const notReadyInTime = listeningRule((context) => {
  const { name, port, seconds, facts, check, listeners, isGraceOver } = context;
  const { graceSeconds } = facts.service;
  const wasStopped = check.task?.stoppedReason !== undefined;
  if (seconds === undefined || check.result === 'timeout') return undefined;
  if (!wasStopped && !(isGraceOver && seconds < SHORT_SECONDS)) return undefined;
  if (onPort(context).length > 0 || seconds > graceSeconds + PATIENCE_SECONDS) return undefined;
  // A failed check of a container does not tell whether the program listens.
  if (listeners === undefined ? check.by === 'container' : listeners.length > 0) return undefined;
  return {
    what: `${name} was not ready ${Math.max(1, seconds)} s after it started, and graceSeconds is ${graceSeconds}`,
    fix: [
      `Set graceSeconds of ${facts.service.name} to more seconds than ${name} needs before it listens on port ${port}.`,
      `If ${name} listens elsewhere or not at all, make it listen on 0.0.0.0:${port}.`,
    ],
    isPermanent: !wasStopped,
  };
});

/** A task that is younger has probably not finished its start, whatever its grace period. */
const SHORT_SECONDS = 15;
/** How long after its grace period a task usually runs before ECS stops it for failed checks. */
const PATIENCE_SECONDS = 60;

const nowhere = listeningRule((context) => {
  const { name, port, seconds, listeners, check, isGraceOver } = context;
  if (check.result !== 'failed' && check.by !== 'container' && listeners === undefined) return undefined;
  if (check.result === 'timeout' || onPort(context).length > 0) return undefined;
  if (listeners === undefined && check.by === 'container') return undefined;
  const after = seconds === undefined ? '' : ` ${seconds} s after it started`;
  return {
    what: `nothing listens on port ${port} of ${name}${after}`,
    fix: [`Make ${name} listen on 0.0.0.0:${port} (PORT is ${port}), or correct port of ${name}.`],
    isPermanent: isGraceOver,
  };
});

export const listeningRules: readonly Rule[] = [
  closedPort,
  loopbackOnly,
  otherPort,
  unixSocket,
  otherProtocol,
  notReadyInTime,
  nowhere,
];
