/** Sends events to one browser. If the browser reads slowly, it gets only the newest value of each topic. */
import type { ServerResponse } from 'node:http';

/** The time until a browser connects again, and the time between two comments that keep a silent connection alive. Milliseconds. */
const RETRY_MS = 1000;
const HEARTBEAT_MS = 15_000;

/** The members of a response that a stream uses. */
export type EventSink = Pick<ServerResponse, 'write' | 'on' | 'end'>;

/**
 * A stream of events, as browsers read it.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventStream {
  readonly #sink: EventSink;
  readonly #heartbeat: NodeJS.Timeout;
  /** The values that wait until the browser has read the earlier ones, by topic. */
  readonly #waiting = new Map<string, string>();
  #isFull = false;

  constructor(sink: EventSink) {
    this.#sink = sink;
    this.#write(`retry: ${RETRY_MS}\n\n`);
    sink.on('drain', () => this.#drain());
    this.#heartbeat = setInterval(() => this.#isFull || this.#write(':\n\n'), HEARTBEAT_MS).unref();
    sink.on('close', () => clearInterval(this.#heartbeat));
  }

  /** Sends the value of a topic. @param json without line breaks */
  send(topic: string, json: string): void {
    if (this.#isFull) this.#waiting.set(topic, json);
    else this.#write(`event: ${topic}\ndata: ${json}\n\n`);
  }

  end(): void {
    clearInterval(this.#heartbeat);
    this.#sink.end();
  }

  #write(text: string): void {
    this.#isFull = !this.#sink.write(text);
  }

  #drain(): void {
    this.#isFull = false;
    for (const [topic, json] of [...this.#waiting]) {
      if (this.#isFull) return;
      this.#waiting.delete(topic);
      this.send(topic, json);
    }
  }
}
