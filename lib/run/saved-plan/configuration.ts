/** The configuration in a saved plan: its fields under their paths, and digests in the place of values that may be secret. */
import { randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { containersOf, type Config } from '../../config/config.ts';
import { containerName } from '../plan/resource-names.ts';
import type { SavedConfiguration, SavedValue } from './format.ts';

const derive = promisify<string, string, number, Buffer>(scrypt);

const SALT_BYTES = 16;
const DIGEST_BYTES = 16;

/** Fields whose values may be secret. Folders are left out, too: they differ between machines, and images are pinned. */
const HIDDEN = /\.(environment|buildArgs)(\.|$)|\.(command|entryPoint)(\.|$)/;
const FOLDER = /\.image\.(source|context)$/;

/** Lists the values of a configuration under their paths. Services and containers are named, not numbered. */
function fieldsIn(value: unknown, path: string): [path: string, value: SavedValue][] {
  if (value === undefined) return [];
  if (value === null || typeof value !== 'object') return [[path, value as SavedValue]];
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  if (!Array.isArray(value))
    return Object.entries(value).flatMap(([name, inner]) => fieldsIn(inner, at(name)));
  const items: readonly unknown[] = value;
  const isNamed = items.every((item) => typeof item === 'object' && item !== null && 'name' in item);
  return items.flatMap((item, index) =>
    fieldsIn(item, at(isNamed ? String((item as { name: unknown }).name) : String(index))),
  );
}

/** Returns the fields of a configuration whose values are not secret. */
const openFields = (config: Config): Record<string, SavedValue> =>
  Object.fromEntries(fieldsIn(config, '').filter(([path]) => !HIDDEN.test(path) && !FOLDER.test(path)));

/** Returns the digests of the values that may be secret. The salt and the slow function make it costly to guess values. */
async function hiddenDigests(config: Config, salt: string): Promise<Record<string, string>> {
  const digests = await Promise.all(
    containersOf(config).map(async (container) => {
      const hidden = fieldsIn(container, 'container')
        .filter(([path]) => HIDDEN.test(path))
        .sort();
      const digest = await derive(JSON.stringify(hidden), salt, DIGEST_BYTES);
      return [containerName(config, container.key), digest.toString('hex')] as const;
    }),
  );
  return Object.fromEntries(digests);
}

/** Returns a configuration as a plan saves it. @param salt that of the plan to compare with; by default a new one */
export async function savedConfiguration(
  config: Config,
  salt = randomBytes(SALT_BYTES).toString('hex'),
): Promise<SavedConfiguration> {
  return { fields: openFields(config), hidden: { salt, digests: await hiddenDigests(config, salt) } };
}

/** Says which fields differ between the configuration of a plan and the one of now, a line each. Both have the same salt. */
export function configurationChanges(saved: SavedConfiguration, now: SavedConfiguration): string[] {
  const paths = [...new Set([...Object.keys(saved.fields), ...Object.keys(now.fields)])].sort();
  const text = (value: SavedValue | undefined) => (value === undefined ? 'not set' : JSON.stringify(value));
  const containers = Object.keys(saved.hidden.digests).filter(
    (name) =>
      now.hidden.digests[name] !== undefined && now.hidden.digests[name] !== saved.hidden.digests[name],
  );
  return [
    ...paths
      .filter((path) => saved.fields[path] !== now.fields[path])
      .map(
        (path) =>
          `${path} in the configuration was ${text(saved.fields[path])}, and is ${text(now.fields[path])}.`,
      ),
    ...containers.map((name) => `The environment, a command or a build argument of ${name} has changed.`),
  ];
}
