/** Turns what a user wrote into a complete configuration, or reports all mistakes together. */
import { check } from './check.ts';
import { completeConfig, type CompletionContext } from './complete.ts';
import { CONFIG_FILE, type Config } from './config.ts';
import { stackName } from './field-rules.ts';
import { NAME_OPTION, type Finding, type Path } from './finding.ts';
import { containsPath, foundText, isWritten, schemaFindings } from './schema-issues.ts';
import { parseLeniently } from './lenient-parse.ts';
import { InvalidConfig, type Mistake } from './mistake.ts';
import { display, pathText } from './display.ts';

/** The values that complete a configuration, and the name of its file. */
export interface ParseContext extends CompletionContext {
  /** The file as the user named it; for messages. */
  readonly file?: string;
  /** Whether the source folders must exist and be complete; true by default. A teardown builds nothing. */
  readonly needsSources?: boolean | undefined;
  /** The only service whose sources the command builds; by default, it builds those of all services. */
  readonly builtService?: string | undefined;
}

/**
 * Checks a configuration and fills in its defaults. Reads the source folders; otherwise pure.
 * @param input what the file exports, or what the exported function returns
 * @throws CONFIG_INVALID (`InvalidConfig`) with every mistake
 */
export function parseConfig(input: unknown, context: ParseContext): Config {
  const { stack, issues, replacedPaths } = parseLeniently(input);
  const schemaMistakes = schemaFindings(input, issues);
  const config = stack && completeConfig(stack, context);
  const unreliablePaths = [
    ...replacedPaths,
    ...schemaMistakes.flatMap(({ meantPath }) => (meantPath === undefined ? [] : [meantPath])),
  ];
  const findings =
    config === undefined
      ? []
      : check(config, context.needsSources, context.builtService).filter(
          (finding) =>
            !dependsOn(finding, unreliablePaths) && (!finding.ifWritten || isWritten(input, finding.path)),
        );
  const mistakes = mistakesOf(input, [...nameOptionFindings(context), ...schemaMistakes, ...findings]);
  if (config === undefined || mistakes.length > 0)
    throw new InvalidConfig(context.file ?? CONFIG_FILE, mistakes);
  return config;
}

/** Checks the name that replaces the one in the file. */
function nameOptionFindings({ name }: ParseContext): Finding[] {
  const fix = name === undefined ? undefined : stackName(name);
  return fix === undefined ? [] : [{ path: NAME_OPTION, value: display(name), fix }];
}

const dependsOn = ({ path, basedOn = [] }: Finding, unreliablePaths: readonly Path[]): boolean =>
  [path, ...basedOn].some((used) => unreliablePaths.some((unreliable) => containsPath(unreliable, used)));

/** Turns findings into mistakes: only one per value, since fixing the first may fix the others. */
function mistakesOf(input: unknown, findings: readonly Finding[]): Mistake[] {
  const seen = new Set<string>();
  return findings
    .map(({ path, value, fix }) => ({
      path: pathText(path),
      value: value ?? foundText(input, path),
      fix,
    }))
    .filter(({ path }) => !seen.has(path) && seen.add(path));
}
