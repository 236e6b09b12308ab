// A stream of events: a browser that reads slowly gets only the newest value of each topic.
import { EventEmitter } from 'node:events';
import { expect, test } from '@jest/globals';
import { EventStream, type EventSink } from '../../../dashboard/event-stream.ts';

/** A response that can be full. */
class Sink extends EventEmitter {
  isFull = false;
  isEnded = false;
  text = '';
  write(text: string): boolean {
    this.text += text;
    return !this.isFull;
  }
  end(): void {
    this.isEnded = true;
    this.emit('close');
  }
}

function open() {
  const sink = new Sink();
  const stream = new EventStream(sink as unknown as EventSink);
  sink.text = '';
  return { sink, stream };
}

test('every value is sent while the browser keeps up', () => {
  const { sink, stream } = open();
  stream.send('requests', '1');
  stream.send('requests', '2');
  expect(sink.text).toBe('event: requests\ndata: 1\n\nevent: requests\ndata: 2\n\n');
  stream.end();
  expect(sink.isEnded).toBe(true);
});

test('while the browser does not read, only the newest value of each topic waits', () => {
  const { sink, stream } = open();
  sink.isFull = true;
  stream.send('status', '0');
  sink.text = '';
  for (let value = 1; value <= 1000; value += 1) stream.send('requests', String(value));
  stream.send('status', '1');
  expect(sink.text).toBe('');
  sink.isFull = false;
  sink.emit('drain');
  expect(sink.text).toBe('event: requests\ndata: 1000\n\nevent: status\ndata: 1\n\n');
  stream.end();
});

test('a stream that is full again keeps the rest', () => {
  const { sink, stream } = open();
  sink.isFull = true;
  stream.send('a', '1');
  stream.send('b', '2');
  stream.send('c', '3');
  sink.text = '';
  sink.emit('drain');
  expect(sink.text).toBe('event: b\ndata: 2\n\n');
  sink.emit('drain');
  expect(sink.text).toBe('event: b\ndata: 2\n\nevent: c\ndata: 3\n\n');
  stream.end();
});
