/** Makes X.509 certificates: their contents in ASN.1, signed with the key of an issuer. */
import { createHash, createPublicKey, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';

/** The contents of a certificate. */
export interface CertificateContents {
  readonly commonName: string;
  /** The DNS names that the certificate covers; empty for an authority. */
  readonly names: readonly string[];
  readonly publicKey: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** The signer of a certificate. */
export interface Issuer {
  readonly commonName: string;
  /** An RSA key. */
  readonly privateKey: KeyObject;
}

const SHA256_WITH_RSA = '1.2.840.113549.1.1.11';
const COMMON_NAME = '2.5.4.3';
const SERIAL_BYTES = 16;

/**
 * Makes a certificate. That of an authority allows no further authority below it.
 * @param issuer the authority; it is the subject itself for the certificate of an authority
 * @returns the certificate in PEM
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 */
export function makeCertificate(contents: CertificateContents, issuer: Issuer): string {
  const { commonName, names, publicKey, notBefore, notAfter } = contents;
  const isAuthority = names.length === 0;
  const algorithm = new AlgorithmIdentifier({ algorithm: SHA256_WITH_RSA, parameters: null });
  const extensions = [
    extension(
      id_ce_basicConstraints,
      new BasicConstraints(isAuthority ? { cA: true, pathLenConstraint: 0 } : { cA: false }),
      true,
    ),
    extension(
      id_ce_keyUsage,
      new KeyUsage(
        isAuthority
          ? KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign
          : KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment,
      ),
      true,
    ),
    extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyIdentifierOf(publicKey))),
    extension(
      id_ce_authorityKeyIdentifier,
      new AuthorityKeyIdentifier({
        keyIdentifier: new KeyIdentifier(keyIdentifierOf(createPublicKey(issuer.privateKey))),
      }),
    ),
    ...(isAuthority
      ? []
      : [
          extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
          extension(
            id_ce_subjectAltName,
            new SubjectAlternativeName(names.map((dNSName) => new GeneralName({ dNSName }))),
          ),
        ]),
  ];
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: newSerialNumber(),
    signature: algorithm,
    issuer: nameOf(issuer.commonName),
    validity: new Validity({ notBefore, notAfter }),
    subject: nameOf(commonName),
    subjectPublicKeyInfo: AsnConvert.parse(spkiOf(publicKey), SubjectPublicKeyInfo),
    extensions: new Extensions(extensions),
  });
  const signed = Buffer.from(AsnConvert.serialize(tbsCertificate));
  const signature = sign('sha256', signed, issuer.privateKey);
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: algorithm,
    signatureValue: arrayBufferOf(signature),
  });
  return new X509Certificate(Buffer.from(AsnConvert.serialize(certificate))).toString();
}

/** The names of signature algorithms in ACM, by object identifier. */
const SIGNATURE_ALGORITHMS: Readonly<Record<string, string>> = {
  [SHA256_WITH_RSA]: 'SHA256WITHRSA',
  '1.2.840.113549.1.1.12': 'SHA384WITHRSA',
  '1.2.840.113549.1.1.13': 'SHA512WITHRSA',
  '1.2.840.113549.1.1.5': 'SHA1WITHRSA',
  '1.2.840.10045.4.3.2': 'SHA256WITHECDSA',
  '1.2.840.10045.4.3.3': 'SHA384WITHECDSA',
  '1.2.840.10045.4.3.4': 'SHA512WITHECDSA',
};

/** Returns the name of the algorithm with which a certificate is signed, or the algorithm's object identifier. */
export function signatureAlgorithmOf({ raw }: X509Certificate): string {
  const { algorithm } = AsnConvert.parse(raw, Certificate).signatureAlgorithm;
  return SIGNATURE_ALGORITHMS[algorithm] ?? algorithm;
}

const extension = (extnID: string, value: object, critical = false): Extension =>
  new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });

const nameOf = (commonName: string): Name =>
  new Name([
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({
        type: COMMON_NAME,
        value: new AttributeValue({ utf8String: commonName }),
      }),
    ]),
  ]);

/** Returns a random positive number, whose first bit must therefore be 0. */
function newSerialNumber(): ArrayBuffer {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return arrayBufferOf(bytes);
}

const spkiOf = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });

/** Any identifier that is the same in both certificates is allowed. @see https://www.rfc-editor.org/rfc/rfc7093#section-2 */
const keyIdentifierOf = (key: KeyObject): ArrayBuffer =>
  arrayBufferOf(createHash('sha256').update(spkiOf(key)).digest().subarray(0, 20));

/** Copies bytes: Node's buffers may share memory with others. */
const arrayBufferOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
