// The AWS CLI's own features work on the sandbox: skeletons, input files, pages, queries and exit codes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { census } from '../../sandbox/census.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { makeAws, type Aws, type CommandFailure } from './aws.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-inputs-'));

let sandbox: Sandbox;
let aws: Aws;
beforeAll(async () => {
  sandbox = await startSandbox();
  aws = makeAws(sandbox.url);
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Writes a value to a file, and returns the flags that make it the input of a command. */
function inputFrom(value: object): string[] {
  const file = join(folder, 'input.json');
  writeFileSync(file, JSON.stringify(value));
  return ['--cli-input-json', `file://${file}`];
}

describe('inputs', () => {
  test('a filled-in skeleton is accepted as the input of its command', async () => {
    const skeleton = await aws<object>('ec2', 'create-vpc', '--generate-cli-skeleton', 'input');
    expect(skeleton).toMatchObject({
      CidrBlock: '',
      TagSpecifications: [{ Tags: [{ Key: '', Value: '' }] }],
    });
    const input = {
      ...Object.fromEntries(Object.keys(skeleton).map((member) => [member, undefined])),
      CidrBlock: '10.7.0.0/16',
      DryRun: false,
      AmazonProvidedIpv6CidrBlock: false,
      InstanceTenancy: 'default',
      TagSpecifications: [{ ResourceType: 'vpc', Tags: [{ Key: 'Name', Value: 'from a file' }] }],
    };
    const vpc = await aws<string>('ec2', 'create-vpc', ...inputFrom(input), '--query', 'Vpc.VpcId');
    const describeVpc = ['ec2', 'describe-vpcs', '--vpc-ids', vpc];
    expect(await aws(...describeVpc, '--query', 'Vpcs[0].[CidrBlock,Tags[0].Value]')).toEqual([
      '10.7.0.0/16',
      'from a file',
    ]);
    await aws('ec2', 'delete-vpc', '--vpc-id', vpc);
  });

  test('a flag takes precedence over the file', async () => {
    await aws('logs', 'create-log-group', ...inputFrom({ logGroupName: 'file' }), '--log-group-name', 'flag');
    const listNames = ['logs', 'describe-log-groups', '--query', 'logGroups[].logGroupName'];
    expect(await aws(...listNames)).toEqual(['flag']);
    await aws('logs', 'delete-log-group', '--log-group-name', 'flag');
  });

  test('tags can be given in shorthand and as JSON', async () => {
    const json = ['--tags', JSON.stringify([{ Key: 'b', Value: 'spaces and = signs' }])];
    const short = ['--tags', 'Key=a,Value=1', 'Key=empty,Value='];
    await aws('ecr', 'create-repository', '--repository-name', 'short', ...short);
    await aws('ecr', 'create-repository', '--repository-name', 'json', ...json);
    const tagsOf = async (name: string) => {
      const arn = `arn:aws:ecr:eu-west-1:000000000000:repository/${name}`;
      return aws('ecr', 'list-tags-for-resource', '--resource-arn', arn, '--query', 'tags');
    };
    expect(await tagsOf('short')).toEqual([
      { Key: 'a', Value: '1' },
      { Key: 'empty', Value: '' },
    ]);
    expect(await tagsOf('json')).toEqual([{ Key: 'b', Value: 'spaces and = signs' }]);
    for (const name of ['short', 'json']) await aws('ecr', 'delete-repository', '--repository-name', name);
  });
});

describe('outputs', () => {
  const names = ['a', 'b', 'c', 'd', 'e'].map((letter) => `page-${letter}`);
  beforeAll(async () => {
    for (const name of names) await aws('logs', 'create-log-group', '--log-group-name', name);
  });
  afterAll(async () => {
    for (const name of names) await aws('logs', 'delete-log-group', '--log-group-name', name);
    expect(census(sandbox.world)).toEqual({});
  });
  const list = ['logs', 'describe-log-groups', '--log-group-name-prefix', 'page-'];
  const onlyNames = ['--query', 'logGroups[].logGroupName'];

  test('small pages add up to the whole list', async () => {
    sandbox.journal.clear();
    expect(await aws(...list, ...onlyNames, '--page-size', '2')).toEqual(names);
    expect(sandbox.journal.entries()).toHaveLength(3);
  });

  test('a list continues where --max-items ended it', async () => {
    interface Page {
      readonly logGroups: { logGroupName: string }[];
      readonly NextToken?: string;
    }
    const first = await aws<Page>(...list, '--max-items', '3');
    const rest = await aws<Page>(...list, '--starting-token', first.NextToken ?? '');
    const namesOf = ({ logGroups }: Page) => logGroups.map(({ logGroupName }) => logGroupName);
    expect([namesOf(first), namesOf(rest)]).toEqual([names.slice(0, 3), names.slice(3)]);
    expect(rest.NextToken).toBeUndefined();
  });

  test('--no-paginate sends one call', async () => {
    sandbox.journal.clear();
    expect(await aws(...list, ...onlyNames, '--no-paginate', '--limit', '2')).toEqual(names.slice(0, 2));
    expect(sandbox.journal.entries()).toHaveLength(1);
  });

  test('queries filter, sort and project', async () => {
    const lastExceptE =
      "reverse(sort_by(logGroups, &logGroupName))[?logGroupName != 'page-e'].logGroupName | [0]";
    expect(await aws(...list, '--query', lastExceptE)).toBe('page-d');
  });

  test('a refused command prints the error code and the operation, and exits with 254 or 255', async () => {
    const failure = await aws('ec2', 'describe-vpcs', '--vpc-ids', 'vpc-0123456789abcdef0').catch(
      (error: CommandFailure) => error,
    );
    expect(failure).toMatchObject({
      stderr: expect.stringMatching(
        /An error occurred \(InvalidVpcID\.NotFound\) when calling the DescribeVpcs operation/,
      ),
    });
    // Early releases of version 1 exit with 255.
    expect([254, 255]).toContain((failure as CommandFailure).code);
  });
});
