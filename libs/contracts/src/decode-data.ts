import { apiKeyId, fingerprintId, logId, tenant as asTenant, type Tenant } from './brands.js';
import { JsonFields } from './json-fields.js';
import type { Attributes, Command, ControlMessage } from './message.js';
import { PoisonError, quoted } from './poison.js';
import { TOPICS, type Topic } from './topics.js';
import type { VersionedData } from './upcast.js';

/** What every message of a tenant has. */
type Owned = Attributes & { readonly tenant: Tenant };

/** Decodes the JSON value of a command or control message. Unknown fields are ignored: later releases may add some. */
export function decodeData(
  { type, data }: VersionedData,
  attributes: Attributes,
  tenantText: string | undefined,
): Command | ControlMessage {
  const fields = new JsonFields(data);
  if (type === 'com.logbook.log.created.v1') return { ...attributes, type, ...decodeLogCreated(fields) };
  if (type === 'com.logbook.message.skipped.v1') return { ...attributes, type, ...decodeSkipped(fields) };
  if (tenantText === undefined) throw new PoisonError('ce_tenant is missing');
  const owned = { ...attributes, tenant: asTenant(tenantText) };
  const message = decodeCommand(type, owned, fields) ?? decodeAccess(type, owned, fields);
  if (message === undefined) throw new PoisonError(`ce_type is unknown to this release: ${quoted(type)}`);
  return message;
}

function decodeCommand(type: string, owned: Owned, fields: JsonFields): Command | undefined {
  switch (type) {
    case 'com.logbook.fingerprint.register.v1': {
      const id = fingerprintId(fields.uuid('fingerprint_id'));
      return { ...owned, type, fingerprintId: id, contentJson: fields.jsonObjectText('content_json') };
    }
    case 'com.logbook.agent.register.v1':
      return { ...owned, type, ...agentName(fields), description: fields.textOrNull('description') };
    case 'com.logbook.agent.update.v1':
      return { ...owned, type, ...agentName(fields), ...changes(fields) };
    case 'com.logbook.agent-version.register.v1':
      return { ...owned, type, ...agentVersionName(fields), description: fields.textOrNull('description') };
    case 'com.logbook.agent-version.update.v1':
      return { ...owned, type, ...agentVersionName(fields), ...changes(fields) };
    case 'com.logbook.person.register.v1': {
      const personId = fields.identifier('person_id');
      const propertiesJson = fields.isNull('properties_json') ? null : fields.jsonObjectText('properties_json');
      return { ...owned, type, personId, propertiesJson };
    }
    case 'com.logbook.person.update.v1': {
      const personId = fields.identifier('person_id');
      return { ...owned, type, personId, propertiesJson: fields.jsonObjectText('properties_json') };
    }
    default:
      return undefined;
  }
}

const agentName = (fields: JsonFields) => ({ agentName: fields.identifier('agent_name') });

const agentVersionName = (fields: JsonFields) => ({
  ...agentName(fields),
  agentVersionName: fields.identifier('agent_version_name'),
});

/** What an update changes; a field that is not there stays as it is. */
const changes = (fields: JsonFields) => ({
  description: fields.optional('description', () => fields.textOrNull('description')),
  deprecated: fields.optional('deprecated', () => fields.boolean('deprecated')),
});

/** Who may come in: tenants and their keys. */
function decodeAccess(type: string, owned: Owned, fields: JsonFields): ControlMessage | undefined {
  switch (type) {
    case 'com.logbook.tenant.created.v1':
    case 'com.logbook.tenant.disabled.v1':
    case 'com.logbook.tenant.enabled.v1':
      return { ...owned, type };
    case 'com.logbook.api-key.issued.v1': {
      const id = apiKeyId(fields.hex('api_key_id', 16));
      return { ...owned, type, apiKeyId: id, sha256: fields.hex('sha256', 64), name: fields.text('name') };
    }
    case 'com.logbook.api-key.revoked.v1':
      return { ...owned, type, apiKeyId: apiKeyId(fields.hex('api_key_id', 16)) };
    default:
      return undefined;
  }
}

function decodeLogCreated(fields: JsonFields) {
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

function decodeSkipped(fields: JsonFields) {
  const topic = fields.text('topic');
  if (!(TOPICS as readonly string[]).includes(topic)) throw new PoisonError('topic is unknown');
  return {
    topic: topic as Topic,
    key: fields.text('key'),
    sha256: fields.hex('sha256', 64),
    reason: fields.text('reason'),
  };
}
