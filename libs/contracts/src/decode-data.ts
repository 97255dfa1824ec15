import { apiKeyId, fingerprintId, logId, tenant as asTenant } from './brands.js';
import { jsonObject, readFields } from './fields.js';
import type { Attributes, Command, ControlMessage } from './message.js';
import { PoisonError, quoted } from './poison.js';
import type { VersionedData } from './upcast.js';
import { belongsToTenant, isDataType, VALUE_FIELDS, type DataOf, type DataType } from './values.js';

type MembersOf<Type extends DataType> = Omit<
  Extract<Command | ControlMessage, { readonly type: Type }>,
  keyof Attributes | 'type' | 'tenant'
>;

const agent = (value: { readonly agent_name: string }) => ({ agentName: value.agent_name });

const agentVersion = (value: { readonly agent_name: string; readonly agent_version_name: string }) => ({
  ...agent(value),
  agentVersionName: value.agent_version_name,
});

/** What a message has of its value. */
const MEMBERS: { readonly [Type in DataType]: (value: DataOf<Type>) => MembersOf<Type> } = {
  'com.logbook.fingerprint.register.v1': (value) => ({
    fingerprintId: fingerprintId(value.fingerprint_id),
    contentJson: value.content_json,
  }),
  'com.logbook.agent.register.v1': (value) => ({ ...agent(value), description: value.description }),
  'com.logbook.agent.update.v1': (value) => ({
    ...agent(value),
    description: value.description,
    deprecated: value.deprecated,
  }),
  'com.logbook.agent-version.register.v1': (value) => ({ ...agentVersion(value), description: value.description }),
  'com.logbook.agent-version.update.v1': (value) => ({
    ...agentVersion(value),
    description: value.description,
    deprecated: value.deprecated,
  }),
  'com.logbook.person.register.v1': (value) => ({ personId: value.person_id, propertiesJson: value.properties_json }),
  'com.logbook.person.update.v1': (value) => ({ personId: value.person_id, propertiesJson: value.properties_json }),
  'com.logbook.log.created.v1': (value) => ({
    logId: logId(value.log_id),
    secret: value.secret,
    formatVersion: value.format_version,
    partitions: value.partitions,
    origin: value.origin === null ? null : logId(value.origin),
  }),
  'com.logbook.tenant.created.v1': () => ({}),
  'com.logbook.tenant.disabled.v1': () => ({}),
  'com.logbook.tenant.enabled.v1': () => ({}),
  'com.logbook.api-key.issued.v1': (value) => ({
    apiKeyId: apiKeyId(value.api_key_id),
    sha256: value.sha256,
    name: value.name,
  }),
  'com.logbook.api-key.revoked.v1': (value) => ({ apiKeyId: apiKeyId(value.api_key_id) }),
  'com.logbook.message.skipped.v1': ({ topic, key, sha256, reason }) => ({ topic, key, sha256, reason }),
};

/** Decodes the JSON value of a command or control message. */
export function decodeData(
  { type, data }: VersionedData,
  attributes: Attributes,
  tenant: string | undefined,
): Command | ControlMessage {
  const value = jsonObject(data);
  if (belongsToTenant(type) && tenant === undefined) throw new PoisonError('ce_tenant is missing');
  if (!isDataType(type)) throw new PoisonError(`ce_type is unknown to this release: ${quoted(type)}`);
  return messageOf({ type, value: readFields(VALUE_FIELDS[type], value), attributes, tenant });
}

/** The message of a value that has been read: the value of a type, whatever the compiler can say of a union of types. */
export function messageOf(parts: {
  readonly type: DataType;
  readonly value: object;
  readonly attributes: Attributes;
  readonly tenant: string | undefined;
}): Command | ControlMessage {
  const { type, value, attributes, tenant } = parts;
  const members = MEMBERS[type] as (value: object) => object;
  const owner = belongsToTenant(type) ? { tenant: asTenant(tenant as string) } : {};
  return { ...attributes, ...owner, type, ...members(value) } as Command | ControlMessage;
}
