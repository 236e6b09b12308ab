/** Terraform as a contender. It builds the same architecture from the files in bench/terraform. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { environmentFor, type Contender } from './contender.ts';
import { runCommand, type Command } from './run-command.ts';

/** The environment variable that names the folder of plugins. `terraform providers mirror` creates such a folder. */
export const PLUGINS_VARIABLE = 'SLIPWAY_TERRAFORM_PLUGINS';

const SOURCE = join(import.meta.dirname, 'terraform');
/** The timeout of a command. */
const TIMEOUT_SECONDS = 900;

/** Returns the reason why Terraform cannot be measured here; undefined when it can. */
export function terraformSkipReason(): string | undefined {
  if (spawnSync('terraform', ['version'], { stdio: 'ignore' }).status !== 0)
    return 'terraform is not installed';
  const plugins = process.env[PLUGINS_VARIABLE];
  if (plugins === undefined) return `${PLUGINS_VARIABLE} is not set to the folder of its plugins`;
  if (!existsSync(plugins)) return `the folder ${plugins} in ${PLUGINS_VARIABLE} does not exist`;
  return existsSync(SOURCE) ? undefined : 'the folder bench/terraform does not exist';
}

/** Returns the versions of Terraform and of its AWS provider. The provider's folder is named after the provider's version. */
export function terraformVersion(): string {
  const { stdout } = spawnSync('terraform', ['version', '-json'], { encoding: 'utf8' });
  const { terraform_version: version = '' } = JSON.parse(stdout) as { terraform_version?: string };
  const folders = readdirSync(process.env[PLUGINS_VARIABLE] ?? '', { recursive: true, encoding: 'utf8' });
  const provider = folders.flatMap((name) => /hashicorp\/aws\/(\d[\d.]*)$/.exec(name)?.[1] ?? []).at(-1);
  return `Terraform ${version} with its AWS provider ${provider ?? 'of an unknown version'}`;
}

const contender = (copyFiles: (folder: string) => void): Contender => ({
  name: 'Terraform',
  async prepare(folder, endpoint, additionalServices) {
    copyFiles(folder);
    const env = environmentFor(endpoint, {
      TF_IN_AUTOMATION: '1',
      TF_VAR_endpoint: endpoint,
      TF_VAR_more_services: String(additionalServices),
      TF_VAR_repositories: '[]',
      TF_VAR_wait: 'false',
    });
    const terraformCommand = (...args: readonly string[]): Command => ({
      command: 'terraform',
      args: [...args, '-input=false', '-no-color'],
      cwd: folder,
      env,
      timeoutSeconds: TIMEOUT_SECONDS,
    });
    const plugins = process.env[PLUGINS_VARIABLE] ?? '';
    await runCommand(terraformCommand('init', `-plugin-dir=${plugins}`));
    return {
      plan: { ...terraformCommand('plan', '-detailed-exitcode'), expectedCodes: [2] },
      provision: terraformCommand('apply', '-auto-approve'),
      // moto does not return all attributes of a service, so Terraform may plan an update.
      again: { ...terraformCommand('plan', '-detailed-exitcode'), expectedCodes: [0, 2] },
      teardown: terraformCommand('destroy', '-auto-approve'),
    };
  },
});

export const terraform = contender((folder) => cpSync(SOURCE, folder, { recursive: true }));

const EVERYTHING = join(import.meta.dirname, 'terraform-everything');

/** Terraform with the stack with everything on, whose network is that of the other one. */
export const terraformWithEverything = contender((folder) => {
  for (const file of ['network.tf', 'variables.tf']) cpSync(join(SOURCE, file), join(folder, file));
  cpSync(EVERYTHING, folder, { recursive: true });
});
