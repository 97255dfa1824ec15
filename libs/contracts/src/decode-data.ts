import { apiKeyId, fingerprintId, logId, tenant as asTenant } from './brands.js';
import { identifierProblem, isUuid } from './identifiers.js';
import type { Attributes, Command, ControlMessage } from './message.js';
import { PoisonError } from './poison.js';
import { TOPICS, type PartitionCounts, type Topic } from './topics.js';
import type { VersionedData } from './upcast.js';

/** Decodes the JSON value of a command or control message. Unknown fields are ignored: later releases may add some. */
export function decodeData(
  { type, data }: VersionedData,
  attributes: Attributes,
  tenantText: string | undefined,
): Command | ControlMessage {
  if (type === 'com.logbook.log.created.v1') return { ...attributes, type, ...decodeLogCreated(new Fields(data)) };
  if (type === 'com.logbook.message.skipped.v1') return { ...attributes, type, ...decodeSkipped(new Fields(data)) };
  if (tenantText === undefined) throw new PoisonError('ce_tenant is missing');
  const owned = { ...attributes, tenant: asTenant(tenantText) };
  const fields = new Fields(data);
  switch (type) {
    case 'com.logbook.fingerprint.register.v1':
      return {
        ...owned,
        type,
        fingerprintId: fingerprintId(fields.uuid('fingerprint_id')),
        contentJson: fields.jsonObjectText('content_json'),
      };
    case 'com.logbook.agent.register.v1':
      return { ...owned, type, agentName: fields.identifier('agent_name'), description: fields.textOrNull('description') };
    case 'com.logbook.agent.update.v1':
      return {
        ...owned,
        type,
        agentName: fields.identifier('agent_name'),
        description: fields.optional('description', () => fields.textOrNull('description')),
        deprecated: fields.optional('deprecated', () => fields.boolean('deprecated')),
      };
    case 'com.logbook.agent-version.register.v1':
      return {
        ...owned,
        type,
        agentName: fields.identifier('agent_name'),
        agentVersionName: fields.identifier('agent_version_name'),
        description: fields.textOrNull('description'),
      };
    case 'com.logbook.agent-version.update.v1':
      return {
        ...owned,
        type,
        agentName: fields.identifier('agent_name'),
        agentVersionName: fields.identifier('agent_version_name'),
        description: fields.optional('description', () => fields.textOrNull('description')),
        deprecated: fields.optional('deprecated', () => fields.boolean('deprecated')),
      };
    case 'com.logbook.person.register.v1':
      return {
        ...owned,
        type,
        personId: fields.identifier('person_id'),
        propertiesJson: fields.isNull('properties_json') ? null : fields.jsonObjectText('properties_json'),
      };
    case 'com.logbook.person.update.v1':
      return {
        ...owned,
        type,
        personId: fields.identifier('person_id'),
        propertiesJson: fields.jsonObjectText('properties_json'),
      };
    case 'com.logbook.tenant.created.v1':
    case 'com.logbook.tenant.disabled.v1':
    case 'com.logbook.tenant.enabled.v1':
      return { ...owned, type };
    case 'com.logbook.api-key.issued.v1':
      return {
        ...owned,
        type,
        apiKeyId: apiKeyId(fields.hex('api_key_id', 16)),
        sha256: fields.hex('sha256', 64),
        name: fields.text('name'),
      };
    case 'com.logbook.api-key.revoked.v1':
      return { ...owned, type, apiKeyId: apiKeyId(fields.hex('api_key_id', 16)) };
    default:
      throw new PoisonError(`ce_type is unknown to this release: ${JSON.stringify(type)}`);
  }
}

function decodeLogCreated(fields: Fields) {
  const formatVersion = fields.count('format_version');
  if (formatVersion !== 1) throw new PoisonError(`format_version ${formatVersion} is unknown to this release`);
  return {
    logId: logId(fields.uuid('log_id')),
    secret: fields.text('secret'),
    formatVersion: 1 as const,
    partitions: fields.partitions('partitions'),
    origin: fields.isNull('origin') ? null : logId(fields.uuid('origin')),
  };
}

function decodeSkipped(fields: Fields) {
  const topic = fields.text('topic');
  if (!(TOPICS as readonly string[]).includes(topic)) throw new PoisonError('topic is unknown');
  return {
    topic: topic as Topic,
    key: fields.text('key'),
    sha256: fields.hex('sha256', 64),
    reason: fields.text('reason'),
  };
}

/** Reads typed fields of a parsed value; what is missing or of another kind is poison. */
class Fields {
  private readonly data: Readonly<Record<string, unknown>>;

  constructor(data: unknown) {
    if (typeof data !== 'object' || data === null || Array.isArray(data)) {
      throw new PoisonError('the value is not a JSON object');
    }
    this.data = data as Record<string, unknown>;
  }

  private get(name: string): unknown {
    return Object.hasOwn(this.data, name) ? this.data[name] : undefined;
  }

  private fail(name: string, problem: string): never {
    throw new PoisonError(`${name} ${problem}`);
  }

  isNull(name: string): boolean {
    return this.get(name) === null;
  }

  optional<T>(name: string, read: () => T): T | undefined {
    return this.get(name) === undefined ? undefined : read();
  }

  text(name: string): string {
    const value = this.get(name);
    return typeof value === 'string' ? value : this.fail(name, 'must be a string');
  }

  textOrNull(name: string): string | null {
    return this.get(name) === null ? null : this.text(name);
  }

  boolean(name: string): boolean {
    const value = this.get(name);
    return typeof value === 'boolean' ? value : this.fail(name, 'must be a boolean');
  }

  count(name: string): number {
    const value = this.get(name);
    return Number.isSafeInteger(value) && (value as number) >= 0
      ? (value as number)
      : this.fail(name, 'must be a whole number, 0 or more');
  }

  identifier(name: string): string {
    const value = this.get(name);
    const problem = identifierProblem(value);
    return problem === undefined ? (value as string) : this.fail(name, problem);
  }

  uuid(name: string): string {
    const value = this.get(name);
    return isUuid(value) ? value.toLowerCase() : this.fail(name, 'must be a UUID');
  }

  hex(name: string, digits: number): string {
    const value = this.text(name);
    return value.length === digits && /^[0-9a-f]+$/.test(value)
      ? value
      : this.fail(name, `must be ${digits} hexadecimal digits`);
  }

  /** The literal text of a JSON object, kept as text: parsing and printing it again would change it. */
  jsonObjectText(name: string): string {
    const value = this.text(name);
    let parsed: unknown;
    try {
      parsed = JSON.parse(value);
    } catch {
      this.fail(name, 'must be the text of a JSON object');
    }
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
      this.fail(name, 'must be the text of a JSON object');
    }
    return value;
  }

  partitions(name: string): PartitionCounts {
    const counts = new Fields(this.get(name));
    const read = (topic: Topic): number => counts.count(topic) || this.fail(name, `must be 1 or more for ${topic}`);
    return {
      control: read('control'),
      commands: read('commands'),
      events: read('events'),
      'dead-letters': read('dead-letters'),
    };
  }
}
