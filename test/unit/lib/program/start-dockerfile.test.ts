// Starts as a Dockerfile says.
import { describe, expect, test } from '@jest/globals';
import { decideStart } from '../../../../lib/program/decide-start.ts';
import { INDEX_FILES, startWithDockerfile, viewOf } from './folder.ts';

test('the last stage decides the command, environment, user, folder and ports', () => {
  const start = startWithDockerfile(`FROM node:20-alpine AS build
WORKDIR /app
COPY . .
FROM node:20-alpine
WORKDIR /srv/app
ENV GREETING=hello NODE_ENV=staging
COPY --from=build /app /srv/app
EXPOSE 3000
USER 1001:1001
STOPSIGNAL SIGINT
CMD ["node", "server.js"]`);
  expect(start).toMatchObject({
    source: 'dockerfile',
    reason: 'The Dockerfile starts node server.js.',
    command: ['node', 'server.js'],
    entrypoint: [],
    environment: { GREETING: 'hello', NODE_ENV: 'staging' },
    user: '1001:1001',
    folder: '/srv/app',
    workingFolder: '/srv/app',
    workspaceFolder: '/srv/app',
    ports: [3000],
    stopSignal: 'SIGINT',
    copies: [],
    compiles: false,
    entry: 'server.js',
    base: { kind: 'node', major: 20 },
    differences: [],
  });
});

describe('the command', () => {
  const commandOf = (instructions: string) =>
    startWithDockerfile(`FROM node\nWORKDIR /app\nCOPY . .\n${instructions}`).command;
  test.each([
    ['CMD node server.js', ['node', 'server.js'], 'in the shell form'],
    ['CMD ["npm", "start"]', ['node', 'index.js'], 'of a script'],
    ['CMD npm run start', ['node', 'index.js'], 'of a script in the shell form'],
    ['CMD ["server.js"]', ['node', 'server.js'], 'as the entry point of the Node image runs it'],
    ['CMD ["--no-warnings", "server.js"]', ['node', '--no-warnings', 'server.js'], 'with options of Node'],
    ['ENTRYPOINT ["node"]\nCMD ["server.js"]', ['node', 'server.js'], 'with an entry point'],
    ['ENTRYPOINT ["/sbin/tini", "--"]\nCMD ["node", "server.js"]', ['node', 'server.js'], 'without tini'],
    ['ENTRYPOINT ["dumb-init", "node", "server.js"]', ['node', 'server.js'], 'without dumb-init'],
    ['ENTRYPOINT ["docker-entrypoint.sh"]\nCMD ["node", "server.js"]', ['node', 'server.js'], 'of the image'],
    ['CMD ["node", "/app/server.js"]', ['node', 'server.js'], 'with an absolute path'],
    [
      'CMD ["node", "dist/main.js"]',
      ['node', '--enable-source-maps', 'src/main.js'],
      'of a file that is not built',
    ],
    ['CMD []', ['node', 'index.js'], 'of package.json if it is empty'],
    ['', ['node', 'index.js'], 'of package.json if there is none'],
  ])('%j is %j: %s', (instructions, command, _why) => {
    expect(commandOf(instructions)).toEqual(command);
  });
});

describe('the place of the folder', () => {
  const placeOf = (instructions: string, files: Readonly<Record<string, string>> = INDEX_FILES) => {
    const { folder, workingFolder, copies, command } = startWithDockerfile(
      `FROM node\n${instructions}`,
      files,
    );
    return { folder, workingFolder, copies, command };
  };
  const command = ['node', 'server.js'];

  test('is the place it is copied to', () => {
    const text = `WORKDIR /opt/app
COPY package.json package-lock.json* ./
RUN npm ci
ENV PATH /opt/app/node_modules/.bin:$PATH
WORKDIR /opt/app/code
COPY . .
CMD ["node", "server.js"]`;
    expect(placeOf(text)).toEqual({
      folder: '/opt/app/code',
      workingFolder: '/opt/app/code',
      copies: [{ from: 'package.json', to: '/opt/app/package.json' }],
      command,
    });
  });

  test('is the working folder if only parts are copied', () => {
    const text = 'WORKDIR /srv\nCOPY package*.json ./\nCOPY server.js .\nCMD ["node", "server.js"]';
    expect(placeOf(text)).toEqual({ folder: '/srv', workingFolder: '/srv', copies: [], command });
  });

  test('is /app without a working folder', () => {
    expect(placeOf('COPY . .\nCMD ["node", "server.js"]')).toMatchObject({
      folder: '/app',
      workingFolder: '/app',
      command,
    });
  });

  test('parts that are copied elsewhere are at both places', () => {
    const files = { 'package.json': '{}', 'src/index.js': '', 'src/lib/a.js': '' };
    expect(
      placeOf('WORKDIR /srv\nCOPY package.json .\nCOPY src/ .\nCMD ["node", "index.js"]', files),
    ).toEqual({
      folder: '/srv',
      workingFolder: '/srv',
      copies: [{ from: 'src', to: '/srv' }],
      command: ['node', 'index.js'],
    });
  });

  test("Next's standalone server is where its Dockerfile copies it", () => {
    const files = {
      'package.json': '{ "scripts": { "build": "next build", "start": "next start" } }',
      '.next/standalone/server.js': '',
      '.next/standalone/node_modules/next/package.json': '',
      '.next/static/a.js': '',
      '.next/cache/x': '',
      'public/a.png': '',
    };
    const start = startWithDockerfile(
      `FROM node:22-alpine AS base
FROM base AS builder
WORKDIR /app
COPY --from=deps /app/node_modules ./node_modules
COPY . .
RUN npm run build
FROM base AS runner
WORKDIR /app
RUN addgroup --system --gid 1001 nodejs
RUN adduser --system --uid 1001 nextjs
COPY --from=builder /app/public ./public
COPY --from=builder --chown=nextjs:nodejs /app/.next/standalone ./
COPY --from=builder --chown=nextjs:nodejs /app/.next/static ./.next/static
USER nextjs
EXPOSE 3000
ENV PORT=3000 HOSTNAME="0.0.0.0"
CMD ["node", "server.js"]`,
      files,
    );
    expect(start).toMatchObject({
      folder: '/app',
      workingFolder: '/app',
      copies: [{ from: '.next/standalone', to: '/app' }],
      command: ['node', 'server.js'],
      entry: '.next/standalone/server.js',
      user: '1000:1000',
      environment: { HOSTNAME: '0.0.0.0' },
      differences: [],
    });
    expect(start.outputs).toEqual(expect.arrayContaining(['.next/standalone', '.next/static']));
    expect(start.outputs).not.toContain('.next/cache');
  });

  test('build output that a stage copies is included', () => {
    const files = { 'package.json': '{}', 'dist/main.js': '', 'src/main.ts': '' };
    const text = `FROM node AS build
WORKDIR /src
COPY . .
RUN npm run build
FROM node
WORKDIR /app
COPY --from=build /src/dist ./dist
COPY --from=build /src/node_modules ./node_modules
CMD ["node", "dist/main"]`;
    expect(startWithDockerfile(text, files)).toMatchObject({
      command: ['node', 'dist/main.js'],
      outputs: ['dist'],
      copies: [],
      compiles: false,
      folder: '/app',
    });
  });

  test('the source of a file that is not built is compiled', () => {
    const text = `FROM node AS build
WORKDIR /app
COPY src ./src
RUN npm run build
FROM node
WORKDIR /app
COPY --from=build /app/dist/main.cjs ./
CMD ["node", "main.cjs"]`;
    expect(startWithDockerfile(text)).toMatchObject({
      command: ['node', '--enable-source-maps', 'src/main.js'],
      workingFolder: '/app',
      entry: 'src/main.ts',
      copies: [],
      differences: ['main.cjs has not been built, so its source src/main.ts is compiled.'],
    });
    expect(startWithDockerfile(text, { ...INDEX_FILES, 'dist/main.cjs': '' })).toMatchObject({
      command: ['node', 'main.cjs'],
      entry: 'dist/main.cjs',
      copies: [{ from: 'dist/main.cjs', to: '/app/main.cjs' }],
      outputs: expect.arrayContaining(['dist/main.cjs']),
    });
  });

  test('a package of a workspace is where the Dockerfile copies it', () => {
    const files = {
      '/repo/package.json': '{ "workspaces": ["packages/*"] }',
      '/repo/packages/api/src/main.ts': '',
      '/repo/packages/api/dist/main.cjs': '',
      '/repo/packages/api/Dockerfile':
        'FROM node AS b\nWORKDIR /app\nCOPY src ./src\nFROM node\nWORKDIR /app\nCOPY --from=b /app/dist/main.cjs ./\nCMD ["node", "main.cjs"]',
    };
    expect(decideStart(viewOf(files, '/repo/packages/api'))).toMatchObject({
      folder: '/app',
      workspaceFolder: '/app',
      workingFolder: '/app',
      command: ['node', 'main.cjs'],
      copies: [{ from: 'dist/main.cjs', to: '/app/main.cjs' }],
    });
  });

  test('a package keeps its distance from the root of its workspace', () => {
    const files = {
      '/repo/package.json': '{ "workspaces": ["packages/*"] }',
      '/repo/packages/api/package.json': '{}',
      '/repo/packages/api/server.js': '',
      '/repo/packages/api/Dockerfile':
        'FROM node\nWORKDIR /usr/src\nCOPY . .\nCMD ["node", "packages/api/server.js"]',
    };
    const view = viewOf(files, '/repo/packages/api');
    expect(decideStart(view, { context: '../..' })).toMatchObject({
      folder: '/usr/src/packages/api',
      workspaceFolder: '/usr/src',
      workingFolder: '/usr/src',
      command: ['node', 'packages/api/server.js'],
      entry: 'server.js',
    });
  });
});

describe('differences', () => {
  const differencesOf = (text: string) => startWithDockerfile(text).differences;

  test('are RUN steps that change more than the packages', () => {
    const text = `FROM node
RUN apt-get update && apt-get install -y --no-install-recommends tini ffmpeg && rm -rf /var/lib/apt/lists/*
RUN npm ci --omit=dev && npm cache clean --force
RUN mkdir -p data && chown -R node:node . && corepack enable && npm install -g pnpm
RUN curl -fsSL https://example.com/model.bin -o model.bin
CMD ["node", "server.js"]`;
    expect(differencesOf(text)).toEqual([
      'The image is built without RUN apt-get install -y --no-install-recommends tini ffmpeg.',
      'The image is built without RUN curl -fsSL https://example.com/model.bin -o model.bin.',
    ]);
  });

  test.each([
    ['a password in a URL', 'git clone https://me:hunter2secret@example.com/a.git', 'hunter2secret'],
    ['a token in a URL', 'git clone https://ghp_abcdefghij0123456789@example.com/a.git', 'ghp_abc'],
    ['a header', 'curl -H "Authorization: Bearer abc123def456" https://example.com', 'abc123def456'],
    ['an option', 'fetch --token t0ps3cret https://example.com', 't0ps3cret'],
    ['an option with =', 'fetch --api-key=t0ps3cret https://example.com', 't0ps3cret'],
    ['a build argument', 'docker build --build-arg NPM_TOKEN=t0ps3cret .', 't0ps3cret'],
    ['a variable', 'SECRET_KEY=t0ps3cret fetch https://example.com', 't0ps3cret'],
    ['a variable of a command that needs a shell', 'SECRET_KEY="t0ps3cret" fetch $HOST | sh', 't0ps3cret'],
    ['a user and a password', 'curl -u me:t0ps3cret https://example.com', 't0ps3cret'],
  ])('do not show %s', (_what, command, secret) => {
    const [shown = ''] = differencesOf(`FROM node\nRUN ${command}\nCMD ["node", "server.js"]`);
    expect(shown).toMatch(/^The image is built without RUN .*\(not shown\).*\.$/);
    expect(shown).not.toContain(secret);
  });

  test('show commands on one short line, without characters that a terminal acts on', () => {
    const text = `FROM node\nRUN fetch \u001b[2J\u202e ${'x '.repeat(500)}\nCMD ["node", "server.js"]`;
    const [shown = ''] = differencesOf(text);
    expect(shown).toMatch(/^The image is built without RUN fetch \\u001b\[2J\\u202e x x[ x]+…\.$/);
    expect(shown.length).toBeLessThan(220);
  });

  test('name a base image without characters that a terminal acts on', () => {
    const [shown = ''] = differencesOf('FROM ubuntu:\u001b[2J\nCMD ["node", "server.js"]');
    expect(shown).not.toContain('\u001b');
  });

  test('are also RUN steps in the form of a document', () => {
    const text =
      'FROM node\nRUN <<EOF\napt-get update\napt-get install -y ffmpeg\nEOF\nCMD ["node", "server.js"]';
    expect(differencesOf(text)).toEqual(['The image is built without RUN apt-get install -y ffmpeg.']);
  });

  test("are base images other than Node's, if the program runs with Node", () => {
    expect(differencesOf('FROM ubuntu:24.04\nCMD ["node", "server.js"]')).toEqual([
      "The base image is Node's, not ubuntu:24.04.",
    ]);
  });

  test.each([
    [`node:22.11.0-alpine@sha256:${'0'.repeat(64)}`, 'node:22-slim'],
    ['public.ecr.aws/docker/library/node:20.1-slim', 'node:20-slim'],
    [`node@sha256:${'0'.repeat(64)}`, "Node's"],
  ])('are images of Node that are pinned, such as %s', (pinned, used) => {
    expect(differencesOf(`FROM ${pinned}\nCMD ["node", "server.js"]`)).toEqual([
      `The base image is ${used}, not ${pinned}.`,
    ]);
  });

  test.each(['node', 'node:lts', 'node:22', 'node:22-alpine', 'localhost:5000/node:22'])(
    'are not images of Node without a full version, such as %s',
    (reference) => {
      expect(differencesOf(`FROM ${reference}\nCMD ["node", "server.js"]`)).toEqual([]);
    },
  );

  test('are files of other images', () => {
    expect(
      differencesOf('FROM node\nCOPY --from=aws/adapter /opt/x /opt/x\nCMD ["node", "server.js"]'),
    ).toEqual(['The image does not contain /opt/x, which the Dockerfile adds from another image or a URL.']);
  });
});

describe('the files that a command names', () => {
  const files = { ...INDEX_FILES, 'entry.sh': '', 'scripts/init.sh': '' };
  const commandOf = (instructions: string) =>
    startWithDockerfile(`FROM node\nWORKDIR /app\n${instructions}`, files).command;
  test.each([
    [
      'COPY entry.sh /usr/local/bin/\nENTRYPOINT ["entry.sh"]\nCOPY . .\nCMD ["node", "server.js"]',
      ['./entry.sh', 'node', 'server.js'],
      'a script that is copied to the path',
    ],
    [
      'COPY . .\nCMD ["bash", "/app/scripts/init.sh", "/etc/x"]',
      ['bash', 'scripts/init.sh', '/etc/x'],
      'an argument',
    ],
    ['COPY . .\nCMD ["/app/scripts/init.sh"]', ['./scripts/init.sh'], 'a program'],
    ['COPY scripts /opt/run\nCOPY . .\nCMD ["sh", "/opt/run/init.sh"]', ['sh', 'scripts/init.sh'], 'a copy'],
  ])('%j starts %j: %s', (instructions, command, _why) => {
    expect(commandOf(instructions)).toEqual(command);
  });
});

test('a Node program on the image of an operating system gets the image of Node', () => {
  const text =
    'FROM public.ecr.aws/docker/library/ubuntu:18.04\nRUN apt install -y nodejs jq\nWORKDIR /srv\nCOPY . .\nENTRYPOINT ["bash", "/srv/start.sh"]';
  expect(startWithDockerfile(text, { ...INDEX_FILES, 'start.sh': '' })).toMatchObject({
    command: ['bash', 'start.sh'],
    base: { kind: 'node' },
    differences: [
      "The base image is Node's, not public.ecr.aws/docker/library/ubuntu:18.04.",
      'The image is built without RUN apt install -y nodejs jq.',
    ],
  });
  expect(startWithDockerfile(text, { 'start.sh': '', 'main.go': '' }).base.kind).toBe('other');
});

describe('a program without Node', () => {
  test.each([
    [
      'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCMD ["python", "app.py"]',
      [],
      ['python', 'app.py'],
      'python:3.12-slim',
    ],
    [
      'FROM golang AS b\nFROM gcr.io/distroless/static\nENTRYPOINT ["/app"]',
      ['/app'],
      [],
      'gcr.io/distroless/static',
    ],
    ['FROM nginx:1.27\nCOPY dist /usr/share/nginx/html', [], [], 'nginx:1.27'],
  ])('%j', (text, entrypoint, command, reference) => {
    expect(startWithDockerfile(text)).toMatchObject({
      base: { kind: 'other', reference },
      entrypoint,
      command,
      entry: undefined,
    });
  });
});

test('an empty image starts nothing, so package.json decides', () => {
  expect(startWithDockerfile('FROM scratch\nCOPY . .')).toMatchObject({
    source: 'start script',
    base: { kind: 'node' },
  });
});
