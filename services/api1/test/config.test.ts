/** The environment: its defaults and its errors. */
import { expect, test } from '@jest/globals';
import { readConfig } from '../src/config.ts';

test('an empty environment gives the defaults', () => {
  expect(readConfig({})).toEqual({
    PORT: 5000,
    LOG_LEVEL: 'info',
    CORS_ORIGINS: ['http://localhost:3000', 'http://localhost:5173'],
    CATALOGUE_URL: 'http://localhost:6000',
    CATALOGUE_TIMEOUT_MS: 2000,
    SHUTDOWN_QUIET_MS: 500,
    SHUTDOWN_GRACE_MS: 10_000,
  });
});

test('origins are a comma-separated list, which may be empty or *', () => {
  const origins = (CORS_ORIGINS: string) => readConfig({ CORS_ORIGINS }).CORS_ORIGINS;
  expect(origins('https://a.example, https://b.example:8443')).toEqual([
    'https://a.example',
    'https://b.example:8443',
  ]);
  expect(origins('')).toEqual([]);
  expect(origins('*')).toEqual(['*']);
});

test('a single error names every mistake', () => {
  const env = { PORT: 'http', CORS_ORIGINS: 'https://a.example/shop', CATALOGUE_URL: 'localhost:6000' };
  const read = () => readConfig(env);
  expect(read).toThrow(/PORT/);
  expect(read).toThrow(/"https:\/\/a.example\/shop" is not an origin/);
  expect(read).toThrow(/CATALOGUE_URL/);
});
