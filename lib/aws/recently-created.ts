/** Recently created resources: for these, "not found" may mean "not visible yet". */
import type { Clock } from '../model/clock.ts';

/**
 * How long it may take until a new resource is visible everywhere, in milliseconds: EC2 advises retrying for up to five
 * minutes.
 */
const RECENT_MS = 300_000;

/** The resources that a run has created. */
export interface RecentlyCreated {
  /** Records the resources in the output of a create. */
  recordCreated(output: unknown): void;
  /** Whether the input of a call refers to a recently created resource. */
  isNamedIn(input: unknown): boolean;
  /**
   * Treats every resource as recently created until five minutes after the given time, because an earlier run may have
   * created it shortly before.
   * @param lastWriteAt when that run last wrote its state, milliseconds since 1970
   */
  treatAllAsCreatedAt(lastWriteAt: number): void;
}

/** @see https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html */
export function trackRecentlyCreated({ now }: Pick<Clock, 'now'>): RecentlyCreated {
  const createdAt = new Map<string, number>();
  let lastRunAt = Number.NEGATIVE_INFINITY;
  const isRecent = (at = Number.NEGATIVE_INFINITY) => now() - at < RECENT_MS;
  return {
    recordCreated(output) {
      for (const id of stringsIn(output).flatMap(identifiersIn)) createdAt.set(id, now());
    },
    isNamedIn: (input) => isRecent(lastRunAt) || stringsIn(input).some((id) => isRecent(createdAt.get(id))),
    treatAllAsCreatedAt(lastWriteAt) {
      lastRunAt = lastWriteAt;
    },
  };
}

/** Returns all strings in a value, at any depth. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

/** Returns the identifiers that later calls may use: an id, an ARN and the name at its end, or a zone id without its path. */
function identifiersIn(text: string): string[] {
  if (text.startsWith('arn:')) return [text, text.split(/[/:]/).at(-1) ?? text];
  if (/^\/hostedzone\/\w+$/.test(text)) return [text.replace('/hostedzone/', '')];
  return /^[a-z]+-[\da-f]{8,}$/.test(text) ? [text] : [];
}
