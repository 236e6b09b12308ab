/** Rules for programs that ended: out of memory, signals, a taken port, a forbidden file, an error, or a finished job. */
import { configuredContainer, type Facts, type TaskFacts } from '../facts.ts';
import { excerptOf, type Excerpt } from '../excerpt.ts';
import {
  ageSeconds,
  exitedContainers,
  isRepeated,
  lifetimeSeconds,
  type ExitedContainer,
} from '../exited.ts';
import { lastLinesOf, shortLine } from '../log/limits.ts';
import { logEvidence } from '../evidence.ts';
import { endingText } from '../messages.ts';
import type { Cause, Rule } from '../rule.ts';
import { LOGGED_KINDS } from './logged-errors.ts';

/** Everything that an exit is judged by. */
export interface ExitContext extends ExitedContainer {
  readonly facts: Facts;
  readonly name: string;
  readonly excerpt: Excerpt;
  /** The end of the log as one string. */
  readonly logText: string;
  /** Whether the container has ended with this code at least twice, so that another start would not help. */
  readonly isSecond: boolean;
}

/** Tries a judgement on each exit, the latest first. */
const exitRule =
  (judge: (context: ExitContext) => Omit<Cause, 'evidence' | 'container'> | undefined): Rule =>
  (facts) => {
    const exits = exitedContainers(facts);
    for (const exit of exits) {
      const { container, task } = exit;
      const { name, log = [] } = container;
      const excerpt = excerptOf(log);
      const cause = judge({
        ...exit,
        facts,
        name,
        excerpt,
        logText: lastLinesOf(log).map(shortLine).join('\n'),
        isSecond: isRepeated(exits, exit) || isStuck(exit, facts),
      });
      if (cause)
        return {
          ...cause,
          what: `${cause.what}${waitingText(facts, name)}`,
          container: name,
          evidence: [...endingEvidence(task), ...logEvidence(name, excerpt)],
        };
    }
    return undefined;
  };

/** Whether ECS leaves a task waiting for a job that has failed, so that it never starts another one. */
const isStuck = ({ task }: ExitedContainer, { now, service }: Facts): boolean =>
  task.status === 'PENDING' && (ageSeconds(task, now) ?? 0) >= service.graceSeconds;

/** Says which containers do not start because a job has failed; empty if no container waits for its success. */
function waitingText({ service: { containers } }: Facts, job: string): string {
  const names = containers.filter(({ dependsOn }) => dependsOn?.[job] === 'SUCCESS').map(({ name }) => name);
  return names.length === 0 ? '' : `; ${names.join(' and ')} cannot start before it succeeds`;
}

/** A task that ECS leaves waiting has no ending. */
const endingEvidence = (task: TaskFacts): string[] => {
  const text = endingText(task);
  return text === '' ? [] : [`ECS: ${text}`];
};

const outOfMemory = exitRule(({ name, container, exitCode, task, facts: { service } }) => {
  const isReported = /OutOfMemory|memory usage/i.test(`${container.reason} ${task.stoppedReason}`);
  const wasKilled = exitCode === 137 && task.stopCode === 'EssentialContainerExited';
  if (!isReported && !wasKilled) return undefined;
  return {
    what: isReported
      ? `${name} ran out of memory: the tasks of ${service.name} have ${service.memory} MiB`
      : `${name} was killed (exit code 137), usually because it used more than the ${service.memory} MiB of memory that a task of ${service.name} has`,
    fix: [`Increase memory of ${service.name}, or make ${name} use less.`],
    isPermanent: isReported,
  };
});

/** The signals that kill a program and what they mean, by exit code: 128 plus the number of the signal. */
const SIGNALS: Readonly<Record<number, string>> = {
  132: 'SIGILL: it contains instructions that this processor does not have',
  134: 'SIGABRT: it aborted itself',
  135: 'SIGBUS: it accessed invalid memory',
  136: 'SIGFPE: it divided by zero',
  139: 'SIGSEGV: it accessed invalid memory',
};

const signal = exitRule(({ name, exitCode, excerpt, isSecond }) => {
  const text = SIGNALS[exitCode];
  if (text === undefined) return undefined;
  const heap = /heap out of memory|Allocation failed/.test(excerpt.headline ?? '');
  return {
    what: heap
      ? `${name} ran out of heap memory and aborted (exit code ${exitCode})`
      : `${name} was killed by ${text} (exit code ${exitCode})`,
    fix: [
      heap
        ? `Increase memory of the service, or --max-old-space-size of ${name}.`
        : `Correct ${name}: its log shows where it crashed.`,
    ],
    isPermanent: isSecond,
  };
});

const done = exitRule(({ name, exitCode, isSecond, facts }) =>
  exitCode !== 0
    ? undefined
    : {
        what: `${name} exited with code 0: a service must keep running`,
        fix: [
          `Keep ${name} running, for example by listening on its port.`,
          ...(facts.service.containers.length > 1
            ? [`If ${name} only has a job to do, set essential: false for it.`]
            : []),
        ],
        isPermanent: isSecond,
      },
);

const failing = exitRule(({ name, exitCode, excerpt, isSecond, task, facts, logText }) => {
  const seconds = lifetimeSeconds(task, facts.now) ?? 0;
  const exited = `${name} exited with code ${exitCode}${seconds >= 2 ? ` after ${seconds} s` : ''}`;
  if (excerpt.headline === undefined) {
    return {
      what: `${exited} and ${logText.trim() === '' ? 'logged nothing' : 'logged no error'}`,
      fix: [`Run ${name} on its own, and make it log why it exits with code ${exitCode}.`],
      isPermanent: isSecond,
    };
  }
  return {
    what: `${exited}: ${excerpt.headline}`,
    fix: [`Correct ${name}: the log above shows the error.`],
    isPermanent: isSecond,
  };
});

const logged: readonly Rule[] = LOGGED_KINDS.map((kind) =>
  exitRule((context) => {
    const inError = kind.pattern.exec(context.excerpt.text);
    const match = inError ?? kind.pattern.exec(context.logText);
    const configured = configuredContainer(context.facts, context.name);
    const cause = match ? kind.cause({ ...context, match, configured }) : undefined;
    if (!cause) return undefined;
    // A line beside the error may be a mere warning, unless the program ends with it again.
    const mayBePermanent = inError !== null || context.excerpt.headline === undefined || context.isSecond;
    return { ...cause, isPermanent: mayBePermanent && (cause.isPermanent ?? context.isSecond) };
  }),
);

export const exitRules: readonly Rule[] = [outOfMemory, ...logged, signal, done, failing];
