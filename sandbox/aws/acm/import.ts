/** Imports certificates that another authority has issued. ACM never renews them. */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import type * as ACM from '@aws-sdk/client-acm';
import type { CertificateDetail } from '@aws-sdk/client-acm';
import { signatureAlgorithmOf } from '../../certificates/x509.ts';
import type { Operations } from '../../operations.ts';
import { certificateByArn, newCertificateArn } from './arns.ts';
import { invalidParameter } from './errors.ts';
import { serialOf } from './issue.ts';
import type { CertificateRow } from './store.ts';
import { mergeTags } from './tags.ts';

const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();

function parseCertificate(pem: string, what: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw invalidParameter(`The ${what} is not a valid certificate in PEM format.`);
  }
}

function parseKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw invalidParameter('The private key is not a valid unencrypted key in PEM format.');
  }
}

/** Returns the certificates in a string, one PEM block each. */
const blocksOf = (pem: string): string[] =>
  pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];

/**
 * Returns the algorithm of a key as responses show it.
 * @throws InvalidParameterException for a key that ACM does not import
 */
function algorithmOf({
  asymmetricKeyType,
  asymmetricKeyDetails,
}: KeyObject): CertificateDetail['KeyAlgorithm'] {
  const { modulusLength, namedCurve = '' } = asymmetricKeyDetails ?? {};
  const isRsa = asymmetricKeyType === 'rsa' && [1024, 2048, 3072, 4096].includes(modulusLength ?? 0);
  const isEc = ['prime256v1', 'secp384r1', 'secp521r1'].includes(namedCurve);
  if (!isRsa && !isEc) throw invalidParameter('The key algorithm of the certificate is not supported.');
  return (isRsa ? `RSA-${modulusLength}` : `EC-${namedCurve}`) as CertificateDetail['KeyAlgorithm'];
}

const namesOf = (certificate: X509Certificate): string[] =>
  (certificate.subjectAltName ?? '')
    .split(', ')
    .flatMap((entry) => /^DNS:(.+)$/.exec(entry)?.[1]?.toLowerCase() ?? []);

const attributeOf = (name: string): string | undefined => /^CN=(.+)$/m.exec(name)?.[1];

export const importOperations = {
  /**
   * With an ARN, replaces the contents of an imported certificate. Without one, every call creates another certificate.
   * @see https://docs.aws.amazon.com/acm/latest/APIReference/API_ImportCertificate.html
   */
  ImportCertificate: {
    inputMembers: ['CertificateArn', 'Certificate', 'PrivateKey', 'CertificateChain', 'Tags'],
    run(input, region) {
      const certificate = textOf(input.Certificate);
      const privateKey = textOf(input.PrivateKey);
      const parsed = parseCertificate(certificate, 'certificate field');
      if (blocksOf(certificate).length !== 1) {
        throw invalidParameter(
          'The certificate field contains more than one certificate. You can specify only one certificate in this field.',
        );
      }
      if (!parsed.checkPrivateKey(parseKey(privateKey))) {
        throw invalidParameter('The private key does not match the public key of the certificate.');
      }
      const chain = blocksOf(textOf(input.CertificateChain));
      checkChain(parsed, chain, (input.CertificateChain?.byteLength ?? 0) > 0);
      const now = region.now();
      const [notBefore, notAfter] = [new Date(parsed.validFrom), new Date(parsed.validTo)];
      if (now < notBefore) throw invalidParameter('The certificate is not valid yet.');
      if (now > notAfter) throw invalidParameter('The certificate has expired.');
      const existing = input.CertificateArn ? certificateByArn(region, input.CertificateArn) : undefined;
      if (existing && existing.Type !== 'IMPORTED') {
        throw invalidParameter('Only an imported certificate can be imported again.');
      }
      if (existing && input.Tags?.length) {
        throw invalidParameter('Tags cannot be specified when a certificate is imported again.');
      }
      const names = namesOf(parsed);
      const commonName = attributeOf(parsed.subject) ?? names[0] ?? '';
      const CertificateArn = existing?.CertificateArn ?? newCertificateArn(region);
      const row: CertificateRow = {
        CertificateArn,
        DomainName: commonName.toLowerCase(),
        SubjectAlternativeNames: [...new Set([commonName.toLowerCase(), ...names])].filter(Boolean).sort(),
        Subject: parsed.subject.split('\n').join(', '),
        Issuer: attributeOf(parsed.issuer) ?? parsed.issuer,
        Serial: serialOf(certificate),
        CreatedAt: existing?.CreatedAt ?? now,
        ImportedAt: now,
        NotBefore: notBefore,
        NotAfter: notAfter,
        Status: 'ISSUED',
        KeyAlgorithm: algorithmOf(parsed.publicKey),
        SignatureAlgorithm: signatureAlgorithmOf(parsed),
        Type: 'IMPORTED',
        KeyUsages: [],
        ExtendedKeyUsages: (parsed.keyUsage ?? []).map((OID) => ({
          OID,
          Name:
            OID === '1.3.6.1.5.5.7.3.1' ? ('TLS_WEB_SERVER_AUTHENTICATION' as const) : ('CUSTOM' as const),
        })),
        Options: { CertificateTransparencyLoggingPreference: 'DISABLED' },
        validation: {},
        tags: existing?.tags ?? mergeTags([], input.Tags),
        pem: { certificate, privateKey, ...(chain.length > 0 && { chain: `${chain.join('\n')}\n` }) },
      };
      region.acm.certificates.set(CertificateArn, row);
      return { CertificateArn };
    },
  },
} satisfies Operations<typeof ACM>;

/** @throws InvalidParameterException unless each certificate of the chain has issued the previous one */
function checkChain(certificate: X509Certificate, chain: readonly string[], isGiven: boolean): void {
  if (isGiven && chain.length === 0) {
    throw invalidParameter('The certificate chain is not a valid list of certificates in PEM format.');
  }
  let previous = certificate;
  for (const pem of chain) {
    const issuer = parseCertificate(pem, 'certificate chain');
    if (!previous.checkIssued(issuer) || !previous.verify(issuer.publicKey)) {
      throw invalidParameter('Could not validate the certificate with the certificate chain.');
    }
    previous = issuer;
  }
}
