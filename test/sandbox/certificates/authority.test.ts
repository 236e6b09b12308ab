// The authority's certificates pass Node's own checks, and its key stays private.
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  BasicConstraints,
  Certificate,
  id_ce_basicConstraints,
  id_ce_nameConstraints,
} from '@peculiar/asn1-x509';
import { afterEach, expect, test } from '@jest/globals';
import { folderAuthority, memoryAuthority } from '../../../sandbox/certificates/authority.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'authority-'));
  folders.push(folder);
  return folder;
};
const contents = (publicKey: ReturnType<typeof generateKeyPairSync>['publicKey']) => ({
  commonName: 'api.example.com',
  names: ['api.example.com', '*.api.example.com'],
  publicKey: publicKey as never,
  notBefore: new Date('2026-01-01T00:00:00Z'),
  notAfter: new Date('2026-07-18T23:59:59Z'),
});
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

test('a certificate names its hosts, its validity and its issuer', () => {
  const authority = memoryAuthority()();
  const issuer = new X509Certificate(authority.certificate);
  const certificate = new X509Certificate(authority.issue(contents(publicKey)));
  expect(certificate.verify(issuer.publicKey)).toBe(true);
  expect(certificate.checkIssued(issuer)).toBe(true);
  expect([issuer.ca, certificate.ca]).toEqual([true, false]);
  expect(certificate.checkPrivateKey(privateKey)).toBe(true);
  expect(certificate.checkHost('api.example.com')).toBe('api.example.com');
  expect(certificate.checkHost('v1.api.example.com')).toBe('*.api.example.com');
  expect(certificate.checkHost('example.com')).toBeUndefined();
  expect(certificate.validTo).toBe('Jul 18 23:59:59 2026 GMT');
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(certificate.subject).toBe('CN=api.example.com');
});

test('the authority may sign certificates of hosts with any name, but no further authorities', () => {
  const { extensions } = AsnConvert.parse(
    new X509Certificate(memoryAuthority()().certificate).raw,
    Certificate,
  ).tbsCertificate;
  const basic = extensions?.find(({ extnID }) => extnID === id_ce_basicConstraints);
  expect(basic?.critical).toBe(true);
  expect(AsnConvert.parse(basic?.extnValue.buffer ?? new ArrayBuffer(0), BasicConstraints)).toMatchObject({
    cA: true,
    pathLenConstraint: 0,
  });
  expect(extensions?.map(({ extnID }) => extnID)).not.toContain(id_ce_nameConstraints);
});

test('an authority in a folder is made once, and only its owner can read the key', () => {
  const folder = newFolder();
  const first = folderAuthority(folder)().certificate;
  expect(folderAuthority(folder)().certificate).toBe(first);
  expect(readFileSync(join(folder, 'authority.pem'), 'utf8')).toBe(first);
  expect(statSync(join(folder, 'authority-key.pem')).mode & 0o777).toBe(0o600);
});

test('an authority whose key is lost or foreign is made again, and its key is private again', () => {
  const folder = newFolder();
  const first = folderAuthority(folder)().certificate;
  const keyFile = join(folder, 'authority-key.pem');
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  chmodSync(keyFile, 0o644);
  expect(folderAuthority(folder)().certificate).not.toBe(first);
  expect(statSync(keyFile).mode & 0o777).toBe(0o600);
});
