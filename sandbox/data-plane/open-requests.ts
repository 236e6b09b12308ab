/** Tracks the requests and WebSockets of load balancers that are open at each target, so that a target can drain. */

/** The open requests of all load balancers. A target is identified by its key in the agenda. */
export interface OpenRequests {
  /** Records a request to a target; returns a function that records its end. */
  open(this: void, targetKey: string): () => void;
  /** Returns how many requests to a target are open. */
  count(this: void, targetKey: string): number;
  /** Calls `run` as soon as no request to any of the targets is open. */
  whenNone(this: void, targetKeys: readonly string[], run: () => void): void;
}

export function makeOpenRequests(): OpenRequests {
  const counts = new Map<string, number>();
  const waiting = new Set<{ readonly targetKeys: readonly string[]; readonly run: () => void }>();
  const isIdle = (targetKeys: readonly string[]) => targetKeys.every((key) => !counts.has(key));
  return {
    open(key) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
      let hasEnded = false;
      return () => {
        if (hasEnded) return;
        hasEnded = true;
        const count = (counts.get(key) ?? 0) - 1;
        if (count > 0) counts.set(key, count);
        else counts.delete(key);
        for (const wait of waiting) {
          if (!isIdle(wait.targetKeys)) continue;
          waiting.delete(wait);
          wait.run();
        }
      };
    },
    count: (key) => counts.get(key) ?? 0,
    whenNone(targetKeys, run) {
      if (isIdle(targetKeys)) run();
      else waiting.add({ targetKeys, run });
    },
  };
}
