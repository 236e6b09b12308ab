/** The certificate authority of a sandbox. Clients that trust its certificate trust all certificates of the sandbox. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AUTHORITY_FILE } from '../state/folder.ts';
import { makeCertificate, type CertificateContents, type Issuer } from './x509.ts';

/** Issues certificates. */
export interface CertificateAuthority {
  /** The authority's own certificate, in PEM. */
  readonly certificate: string;
  /** Returns a certificate that the authority has signed, in PEM. */
  issue(contents: CertificateContents): string;
}

const KEY_FILE = 'authority-key.pem';

const COMMON_NAME = 'Slipway sandbox';
const VALID_YEARS = 10;
const RSA_BITS = 2048;

/** An authority as it is stored. */
interface Material {
  readonly certificate: string;
  readonly privateKey: string;
}

/**
 * Makes an authority. Its certificate has no name constraints: they would be fixed for ten years, and the authority signs
 * certificates for whichever domains the stacks of the sandbox have.
 */
function makeMaterial(): Material {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: RSA_BITS });
  const now = new Date();
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(now.getUTCFullYear() + VALID_YEARS);
  // The clocks of this machine's containers may be behind.
  const notBefore = new Date(now.getTime() - 86_400_000);
  const issuer = { commonName: COMMON_NAME, privateKey };
  return {
    certificate: makeCertificate(
      { commonName: COMMON_NAME, names: [], publicKey, notBefore, notAfter },
      issuer,
    ),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function authorityOf({ certificate, privateKey }: Material): CertificateAuthority {
  const issuer: Issuer = { commonName: COMMON_NAME, privateKey: createPrivateKey(privateKey) };
  return { certificate, issue: (contents) => makeCertificate(contents, issuer) };
}

/** Returns a function that makes something when it is first called, and returns the same afterwards. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Returns an authority that exists only in memory. It is made when it is first needed. */
export const memoryAuthority = (): (() => CertificateAuthority) => once(() => authorityOf(makeMaterial()));

/**
 * Returns the authority in a folder. It is made when it is first needed, and kept: clients may trust its certificate.
 * Only the owner of the folder can read the key.
 * @param folder an absolute path
 */
export const folderAuthority = (folder: string): (() => CertificateAuthority) =>
  once(() => {
    const [certificateFile, keyFile] = [join(folder, AUTHORITY_FILE), join(folder, KEY_FILE)];
    if (existsSync(certificateFile) && existsSync(keyFile)) {
      const stored = {
        certificate: readFileSync(certificateFile, 'utf8'),
        privateKey: readFileSync(keyFile, 'utf8'),
      };
      if (isUsable(stored)) return authorityOf(stored);
    }
    const material = makeMaterial();
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writePrivately(keyFile, material.privateKey);
    writePrivately(certificateFile, material.certificate);
    return authorityOf(material);
  });

/** Whether a stored certificate and key belong together and are still valid. A process that was killed may leave only one. */
function isUsable({ certificate, privateKey }: Material): boolean {
  try {
    const parsed = new X509Certificate(certificate);
    const isValid = Date.parse(parsed.validTo) > Date.now();
    return isValid && parsed.publicKey.equals(createPublicKey(privateKey));
  } catch {
    return false;
  }
}

/** Replaces a file as a whole. The new file is never readable by others, whatever the mode of the old one was. */
function writePrivately(file: string, text: string): void {
  const temporary = `${file}.new`;
  const descriptor = openSync(temporary, 'w', 0o600);
  try {
    writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
}
