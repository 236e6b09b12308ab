/** Drift: describes how the resources differ from the configuration. `npm run drift` changes nothing. */
import type { Config } from '../lib/config/config.ts';
import { shortHash } from '../lib/derive/names.ts';
import { sizeOfStack } from '../lib/look/stack.ts';
import type { CommandResult } from '../lib/run/main.ts';
import { planJson } from '../lib/run/plan-text.ts';
import { paintedLine } from '../lib/run/plan/paint.ts';
import { planLines } from '../lib/run/plan/plan-lines.ts';
import type { DriftResult, StackInfo } from '../lib/run/results.ts';
import type { Plan } from './plan.ts';
import { rolledBackServices, rolledBackText } from './services/ahead.ts';
import { healthWarnings } from './services/health.ts';

/** A short hash that identifies a configuration. */
export const fingerprint = (config: Config): string => shortHash(16, JSON.stringify(config));

/**
 * Returns the result of `npm run drift`.
 * @param lastFingerprint the fingerprint of the configuration at the last provision, if it is known
 * @param currentFingerprint the fingerprint of the current configuration
 * @param repairCommand the command that repairs drift, as a user types it for this stack
 * @param columns the width of the terminal in characters; undefined without one
 */
export function driftResult(
  { changes, kept, found }: Plan,
  config: Config,
  stackInfo: StackInfo,
  lastFingerprint: string | undefined,
  currentFingerprint: string,
  repairCommand: string,
  columns?: number,
): CommandResult<DriftResult> {
  const isConfigurationChanged = lastFingerprint !== undefined && lastFingerprint !== currentFingerprint;
  const rollbacks = rolledBackServices(changes, found);
  const warnings = healthWarnings(found);
  const text = [
    ...(sizeOfStack(found, stackInfo.stack) > 0
      ? planLines(changes, { config, found }, { columns, isDrift: true })
      : [`${stackInfo.stack} does not exist.`]),
    ...rollbacks.map(rolledBackText),
    ...warnings.map((warning) => `  ${warning}.`),
    ...(isConfigurationChanged
      ? ['The configuration has changed since the last provision, so the differences include that change.']
      : []),
    changes.length === 0
      ? unchangedText(kept.length, warnings.length)
      : `Drift: ${changes.length} of ${kept.length + changes.length} resources differ from the configuration. To repair: ${repairCommand}`,
  ];
  return {
    exitCode: changes.length + warnings.length === 0 ? 0 : 2,
    text: text.join('\n'),
    paint: paintedLine,
    json: {
      ...stackInfo,
      configurationChanged: isConfigurationChanged,
      drift: planJson(changes, kept),
      rollbacks,
      warnings,
    },
  };
}

const unchangedText = (keptCount: number, warningCount: number): string =>
  warningCount === 0
    ? `No drift. Resources that match the configuration: ${keptCount}.`
    : `Drift: all ${keptCount} resources match the configuration, but not all of them work as configured.`;
