/** Rules for tasks that did not start. */
import { configuredContainer, type Facts } from '../facts.ts';
import { shortened, startFailures, type StartFailure } from '../messages.ts';
import type { Cause, Rule } from '../rule.ts';
import { START_KINDS, VAGUE_START_KINDS, type StartContext, type StartKind } from './start-kinds.ts';

/** Returns the container that a message is about, even if the message does not name it but can mean only one. */
function containerOf({ service }: Facts, { container, text }: StartFailure): string | undefined {
  if (container !== undefined) return container;
  const [only, ...others] = service.containers;
  if (only && others.length === 0) return only.name;
  return service.containers.find(({ image }) => 'reference' in image && text.includes(image.reference))?.name;
}

const startRule =
  (kind: StartKind): Rule =>
  (facts): Cause | undefined => {
    for (const failure of startFailures(facts)) {
      const match = kind.pattern.exec(failure.text);
      if (!match) continue;
      const container = containerOf(facts, failure);
      const context: StartContext = {
        facts,
        match,
        name: container ?? 'the task',
        configured: container === undefined ? undefined : configuredContainer(facts, container),
      };
      return {
        what: kind.what(context),
        evidence: [shortened(failure.text)],
        fix: kind.fix(context),
        isPermanent: kind.isPermanent,
        container,
      };
    }
    return undefined;
  };

export const startRules: readonly Rule[] = START_KINDS.map(startRule);
export const vagueStartRules: readonly Rule[] = VAGUE_START_KINDS.map(startRule);
