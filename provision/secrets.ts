/** Checks the secrets of a stack before anything is deployed: a task cannot start without them. Pure. */
import { parseSecretReference } from '../lib/config/secret-reference.ts';
import type { Config, Container, Service } from '../lib/config/config.ts';
import { pathOfContainer } from '../lib/config/finding.ts';
import type { Names } from '../lib/derive/names.ts';
import { accountIn, ownSecretName, secretsOfService } from '../lib/derive/secrets.ts';
import type { Survey } from '../lib/look/found.ts';
import type { FoundSecret } from '../lib/look/secrets.ts';
import { NOTHING_CHANGED, problem, type Problem } from '../lib/model/problem.ts';
import { awsCommand, type Run } from '../lib/run/run.ts';

/** The stack as these checks need it. */
interface SecretContext {
  readonly account: string;
  readonly config: Config;
  readonly names: Pick<Names, 'secretPath'>;
  readonly run: Pick<Run, 'region' | 'endpoint'>;
}

/** One secret that cannot be used. */
export interface BadSecret {
  readonly path: string;
  readonly why: string;
  /** The command that repairs it. */
  readonly fix: string;
}

/** Returns the path of a reference in the configuration, e.g. `services.shop.containers.api.secrets.DATABASE_URL`. */
export const pathOfSecret = (service: Service, container: Container, variable: string): string =>
  (variable === 'registryCredentials'
    ? pathOfContainer(service, container, variable)
    : pathOfContainer(service, container, 'secrets', variable)
  )
    .map(String)
    .join('.');

/**
 * Checks that every secret exists and has a value. A secret that the caller may not describe is taken to exist.
 * @throws SECRET with every secret that does not, and the command that stores it
 */
export function checkSecrets(context: SecretContext, { secrets }: Pick<Survey, 'secrets'>): void {
  if (!secrets) return;
  const bad = context.config.services.flatMap((service) =>
    secretsOfService(service).flatMap(({ container, variable, reference }) => {
      const found = secrets.get(reference);
      const obstacle = found && obstacleOf(context, found, reference);
      return obstacle ? [{ path: pathOfSecret(service, container, variable), ...obstacle }] : [];
    }),
  );
  if (bad.length > 0) throw badSecrets(bad);
}

/**
 * Returns why a secret cannot be used, and the command that repairs it. The command reads the value from a file: as an argument, other
 * programs and the history of the shell would show it.
 */
function obstacleOf(
  { account, config: { region }, names, run }: SecretContext,
  { state }: FoundSecret,
  reference: string,
): Omit<BadSecret, 'path'> | undefined {
  const { service, id } = parseSecretReference(reference) ?? { service: 'ssm', id: reference };
  const own = ownSecretName(reference, names.secretPath);
  // The lists of this account lack the parameters that another one shares with it.
  if (service === 'ssm' && (accountIn(id) ?? account) !== account) return undefined;
  switch (state) {
    case 'missing':
      return service === 'ssm'
        ? {
            why: `Parameter Store has no parameter ${id} in ${region}.`,
            fix:
              own === undefined
                ? awsCommand(
                    run,
                    `aws ssm put-parameter --type SecureString --name ${nameIn(id)} --value file://FILE`,
                  )
                : `npm run secret -- set ${own}`,
          }
        : {
            why: `Secrets Manager has no secret ${id} in ${region}.`,
            fix: id.startsWith('arn:')
              ? 'Correct the ARN in slipway.config.ts.'
              : awsCommand(run, `aws secretsmanager create-secret --name ${id} --secret-string file://FILE`),
          };
    case 'no value':
      return {
        why: `The secret ${id} has no value that the reference selects.`,
        fix: awsCommand(
          run,
          `aws secretsmanager put-secret-value --secret-id ${id} --secret-string file://FILE`,
        ),
      };
    case 'deleted':
      return {
        why: `The secret ${id} is scheduled for deletion.`,
        fix: awsCommand(run, `aws secretsmanager restore-secret --secret-id ${id}`),
      };
    default:
      return undefined;
  }
}

/** Returns the name of a parameter; the ARN of a path lacks its first slash. */
const nameIn = (id: string): string => id.replace(/^arn:.*?:parameter\//, '/');

/** Returns the problem with secrets that cannot be used. */
export const badSecrets = (bad: readonly BadSecret[]): Problem =>
  problem('SECRET', {
    what:
      bad.length === 1
        ? 'A secret in the configuration cannot be used.'
        : `${bad.length} secrets in the configuration cannot be used.`,
    why: bad.map(({ path, why }) => `${path}: ${why}`).join('\n'),
    now: NOTHING_CHANGED,
    fix: [...new Set(bad.map(({ fix }) => fix))],
  });
