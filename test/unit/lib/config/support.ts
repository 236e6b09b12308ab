// A valid stack for tests, and functions that put mistakes into it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { StackInput } from '../../../../lib/config/schema.ts';
import type { Config } from '../../../../lib/config/config.ts';
import { parseConfig } from '../../../../lib/config/parse.ts';
import { InvalidConfig, type Mistake } from '../../../../lib/config/mistake.ts';

/** A temporary folder with these files. It is deleted after the tests. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-config-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** A valid stack that sets every field. */
export const validStack = (): StackInput => ({
  name: 'store',
  region: 'eu-west-1',
  domain: { name: 'api.example.com', zone: 'example.com', createZone: true },
  network: { cidr: '10.1.0.0/20', zones: 3 },
  logRetentionDays: 30,
  idleTimeoutSeconds: 30,
  deregistrationDelaySeconds: 5,
  builder: 'bundle',
  tags: { team: 'web' },
  permissionsBoundary: 'arn:aws:iam::123456789012:policy/boundary',
  services: {
    shop: {
      cpu: 512,
      memory: 4096,
      count: 2,
      architecture: 'x86_64',
      graceSeconds: 30,
      permissions: [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::uploads/*'] }],
      managedPolicies: ['AmazonSQSReadOnlyAccess'],
      executionRole: 'arn:aws:iam::123456789012:role/ops/start-tasks',
      deploy: {
        rolling: { bakeMinutes: 2 },
        alarms: ['shop-5xx'],
        circuitBreaker: { thresholdType: 'count', threshold: 4, resetOnHealthyTask: false },
      },
      containers: {
        api: {
          source: 'api',
          port: 5000,
          path: '/api',
          protocol: 'HTTPS',
          health: {
            path: '/health',
            intervalSeconds: 20,
            timeoutSeconds: 19,
            healthyThreshold: 3,
            unhealthyThreshold: 4,
            matcher: '200,204',
            command: ['node', 'check.js'],
            startSeconds: 60,
          },
          environment: { MODE: 'fast' },
          secrets: { STORE_KEY: 'secretsmanager:shop/keys#api', STORE_DB: 'ssm:/shop/db' },
          command: ['node', 'main.js'],
          release: ['node', 'migrate.js'],
          essential: true,
          readOnlyRoot: false,
          user: 'node',
          stopSeconds: 20,
          cpu: 128,
          memory: 256,
          memoryReservation: 128,
          dependsOn: { proxy: 'START' },
          ulimits: { nofile: { soft: 1024, hard: 4096 } },
        },
        proxy: {
          image: 'nginx:1.29',
          port: 8080,
          path: '/',
          essential: false,
          entryPoint: ['nginx'],
          writable: ['/var/cache/nginx'],
        },
      },
    },
  },
});

/** Values that remove the settings of a load balancer from the valid stack. */
export const WITHOUT_BALANCER = {
  domain: undefined,
  idleTimeoutSeconds: undefined,
  deregistrationDelaySeconds: undefined,
};

/** Values that remove the settings of a load balancer and a network of its own from the valid stack. */
export const WITHOUT_OWN_BALANCER = { domain: undefined, network: undefined, idleTimeoutSeconds: undefined };

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/** A copy of the valid stack with different values at some paths, e.g. `services.shop.cpu`; undefined removes a field. */
export function validStackWith(values: Readonly<Record<string, unknown>>): unknown {
  const stack: unknown = validStack();
  for (const [place, value] of Object.entries(values)) {
    const keys = place.split('.');
    const last = keys.pop() ?? '';
    let parent = stack;
    for (const key of keys) parent = isFields(parent) ? (parent[key] ??= {}) : undefined;
    if (!isFields(parent)) throw new Error(`nothing contains ${place}`);
    if (value === undefined) delete parent[last];
    else parent[last] = value;
  }
  return stack;
}

/** Returns the paths of all single values in a stack. */
export const placesOf = (value: unknown, place = ''): string[] =>
  isFields(value)
    ? Object.entries(value).flatMap(([key, inner]) => placesOf(inner, place === '' ? key : `${place}.${key}`))
    : [place];

const folder = folderWith({ 'api/src/main.ts': '' });

/** Parses a stack whose folder has a program in the subfolder `api`. */
export const read = (input: unknown, stage = 'dev'): Config =>
  parseConfig(input, { stage, target: 'sandbox', folder });

/** The mistakes in a stack that {@link read} parses. */
export function mistakesOf(input: unknown, stage?: string): readonly Mistake[] {
  try {
    read(input, stage);
    return [];
  } catch (error) {
    if (error instanceof InvalidConfig) return error.mistakes;
    throw error;
  }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Matches a string that starts with `begin` and ends with `end`. */
export const startingWith = (begin: string, end = ''): string =>
  expect.stringMatching(new RegExp(`^${escaped(begin)}.*${escaped(end)}$`)) as unknown as string;

/**
 * Declares one test for each of these invalid values at a path of the valid stack. The value must be the only mistake.
 * @param fix the expected advice in the mistake
 * @param values the invalid values, each with its description as the key; undefined stands for a missing value
 * @param shown the value as the mistake shows it, if not in JavaScript notation
 */
export function testRefusals(
  place: string,
  fix: string,
  values: Readonly<Record<string, unknown>>,
  shown?: string,
): void {
  describe(`${place} is refused, with a fix:`, () => {
    test.each(Object.entries(values))('%s', (_what, value) => {
      const shownValue = shown ?? (value === undefined ? 'missing' : inspect(value));
      expect(mistakesOf(validStackWith({ [place]: value }))).toEqual([
        { path: place, value: shownValue, fix },
      ]);
    });
  });
}
