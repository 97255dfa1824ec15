import { generate } from 'selfsigned';

/** PEM texts. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority that only one test trusts. Names are told apart by `name`. */
export class CertificateAuthority {
  private constructor(private readonly own: Certificate) {}

  static async create(name: string): Promise<CertificateAuthority> {
    const extensions = [
      { name: 'basicConstraints' as const, cA: true, critical: true },
      { name: 'keyUsage' as const, keyCertSign: true, cRLSign: true, critical: true },
    ];
    return new CertificateAuthority(await make(name, { extensions }));
  }

  /** What clients and servers are told to trust. */
  get cert(): string {
    return this.own.cert;
  }

  /** For a server that is reached as 127.0.0.1 and by no other name, or for a client. */
  async issue(name: string): Promise<Certificate> {
    const extensions = [
      { name: 'basicConstraints' as const, cA: false },
      { name: 'keyUsage' as const, digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage' as const, serverAuth: true, clientAuth: true },
      { name: 'subjectAltName' as const, altNames: [{ type: 7 as const, ip: '127.0.0.1' }] },
    ];
    return make(name, { extensions, ca: this.own });
  }
}

async function make(name: string, options: Parameters<typeof generate>[1]): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: name }], { algorithm: 'sha256', ...options });
  return { cert: made.cert, key: made.private };
}
