/** The fields of a container that limit what it uses, order its start, and make folders writable. */
import * as z from 'zod';
import * as rules from './field-rules.ts';

const { integer } = rules;

/** The largest task of Fargate. */
const MAX_CPU = 32_768;
const MAX_MEMORY = 249_856;
/** Docker's minimum. @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
const MIN_MEMORY = 6;
/** Linux's maximum for one process: the default of fs.nr_open. */
const MAX_OPEN_FILES = 1_048_576;

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html */
export const START_CONDITIONS = ['START', 'COMPLETE', 'SUCCESS', 'HEALTHY'] as const;

/** Folders of the system: a volume would hide its programs, or the kernel would hide the volume. */
const SYSTEM_FOLDER = /^\/(bin|sbin|lib\w*|usr|etc|(proc|sys|dev)(\/.*)?)?$/;

const writableFolder: rules.FieldRule = (path) => {
  if (
    !/^(\/[\w.@+-]+)*\/?$/.test(path) ||
    !path.startsWith('/') ||
    path.split('/').some((part) => /^\.{1,2}$/.test(part))
  )
    return 'Use an absolute path of letters, digits and . _ @ + -, e.g. /var/cache/app.';
  if (path !== '/' && path.endsWith('/')) return 'Leave out the trailing slash.';
  if (/^\/tmp(\/|$)/.test(path)) return 'Leave it out: /tmp is always writable.';
  return SYSTEM_FOLDER.test(path)
    ? 'Use a folder of the program, e.g. /var/cache/app: the container needs the content of this one.'
    : undefined;
};

const word = (description: string) => rules.string(rules.processText).describe(description);

export const containerSettings = {
  release: z
    .array(word('the program, or one argument'))
    .min(1)
    .optional()
    .describe(
      "a command that runs once per deployment, before the new version takes requests, e.g. ['node', 'migrate.js']",
    ),
  // Linux counts in shares, of which a process has at least two.
  cpu: integer(2, MAX_CPU)
    .optional()
    .describe('CPU units that it gets when the containers of its task compete; by default all get the same'),
  memory: integer(MIN_MEMORY, MAX_MEMORY)
    .optional()
    .describe('MiB of memory at which it is killed; by default only the memory of the task is a limit'),
  memoryReservation: integer(MIN_MEMORY, MAX_MEMORY)
    .optional()
    .describe("MiB of the task's memory that are kept for it"),
  dependsOn: z
    .record(
      z.string(),
      z
        .enum(START_CONDITIONS)
        .describe(
          'what it waits for: START of the other container, its end (COMPLETE), its end with exit code 0 (SUCCESS), or its health check (HEALTHY)',
        ),
    )
    .optional()
    .describe('containers of its service that it waits for, by name, e.g. { migrate: "SUCCESS" }'),
  entryPoint: z
    .array(word('the program, or one argument'))
    .min(1)
    .optional()
    .describe("the entry point instead of the image's own; command then has its arguments"),
  ulimits: z
    .strictObject({
      nofile: z
        .union([
          integer(1, MAX_OPEN_FILES),
          z.strictObject({
            soft: integer(1, MAX_OPEN_FILES).describe('the limit that applies until the program raises it'),
            hard: integer(1, MAX_OPEN_FILES).describe('the highest limit that the program can choose'),
          }),
        ])
        .optional()
        .describe('how many files and connections it can have open; by default 65535'),
    })
    .optional()
    .describe('the limits of its processes; Fargate lets a task change only nofile'),
  writable: z
    .array(rules.string(writableFolder).describe('an absolute path in the container'))
    .optional()
    .describe('folders that it can write to although its root is read-only; each task has separate ones'),
};
