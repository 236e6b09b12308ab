/** Polls each topic of the page while at least one browser shows it, and sends every new value to these browsers. */
import type { Clock } from '../lib/model/clock.ts';
import type { EventStream } from './event-stream.ts';

/** One kind of value that the page shows. */
export interface Topic {
  readonly name: string;
  /** Milliseconds from the end of one poll to the start of the next. */
  readonly everyMs: number;
  /** Returns the value, as data. A failure is a value, too: a poll does not throw. */
  poll(signal: AbortSignal): Promise<object>;
}

/** The part of a stream that the topics use. */
export type TopicReader = Pick<EventStream, 'send'>;

export interface Topics {
  /** Sends the values of topics to a browser, at once the last ones. Unknown names are ignored. @returns a function that ends it */
  subscribe(names: readonly string[], reader: TopicReader): () => void;
  /** Polls a topic now, after a change. */
  refresh(name: string): void;
  /** Stops all polls, and resolves when they have ended. */
  close(): Promise<void>;
}

/** How long a value counts as current after the last browser has left, in milliseconds. */
const KEPT_MS = 10_000;

class PolledTopic {
  /** The browsers, and the last value that each has got. */
  readonly readers = new Map<TopicReader, string | undefined>();
  readonly #topic: Topic;
  readonly #clock: Clock;
  #last: { readonly json: string; readonly at: number } | undefined;
  #polling: { readonly stopped: AbortController; readonly ended: Promise<void> } | undefined;
  #wake = new AbortController();

  constructor(topic: Topic, clock: Clock) {
    this.#topic = topic;
    this.#clock = clock;
  }

  add(reader: TopicReader): void {
    const isCurrent = this.#last && this.#clock.now() - this.#last.at < KEPT_MS + this.#topic.everyMs;
    this.readers.set(reader, undefined);
    if (this.#last && isCurrent) this.#send(reader, this.#last.json);
    if (this.#polling) return;
    const stopped = new AbortController();
    this.#polling = { stopped, ended: this.#poll(stopped.signal) };
  }

  remove(reader: TopicReader): void {
    this.readers.delete(reader);
    if (this.readers.size === 0) void this.stop();
  }

  refresh(): void {
    this.#wake.abort();
  }

  async stop(): Promise<void> {
    const polling = this.#polling;
    this.#polling = undefined;
    polling?.stopped.abort();
    await polling?.ended;
  }

  /** Sends a value to a browser, unless it is the last one that the browser has got. */
  #send(reader: TopicReader, json: string): void {
    if (this.readers.get(reader) === json) return;
    this.readers.set(reader, json);
    reader.send(this.#topic.name, json);
  }

  async #poll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#wake = new AbortController();
      const value = await this.#topic.poll(signal);
      if (signal.aborted) return;
      const json = JSON.stringify(value);
      this.#last = { json, at: this.#clock.now() };
      for (const reader of this.readers.keys()) this.#send(reader, json);
      const woken = AbortSignal.any([signal, this.#wake.signal]);
      await this.#clock.sleep(this.#topic.everyMs, woken).catch(() => undefined);
    }
  }
}

export function makeTopics(topics: readonly Topic[], clock: Clock): Topics {
  const byName = new Map(topics.map((topic) => [topic.name, new PolledTopic(topic, clock)]));
  return {
    subscribe(names, reader) {
      const subscribed = [...new Set(names)].flatMap((name) => byName.get(name) ?? []);
      for (const topic of subscribed) topic.add(reader);
      return () => {
        for (const topic of subscribed) topic.remove(reader);
      };
    },
    refresh: (name) => byName.get(name)?.refresh(),
    async close() {
      await Promise.all([...byName.values()].map((topic) => topic.stop()));
    },
  };
}
