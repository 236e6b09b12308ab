/** Requests a path several times, so that probably every task behind the load balancer answers, and counts the answers. */
import type { Run } from '../../lib/run/run.ts';
import type { PathAnswer } from './path-answer.ts';
import { requestPath } from './request-path.ts';
import type { PublicAddress } from './url.ts';

/** A load balancer distributes requests in turn, so this is about the number of requests that each task receives. */
const ROUNDS = 5;
/** The maximum number of requests at the same time. */
const MAX_CONCURRENT = 8;
/** The maximum pause between two rounds, milliseconds. */
const PAUSE_MS = 200;

/** Sends rounds of requests with short pauses. Each round has one request for each task. */
export async function sample(
  address: PublicAddress,
  path: string,
  count: number,
  run: Run,
): Promise<PathAnswer[]> {
  const answers: PathAnswer[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await run.clock.sleep(Math.min(PAUSE_MS, run.waits.answer.every), run.signal);
    const requests = Array.from({ length: Math.min(count, MAX_CONCURRENT) }, () =>
      requestPath(address, path, run),
    );
    answers.push(...(await Promise.all(requests)));
  }
  return answers;
}

export const isGood = ({ from }: PathAnswer): boolean => from === 'good';

/** Counts the answers by their text, the most frequent first, e.g. `17 × 200, 7 × 502`. */
export function answersText(answers: readonly PathAnswer[]): string {
  const counts = new Map<string, number>();
  for (const { text } of answers) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([text, count]) => `${count} × ${text}`)
    .join(', ');
}
