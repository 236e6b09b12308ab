// The problem that explains each kind of AWS error.
import { describe, expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { explain, type Situation } from '../../../../lib/aws/explain.ts';
import { problem } from '../../../../lib/model/problem.ts';
import { awsError } from '../../errors.ts';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const situation: Situation = {
  doing: 'the natGateway step',
  region: 'eu-west-1',
  command: 'npm run provision',
  mayHaveChanged: true,
};
const codeOf = (error: unknown, more: Partial<Situation> = {}) =>
  explain(error, { ...situation, ...more }).code;
const errorNamed = (name: string, message = name) => Object.assign(new Error(message), { name });
const networkError = (code: string, host = 'ec2.eu-west-1.amazonaws.com') =>
  Object.assign(new Error(`connect ${code} ${host}`), { code, $metadata: { attempts: 4 } });

describe('the problem that explains an error', () => {
  test.each([
    [
      'no credentials',
      errorNamed('CredentialsProviderError', 'Could not load credentials from any providers'),
      'CREDENTIALS',
    ],
    ['no single sign-on token', errorNamed('TokenProviderError', 'Token is expired'), 'CREDENTIALS'],
    ['credentials that have expired', awsError('ExpiredToken', 'expired', 403), 'CREDENTIALS_EXPIRED'],
    ['expired credentials, as ECS reports them', errorNamed('ExpiredTokenException'), 'CREDENTIALS_EXPIRED'],
    ['an unknown access key', awsError('InvalidClientTokenId', 'invalid', 403), 'CREDENTIALS_EXPIRED'],
    [
      'a secret that does not match its key',
      awsError('SignatureDoesNotMatch', 'does not match', 403),
      'CREDENTIALS_EXPIRED',
    ],
    ['a wrong clock', awsError('InvalidSignatureException', 'Signature expired', 403), 'CREDENTIALS_EXPIRED'],
    ['a region that does not exist', networkError('ENOTFOUND'), 'REGION'],
    ['a connection that broke', networkError('ECONNRESET'), 'REGION'],
    ['an unreachable network', networkError('ENETUNREACH'), 'REGION'],
    ['a response that never arrives', errorNamed('TimeoutError', 'Connection timed out'), 'REGION'],
    ['a denial', awsError('UnauthorizedOperation', 'no', 403), 'ACCESS_DENIED'],
    ['a denial, as ECS reports it', awsError('AccessDeniedException'), 'ACCESS_DENIED'],
    ['a quota', awsError('AddressLimitExceeded'), 'QUOTA'],
    ['continued throttling', awsError('RequestLimitExceeded', 'slow down', 503), 'REFUSED'],
    ['any other refusal', awsError('InvalidSubnet.Conflict'), 'REFUSED'],
    ['a failure inside AWS', awsError('InternalError', 'oops', 500), 'REFUSED'],
    ['a programming mistake', new TypeError('x is undefined'), 'UNEXPECTED'],
    ['a value that is not an error', 'oops', 'UNEXPECTED'],
  ])('has the right code for %s', (_, error, code) => {
    expect(codeOf(error)).toBe(code);
  });

  test('is the error itself if it is a problem already', () => {
    const shown = problem('ZONE', { what: 'w', why: 'y', now: 'n', fix: [] });
    expect(explain(shown, situation)).toBe(shown);
  });

  test('has the error as its cause, for debugging', () => {
    const error = awsError('InvalidSubnet.Conflict');
    expect(explain(error, situation).cause).toBe(error);
  });
});

describe('the problem that explains an error from AWS', () => {
  test("names the run's activity, AWS's code and message, and the command to continue with", () => {
    const shown = explain(
      awsError('NatGatewayLimitExceeded', 'Performing this operation would exceed the limit of 5'),
      situation,
    );
    expect(shown).toMatchObject({
      what: 'A quota of the account was reached during the natGateway step (NatGatewayLimitExceeded).',
      why: 'Performing this operation would exceed the limit of 5',
      now: 'Everything created so far is kept and recorded.',
      fix: [
        'Remove what is not needed in eu-west-1, or request an increase under Service Quotas.',
        'npm run provision, to continue from here',
      ],
    });
  });

  test('says so if nothing was changed yet', () => {
    expect(
      explain(awsError('UnauthorizedOperation', 'no', 403), { ...situation, mayHaveChanged: false }).now,
    ).toBe('Nothing was changed.');
  });

  test('does not blame the stack for throttling', () => {
    expect(explain(awsError('Throttling', 'Rate exceeded'), situation)).toMatchObject({
      what: 'AWS kept throttling a call during the natGateway step (Throttling).',
      fix: ['Wait a minute.', 'npm run provision, to continue from here'],
    });
  });

  test('advises waiting after a server error, instead of removing a cause', () => {
    const shown = explain(awsError('InternalError', 'An internal error has occurred', 500), situation);
    expect(shown.what).toBe('AWS itself failed during the natGateway step (InternalError).');
    expect(shown.fix).toEqual(['Wait a minute.', 'npm run provision, to continue from here']);
  });
});

describe('an AWS_ENDPOINT_URL that does not answer', () => {
  test('is named together with its variable', () => {
    expect(
      explain(networkError('ECONNREFUSED', '127.0.0.1:4566'), {
        ...situation,
        endpoint: 'http://127.0.0.1:4566',
      }),
    ).toMatchObject({
      code: 'ENDPOINT',
      what: 'Nothing answers at http://127.0.0.1:4566.',
      fix: [
        'Start the server that should listen there, or correct AWS_ENDPOINT_URL.',
        'npm run provision, to continue from here',
      ],
    });
  });

  test('is explained by the system error, even for a host name with several addresses', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const endpoint = `http://localhost:${port}`;
    const client = new STSClient({
      endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
    });
    const error: unknown = await client
      .send(new GetCallerIdentityCommand({}))
      .catch((thrown: unknown) => thrown);
    client.destroy();
    const shown = explain(error, { ...situation, endpoint });
    expect(shown.code).toBe('ENDPOINT');
    expect(shown.why).toContain('ECONNREFUSED');
  });
});
