// The recording in the README: the frames of a terminal, and the picture of them.
import { expect, test } from '@jest/globals';
import { framesOf } from '../../../docs/recording/frames.ts';
import { animatedSvg } from '../../../docs/recording/svg.ts';

const SIZE = { columns: 20, rows: 3 };

test('a frame shows the screen, with its styles, and frames that follow each other differ', async () => {
  const frames = await framesOf(
    [
      { at: 0, text: 'one\r\n' },
      { at: 500, text: '\u001b[32mgreen\u001b[0m <b>' },
      { at: 1000, text: '\u001b[0m' },
      { at: 1500, text: '\r\nthree\r\nfour' },
    ],
    SIZE,
  );
  const plain = { colour: undefined, isBold: false, isDim: false };
  expect(frames.map(({ at }) => at)).toEqual([0, 500, 1500]);
  expect(frames[1]?.lines[1]?.slice(0, 2)).toEqual([
    { text: 'green', colour: 2, isBold: false, isDim: false },
    { text: expect.stringMatching(/^ <b> *$/), ...plain },
  ]);
  expect(frames[2]?.lines.map(([first]) => first?.text.trim())).toEqual(['green', 'three', 'four']);
});

test('a picture escapes the text, and writes a line once that appears in several frames', async () => {
  const frames = await framesOf(
    [
      { at: 0, text: 'a <b> & c' },
      { at: 1000, text: '\r\nlast' },
    ],
    SIZE,
  );
  const svg = animatedSvg(frames, { ...SIZE, title: 'A "run"' });
  expect(svg.split('a &lt;b&gt; &amp; c')).toHaveLength(2);
  expect(svg.split('<g class="f"')).toHaveLength(3);
  expect(svg).toContain('aria-label="A &quot;run&quot;"');
});
