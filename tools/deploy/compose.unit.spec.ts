import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

interface ComposeService {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[]; readonly retries: number };
}

const ROOT = join(__dirname, '../..');
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
const dockerfile = read('Dockerfile');
const { services, volumes } = parse(read('docker-compose.yml'), { merge: true }) as {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, null>>;
};

/** The names in the first column of the table in docs/configuration.md. */
const documented = [...read('docs/configuration.md').matchAll(/^\| `([A-Z_]+)` +\|/gm)].map((match) => match[1]);

describe('docker-compose.yml', () => {
  it('runs gateway, projector and usage on Kafka, Postgres and Redis', () => {
    expect(Object.keys(services).sort()).toEqual(['gateway', 'kafka', 'postgres', 'projector', 'redis', 'usage']);
  });

  it.each(['gateway', 'projector', 'usage'])(
    'sets only documented variables of %s, and passes what it needs',
    (name) => {
      const variables = Object.keys(services[name]?.environment ?? {});
      expect(documented).toEqual(expect.arrayContaining(variables));
      expect(variables).toEqual(expect.arrayContaining(['KAFKA_BROKERS', 'DATABASE_URL']));
    },
  );

  it('passes the bootstrap key of the operator through to the gateway, and none if there is none', () => {
    expect(services['gateway']?.environment?.['LOGBOOK_BOOTSTRAP_API_KEY']).toBe('${LOGBOOK_BOOTSTRAP_API_KEY:-}');
  });

  it('checks the health of every service, itself or through the image', () => {
    for (const [name, service] of Object.entries(services)) {
      if (name !== 'gateway') expect(service.healthcheck?.test[0]).toBe('CMD');
    }
    expect(dockerfile).toMatch(/HEALTHCHECK[^]*\/health\/live/);
  });

  it('starts a service only after the services that it cannot do without', () => {
    for (const name of ['gateway', 'projector', 'usage']) {
      expect(Object.keys(services[name]?.depends_on ?? {}).sort()).toEqual(['kafka', 'postgres']);
    }
  });

  it('pins every image at least to its minor version, as the tests run it where they can', () => {
    for (const { image } of Object.values(services)) expect(image).toMatch(/^[a-z/]+:\d+\.\d+(\.\d+)?$/);
    expect(services['kafka']?.image).toBe('apache/kafka:4.3.1');
    expect(read('libs/testing/src/services/kafka-distribution.ts')).toContain("KAFKA_VERSION = '4.3.1'");
  });

  it('keeps what must survive on volumes that it declares', () => {
    const used = Object.values(services).flatMap((service) => service.volumes ?? []);
    expect(used.map((volume) => volume.split(':')[0]).sort()).toEqual(Object.keys(volumes).sort());
  });

  it('names programs that exist', () => {
    const programs = [read('docker-compose.yml'), dockerfile].flatMap((text) =>
      text.match(/apps\/[a-z]+\/dist\/main\.js/g),
    );
    expect(programs).toHaveLength(4);
    for (const program of programs) {
      expect(existsSync(join(ROOT, String(program).replace('dist/main.js', 'src/main.ts')))).toBe(true);
    }
  });
});

describe('Dockerfile', () => {
  it('sets only documented variables', () => {
    const block = /^ENV ([^]*?[^\\])\n/m.exec(dockerfile)?.[1] ?? '';
    const variables = [...block.matchAll(/([A-Z_]+)=/g)].map((match) => match[1]);
    expect(variables).toContain('LOGBOOK_DATA_DIR');
    expect([...documented, 'NODE_ENV']).toEqual(expect.arrayContaining(variables));
  });

  it('runs as a user that is not root, without what only development needs', () => {
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toMatch(/npm prune --omit=dev/);
  });
});
