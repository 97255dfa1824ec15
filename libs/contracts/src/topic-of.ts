import type { Change, LogbookMessage, MessageType } from './message.js';
import type { Topic } from './topics.js';

const TOPIC_BY_TYPE: Readonly<Record<MessageType, Exclude<Topic, 'dead-letters'>>> = {
  'com.logbook.llm.recorded.v1': 'events',
  'com.logbook.fingerprint.register.v1': 'commands',
  'com.logbook.agent.register.v1': 'commands',
  'com.logbook.agent.update.v1': 'commands',
  'com.logbook.agent-version.register.v1': 'commands',
  'com.logbook.agent-version.update.v1': 'commands',
  'com.logbook.person.register.v1': 'commands',
  'com.logbook.person.update.v1': 'commands',
  'com.logbook.agent.changed.v1': 'changes',
  'com.logbook.agent-version.changed.v1': 'changes',
  'com.logbook.person.changed.v1': 'changes',
  'com.logbook.log.created.v1': 'control',
  'com.logbook.tenant.created.v1': 'control',
  'com.logbook.tenant.disabled.v1': 'control',
  'com.logbook.tenant.enabled.v1': 'control',
  'com.logbook.api-key.issued.v1': 'control',
  'com.logbook.api-key.revoked.v1': 'control',
  'com.logbook.message.skipped.v1': 'control',
};

/** Every type of message, at its newest version. */
export const MESSAGE_TYPES = Object.keys(TOPIC_BY_TYPE) as readonly MessageType[];

/** The topic each type of message lives in. */
export const topicOfType = (type: MessageType): Topic => TOPIC_BY_TYPE[type];
export const topicOf = (message: LogbookMessage): Topic => topicOfType(message.type);

export const isChangeType = (type: string): type is Change['type'] => TOPIC_BY_TYPE[type as MessageType] === 'changes';
