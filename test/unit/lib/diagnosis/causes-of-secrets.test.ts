// The causes of tasks that do not start because of their secrets, from AWS's exact messages.
import { expect, test } from '@jest/globals';
import { findCause } from '../../../../lib/diagnosis/cause.ts';
import { containerFacts, factsWith, taskWith } from './facts.ts';

const FAILED =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ';
const SSM = `${FAILED}unable to retrieve secrets from ssm: service call has been retried 1 time(s): `;
const ASM = `${FAILED}unable to retrieve secret from asm: service call has been retried 1 time(s): `;
const FETCH = `${ASM}failed to fetch secret arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/keys-AbCdEf from secrets manager: operation error Secrets Manager: GetSecretValue, https response error StatusCode: 400, RequestID: 1, `;
const REGISTRY = `${FAILED}unable to get registry auth from asm: service call has been retried 1 time(s): asm fetching secret from the service for arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/registry-AbCdEf: `;

test.each<[reason: string, what: string, fix: RegExp]>([
  [
    `${SSM}invalid ssm parameters: /shop/dev/DATABASE_URL`,
    'Parameter Store has no parameter /shop/dev/DATABASE_URL',
    /^npm run secret -- set DATABASE_URL$/,
  ],
  [
    `${SSM}invalid ssm parameters: /other/db`,
    'Parameter Store has no parameter /other/db',
    /^Create the parameter \/other\/db/,
  ],
  [
    `${SSM}AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/shop/1 is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:eu-west-1:111122223333:parameter/shop/db because no identity-based policy allows the ssm:GetParameters action status code: 400, request id: 1`,
    'the execution role lacks the permission ssm:GetParameters',
    /^npm run provision, which restores the policy/,
  ],
  [
    `${FETCH}api error AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/shop/1 is not authorized to perform: secretsmanager:GetSecretValue on resource: arn because no identity-based policy allows the secretsmanager:GetSecretValue action`,
    'the execution role lacks the permission secretsmanager:GetSecretValue',
    /^npm run provision/,
  ],
  [
    `${FETCH}ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSCURRENT`,
    'the secret shop/keys has no value',
    /put-secret-value --secret-id shop\/keys/,
  ],
  [
    `${FETCH}ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
    'Secrets Manager has no secret shop/keys',
    /^npm run provision/,
  ],
  [
    `${FETCH}InvalidRequestException: You can't perform this operation on the secret because it was marked for deletion.`,
    'the secret shop/keys is scheduled for deletion',
    /restore-secret --secret-id shop\/keys/,
  ],
  [
    `${REGISTRY}ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
    'Secrets Manager has no secret shop/registry',
    /^npm run provision/,
  ],
  [
    `${FETCH}api error AccessDeniedException: Access to KMS is not allowed`,
    "the execution role may not decrypt a secret with the customer's key",
    /policy of the key/,
  ],
  [
    `${ASM}retrieved secret from Secrets Manager did not contain json key api`,
    'a secret has no JSON key api',
    /^Add the key api/,
  ],
  [
    `${ASM}invalid character 'c' looking for beginning of value`,
    'a secret of which a JSON key is used has a value that is not JSON',
    /as JSON/,
  ],
  [
    `${SSM.replace('1 time', '5 time')}RequestCanceled: request context canceled caused by: context deadline exceeded`,
    'the tasks have no way out of the network, so they reach neither the registry nor AWS',
    /npm run drift/,
  ],
])('%s', (stoppedReason, what, fix) => {
  const task = taskWith({ stopCode: 'TaskFailedToStart', stoppedReason, containers: [containerFacts({})] });
  const cause = findCause(factsWith({ tasks: [task] }));
  expect(cause).toMatchObject({ what, fix: [expect.stringMatching(fix)] });
  expect(
    findCause(factsWith({ events: [`was unable to place a task. Reason: ${stoppedReason}`] }))?.what,
  ).toBe(what);
});
