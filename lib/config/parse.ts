/** From what a user wrote to a complete configuration, or to all of its mistakes at once. */
import { check } from './check.ts';
import { complete, type CompletionContext } from './complete.ts';
import { CONFIG_FILE, type Config } from './config.ts';
import type { Finding, Path } from './finding.ts';
import { foundAt, refusalsOf, within } from './schema-issues.ts';
import { parseLeniently } from './lenient-parse.ts';
import { InvalidConfig, type Mistake } from './mistake.ts';
import { pathText } from './display.ts';

/** What is known besides the configuration. */
export interface ParseContext extends CompletionContext {
  /** How the user calls the file; for messages. */
  readonly file?: string;
}

/**
 * Checks a configuration and fills its defaults in. Looks at the source folders, else pure.
 * @param input what the file exports, a function's result in place of the function
 * @throws CONFIG_INVALID (`InvalidConfig`) with every mistake
 */
export function parseConfig(input: unknown, context: ParseContext): Config {
  const { stack, issues, replaced } = parseLeniently(input);
  const refusals = refusalsOf(input, issues);
  const config = stack && complete(stack, context);
  const unsound = [...replaced, ...refusals.flatMap(({ meant }) => (meant === undefined ? [] : [meant]))];
  const findings = config === undefined ? [] : check(config).filter((finding) => !restsOn(finding, unsound));
  const mistakes = mistakesOf(input, [...refusals, ...findings]);
  if (config === undefined || mistakes.length > 0)
    throw new InvalidConfig(context.file ?? CONFIG_FILE, mistakes);
  return config;
}

const restsOn = ({ path, reads = [] }: Finding, unsound: readonly Path[]): boolean =>
  [path, ...reads].some((read) => unsound.some((part) => within(part, read)));

/** Findings in words: one a value, since its other mistakes may go with the first. */
function mistakesOf(input: unknown, findings: readonly Finding[]): Mistake[] {
  const seen = new Set<string>();
  return findings
    .map(({ path, value, fix }) => ({
      path: pathText(path),
      value: value ?? foundAt(input, path),
      fix,
    }))
    .filter(({ path }) => !seen.has(path) && seen.add(path));
}
