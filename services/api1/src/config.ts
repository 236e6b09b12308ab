/** The environment of the service, checked before anything starts. */
import { z } from 'zod';

const milliseconds = z
  .string()
  .regex(/^\d{1,6}$/, 'must be a whole number of milliseconds')
  .transform(Number);

const origin = z
  .string()
  .refine((text) => text === '*' || (URL.canParse(text) && new URL(text).origin === text), {
    error: (issue) => `${JSON.stringify(issue.input)} is not an origin such as https://shop.example.com`,
  });

const Environment = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port number')
    .transform(Number)
    .default(5000),
  HOST: z.string().optional(), // by default all interfaces
  LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  CORS_ORIGINS: z
    .string()
    .default('http://localhost:3000,http://localhost:5173') // development servers of front ends
    .transform((list) =>
      list
        .split(',')
        .map((text) => text.trim())
        .filter(Boolean),
    )
    .pipe(z.array(origin)),
  CATALOGUE_URL: z.url({ protocol: /^https?$/ }).default('http://localhost:6000'),
  CATALOGUE_TIMEOUT_MS: milliseconds.default(2000),
  SHUTDOWN_QUIET_MS: milliseconds.default(500),
  SHUTDOWN_GRACE_MS: milliseconds.default(10_000),
});

/** The checked environment. */
export type Config = z.output<typeof Environment>;

/** Reads the environment; throws one error that names every invalid variable. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const result = Environment.safeParse(env);
  if (!result.success) throw new Error(`The environment is not valid.\n${z.prettifyError(result.error)}`);
  return result.data;
}
