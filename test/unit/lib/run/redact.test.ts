// Secrets are removed from external text. The rest of the text stays unchanged.
import { describe, expect, test } from '@jest/globals';
import { problem } from '../../../../lib/model/problem.ts';
import { redactedProblem, redactedReport, redactorFor } from '../../../../lib/run/redact.ts';
import { read, validStackWith } from '../config/support.ts';

const api = 'services.shop.containers.api';
const redactorOf = (environment: Record<string, string>, env: NodeJS.ProcessEnv = {}) =>
  redactorFor(read(validStackWith({ [`${api}.environment`]: environment })), env);

test('a redactor hides the values of build arguments that look like secrets', () => {
  const config = read(validStackWith({ [`${api}.environment`]: { TOKEN: 'hunter2hunter2' } }));
  const image = {
    source: '/app',
    buildArgs: { NPM_TOKEN: 'secret2secret2', TOKEN: 'hunter2hunter2', NODE: 'version 22' },
  };
  const services = config.services.map((service) => ({
    ...service,
    containers: service.containers.map((container) => ({ ...container, image })),
  }));
  const hide = redactorFor({ ...config, services }, {});
  expect(hide('secret2secret2 hunter2hunter2 version 22')).toBe('(not shown) (not shown) version 22');
});

describe('a redactor', () => {
  test.each([
    ['a password', 'hunter2hunter2'],
    ['a URL with a user', 'postgres://shop:hunter2@db.example.org:5432/shop'],
    ['a URL with a path', 'https://hooks.example.org/services/T0/B0/x'],
    ['a value with quotes', 'a "quoted" <secret> & more'],
    ['a value of several lines', '-----BEGIN KEY-----\nabc\n-----END KEY-----'],
    ['a value that looks like a pattern', 'a.*b$1\\d'],
  ])('hides %s in every spelling', (_, secret) => {
    const hide = redactorOf({ TOKEN: secret });
    const xml = secret
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;');
    for (const spelled of [secret, JSON.stringify(secret).slice(1, -1), xml, encodeURIComponent(secret)])
      expect(hide(`Invalid value '${spelled}' of TOKEN`)).toBe("Invalid value '(not shown)' of TOKEN");
  });

  test.each(['\n', '\r\n'])(
    'hides each line of a value with the line break %j, except short lines',
    (newline) => {
      const hide = redactorOf({
        KEY: ['-----BEGIN KEY-----', 'MIIBVwIBADAN', '  "indented"', 'abc', ''].join(newline),
      });
      expect(hide('-----BEGIN KEY-----\n12:00 MIIBVwIBADAN\n"indented"\n\\"indented\\"\nabc')).toBe(
        '(not shown)\n12:00 (not shown)\n(not shown)\n(not shown)\nabc',
      );
    },
  );

  test('shows a line that also occurs elsewhere in the configuration', () => {
    expect(redactorOf({ SECRET_SCRIPT: 'hunter2hunter2\neu-west-1' })('no such subnet in eu-west-1')).toBe(
      'no such subnet in eu-west-1',
    );
  });

  test.each(['hunter2', 'hunter2+hunter2', 'hunter2?>ü~hunter2'])('hides %s in base64', (secret) => {
    const hide = redactorOf({ TOKEN: secret });
    expect(hide(Buffer.from(secret).toString('base64'))).toBe('(not shown)');
    expect(hide(Buffer.from(secret).toString('base64url'))).toMatch(/^\(not shown\)\w?$/);
    const inUrl = encodeURIComponent(Buffer.from(secret).toString('base64'));
    expect(hide(`/login?key=${inUrl}`)).toBe('/login?key=(not shown)');
    // Base64 encodes three bytes at a time, so the length of a user name changes the digits of the secret.
    for (const name of ['a', 'me', 'you', 'them']) {
      const header = Buffer.from(`${name}:${secret}@`);
      for (const encoding of ['base64', 'base64url'] as const)
        expect(hide(`Basic ${header.toString(encoding)}`)).toMatch(
          /^Basic [\w-]{2,8}\(not shown\)[\w=-]{0,4}$/,
        );
    }
  });

  test.each([
    ['token hunter2hunter2hunt…', 'token (not shown)…'],
    ['token hun…', 'token hun…'],
    ['the rest is left out… and token hunter2hunter2hunter2', 'the rest is left out… and token (not shown)'],
    ['GET postgres://shop:other-pass…', 'GET postgres://shop:(not shown)…'],
    ['GET http://db.example.org:5432…', 'GET http://db.example.org:5432…'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMj…', '(not shown)…'],
  ])('hides the beginning of a secret where an excerpt is cut off: %s', (text, hidden) => {
    expect(redactorOf({ TOKEN: 'hunter2hunter2hunter2' })(text)).toBe(hidden);
  });

  test.each([
    ['a value that is too short to be a secret', { LEVEL: 'debug', PORT: '5000' }, 'debug at port 5000'],
    [
      'a value that also occurs elsewhere in the configuration',
      { REGION: 'eu-west-1' },
      'no such subnet in eu-west-1',
    ],
    ['the name of the stack', { STACK: 'store-dev' }, 'store-dev does not exist'],
    ['the URL of another service', { URL: 'http://localhost:6000' }, 'GET http://localhost:6000/api2  200'],
  ])('shows %s', (_, environment, text) => {
    expect(redactorOf(environment)(text)).toBe(text);
  });

  test.each([
    ['a mode', { NODE_ENV: 'production' }, 'running in production'],
    ['a port', { PORT: '500000' }, 'listening on 500000'],
    [
      'a host name',
      { DB_HOST: 'shop-db.c9akciq32.eu-west-1.rds.amazonaws.com' },
      'cannot resolve shop-db.c9akciq32.eu-west-1.rds.amazonaws.com',
    ],
    [
      'a URL without a password',
      { DATABASE_URL: 'postgres://db.internal:5432/orders' },
      'connecting to postgres://db.internal:5432/orders',
    ],
    [
      'a UUID',
      { TENANT: '123e4567-e89b-12d3-a456-426614174000' },
      'tenant 123e4567-e89b-12d3-a456-426614174000',
    ],
    ['a public key', { PUBLIC_KEY_FILE: '/etc/keys/public.pem' }, 'no /etc/keys/public.pem'],
    ['a name that only contains a word', { KEYSPACE: 'orders-blue' }, 'no keyspace orders-blue'],
  ])('shows %s, although it is a value in the environment', (_, environment, text) => {
    expect(redactorOf(environment)(text)).toBe(text);
  });

  test.each([
    [
      'a random token',
      { SLACK: 'xoxb4fK2mQ9sT7vLw3ZpR8' },
      'refused xoxb4fK2mQ9sT7vLw3ZpR8',
      'refused (not shown)',
    ],
    [
      'a password in a URL, also alone',
      { DATABASE_URL: 'postgres://shop:s3cr3t%21x@db/orders' },
      'for s3cr3t!x',
      'for (not shown)',
    ],
    [
      'a webhook',
      { HOOK: 'https://hooks.example.org/T0/aB3dE5gH7jK9mN1pQ3sU' },
      'POST https://hooks.example.org/T0/aB3dE5gH7jK9mN1pQ3sU',
      'POST (not shown)',
    ],
  ])('hides %s, whatever the name of the variable', (_, environment, text, shown) => {
    expect(redactorOf(environment)(text)).toBe(shown);
  });

  test.each([
    [
      'a password in a URL',
      'connect mysql://root:hunter2@db:3306 failed',
      'connect mysql://root:(not shown)@db:3306 failed',
    ],
    ['a JSON Web Token', 'bad eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', 'bad (not shown)'],
    ['an access key', 'InvalidAccessKeyId: AKIAIOSFODNN7EXAMPLE', 'InvalidAccessKeyId: (not shown)'],
    [
      'an assignment',
      'login with db_password=hunter2 {"apiKey":"abc"}',
      'login with db_password=(not shown) {"apiKey":(not shown)}',
    ],
  ])('hides %s that a program prints, although it is not configured', (_, text, shown) => {
    expect(redactorOf({})(text)).toBe(shown);
  });

  test('words about secrets are shown', () => {
    const text = "SyntaxError: Unexpected token: }\npassword authentication failed for user 'shop'";
    expect(redactorOf({})(text)).toBe(text);
  });

  test('hides the values of secret options, and hides the longest of several overlapping secrets', () => {
    const config = read(
      validStackWith({ [`${api}.command`]: ['run', '--token=hunter2', 'hunter2hunter2', 'hunter2'] }),
    );
    expect(redactorFor(config, {})('run --token=hunter2 hunter2hunter2 hunter2')).toBe(
      'run --token=(not shown) (not shown)(not shown) (not shown)',
    );
  });

  test('hides the keys of the account, and the session token in the response to a wrong signature', () => {
    const keys = { AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG', AWS_SESSION_TOKEN: 'FwoGZXIvYXdzE+' };
    const hide = redactorOf({}, keys);
    expect(hide(`${keys.AWS_SECRET_ACCESS_KEY} ${keys.AWS_SESSION_TOKEN}`)).toBe('(not shown) (not shown)');
    expect(
      redactorOf({})(
        "The Canonical String should have been\n'POST\nhost:ec2\nX-Amz-Security-Token:IQoJb3JpZ2lu==\n\nhost'",
      ),
    ).toBe(
      "The Canonical String should have been\n'POST\nhost:ec2\nX-Amz-Security-Token:(not shown)\n\nhost'",
    );
  });
});

test('redacting a problem keeps its code, and removes secrets from its parts and its cause', () => {
  const hide = redactorOf({ TOKEN: 'hunter2hunter2' });
  const cause = new TypeError('bad hunter2hunter2');
  const shown = redactedProblem(
    problem('REFUSED', {
      what: 'No.',
      why: 'bad hunter2hunter2',
      now: 'Nothing.',
      fix: ['rm hunter2hunter2'],
      cause,
    }),
    hide,
  );
  expect(shown).toMatchObject({
    code: 'REFUSED',
    what: 'No.',
    why: 'bad (not shown)',
    now: 'Nothing.',
    fix: ['rm (not shown)'],
    cause: { name: 'TypeError', message: 'bad (not shown)' },
  });
  expect(`${shown.message} ${String((shown.cause as Error).stack)}`).not.toContain('hunter2');
});

test.each([
  ['a string', 'bad hunter2hunter2', 'bad (not shown)'],
  ['undefined', undefined, undefined],
  ['null', null, 'null'],
])('a cause that is %s is also redacted', (_, cause, shown) => {
  const parts = { what: 'No.', why: 'No.', now: 'Nothing.', fix: [], cause };
  expect(redactedProblem(problem('REFUSED', parts), redactorOf({ TOKEN: 'hunter2hunter2' })).cause).toBe(
    shown,
  );
});

test('a report passes events on without secrets', () => {
  const written: string[] = [];
  redactedReport(
    ({ text }) => void written.push(text),
    redactorOf({ TOKEN: 'hunter2hunter2' }),
  )({
    type: 'note',
    text: 'it wrote hunter2hunter2',
  });
  expect(written).toEqual(['it wrote (not shown)']);
});
