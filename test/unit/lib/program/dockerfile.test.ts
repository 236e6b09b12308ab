// The stage of a Dockerfile that becomes the image.
import { describe, expect, test } from '@jest/globals';
import { readStage, type StageOptions } from '../../../../lib/program/dockerfile.ts';

const stageOf = (text: string, options?: StageOptions) => {
  const stage = readStage(text, options);
  if (stage === undefined) throw new Error('There is no such stage');
  return stage;
};

describe('the last stage', () => {
  const text = `# syntax=docker/dockerfile:1
ARG VERSION=20
FROM node:\${VERSION}-alpine AS build
WORKDIR /src
COPY . .
RUN npm ci \\
  # then
  && npm run build
FROM node:\${VERSION}-slim
WORKDIR /srv
WORKDIR app
ENV GREETING="good morning" NAME='$HOME' \\
    PATH=/srv/bin:$PATH
ENV OLD style value
COPY --from=build /src/dist ./dist
EXPOSE 3000 9229/tcp 53/udp 7000-7002
USER node
STOPSIGNAL SIGQUIT
CMD ["node", "a  b.js"]
`;

  test('has the settings of its instructions', () => {
    expect(stageOf(text)).toMatchObject({
      base: 'node:20-slim',
      command: ['node', 'a  b.js'],
      entrypoint: undefined,
      workingFolder: '/srv/app',
      user: 'node',
      ports: [3000, 9229, 7000, 7001, 7002],
      stopSignal: 'SIGQUIT',
      environment: {
        GREETING: 'good morning',
        NAME: '$HOME',
        PATH: '/srv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        OLD: 'style value',
      },
      runs: [],
    });
  });

  test('names the stage that its files come from', () => {
    const [copy] = stageOf(text).copies;
    expect(copy).toMatchObject({
      from: ['/src/dist'],
      to: '/srv/app/dist',
      stage: {
        base: 'node:20-alpine',
        runs: ['npm ci   && npm run build'],
        copies: [{ from: ['.'], to: '/src/', stage: undefined }],
      },
    });
  });

  test('uses the build arguments of the configuration', () => {
    expect(stageOf(text, { buildArgs: { VERSION: '22' } }).base).toBe('node:22-slim');
  });

  test('is replaced by the target of the configuration, by name or number', () => {
    expect(stageOf(text, { target: 'Build' }).workingFolder).toBe('/src');
    expect(stageOf(text, { target: '0' }).workingFolder).toBe('/src');
    expect(readStage(text, { target: 'test' })).toBeUndefined();
  });
});

test('a stage inherits from the stage that it is based on, and leaves that stage as it is', () => {
  const text = `FROM node:22 AS base
ENV A=1
WORKDIR /app
CMD ["node", "a.js"]
FROM base AS next
ENV B=$A
RUN apk add git
FROM base
EXPOSE 80`;
  expect(stageOf(text)).toMatchObject({
    base: 'node:22',
    environment: { A: '1' },
    workingFolder: '/app',
    command: ['node', 'a.js'],
    runs: [],
    ports: [80],
  });
  expect(stageOf(text, { target: 'next' })).toMatchObject({ environment: { A: '1', B: '1' }, ports: [] });
});

test.each([
  ['CMD a b', undefined, ['/bin/sh', '-c', 'a b'], 'the shell form uses the shell'],
  ['SHELL ["/bin/bash", "-c"]\nCMD a b', undefined, ['/bin/bash', '-c', 'a b'], 'SHELL names another'],
  ["CMD ['a', 'b']", undefined, ['/bin/sh', '-c', "['a', 'b']"], 'an array that is not JSON is a command'],
  ['ENTRYPOINT ["a"]\nCMD ["b"]', ['a'], ['b'], 'both can be set'],
  ['CMD ["b"]\nENTRYPOINT ["a"]', ['a'], ['b'], 'their order in a stage does not matter'],
  ['CMD ["b"]\nCMD ["c"]', undefined, ['c'], 'the last one counts'],
])('%j: %s %s: %s', (instructions, entrypoint, command, _why) => {
  expect(stageOf(`FROM node\n${instructions}`)).toMatchObject({ entrypoint, command });
});

test('an ENTRYPOINT removes the CMD of an earlier stage', () => {
  expect(stageOf('FROM node AS a\nCMD ["b"]\nFROM a\nENTRYPOINT ["c"]').command).toBeUndefined();
});

test.each([
  ['ARG A=1\nFROM node\nENV B=x$A', 'x', 'an argument before FROM is not set in a stage'],
  ['ARG A=1\nFROM node\nARG A\nENV B=x$A', 'x1', 'unless the stage declares it'],
  ['FROM node\nARG A=2\nENV B=$A', '2', 'an argument has a default'],
  ['FROM node\nARG A\nENV B=${A:-3}', '3', 'a variable has a default'],
  ['FROM node\nENV A=1\nENV B=${A:+set}', 'set', 'a variable has a replacement'],
  ['FROM node\nENV A=1\nENV B=\\$A', '$A', 'an escaped variable is not replaced'],
  ['FROM node\nENV A=1\nENV B="it\'s $A"', "it's 1", 'a single quote in double quotes has no meaning'],
  ['FROM node\nENV B=$TARGETARCH', '', 'the platform is an argument, too'],
  ['FROM node\nARG TARGETARCH\nENV B=$TARGETARCH', 'amd64', 'if the stage declares it'],
])('%j sets B to %j: %s', (text, value) => {
  expect(stageOf(text).environment['B']).toBe(value);
});

test.each([
  ['COPY a b ./', ['a', 'b'], '/app/', undefined],
  ['COPY --chown=node:node ["a b", "c"]', ['a b'], '/app/c', undefined],
  ['COPY src/ /x', ['src/'], '/x', undefined],
  ['COPY --from=nginx:1 /etc/nginx /etc/nginx', ['/etc/nginx'], '/etc/nginx', 'image'],
  ['ADD https://example.com/a.tgz /tmp/', ['https://example.com/a.tgz'], '/tmp/', 'image'],
])('%s', (instruction, from, to, stage) => {
  expect(stageOf(`FROM node\nWORKDIR /app\n${instruction}`).copies).toEqual([{ from, to, stage }]);
});

test.each(['', '# nothing', 'ARG A=1', 'nonsense'])('%j has no stage', (text) => {
  expect(readStage(text)).toBeUndefined();
});
