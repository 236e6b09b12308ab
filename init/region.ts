/** Finds the region that the user works in, as the AWS CLI does. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { region as regionRule } from '../lib/config/field-rules.ts';
import type { Guess } from './guess-container.ts';

const USUAL_REGION = 'eu-west-1';

/** Returns the region in the environment, or else that of the profile, or else a usual one. */
export async function userRegion(env: NodeJS.ProcessEnv): Promise<Guess<string>> {
  for (const variable of ['AWS_REGION', 'AWS_DEFAULT_REGION']) {
    const value = env[variable];
    if (value !== undefined && regionRule(value) === undefined) return { value, why: variable };
  }
  const file = env['AWS_CONFIG_FILE'] || join(env['HOME'] || homedir(), '.aws', 'config');
  const profile = env['AWS_PROFILE'] || 'default';
  const value = regionOfProfile(await readFile(file, 'utf8').catch(() => ''), profile);
  return value !== undefined && regionRule(value) === undefined
    ? { value, why: `the region of the profile ${profile}` }
    : {
        value: USUAL_REGION,
        why: 'a usual region: the environment and the profile of the AWS CLI name none',
      };
}

/** Returns the region of a profile in the configuration of the AWS CLI. Pure. */
export function regionOfProfile(text: string, profile: string): string | undefined {
  let section: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const [, header] = /^\s*\[\s*(?:profile\s+)?([^\]]+?)\s*\]/.exec(line) ?? [];
    section = header ?? section;
    const [, region] = /^\s*region\s*=\s*(\S+)/.exec(line) ?? [];
    if (section === profile && region !== undefined) return region;
  }
  return undefined;
}
